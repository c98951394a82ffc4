package probeverdicts

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("probeServers", servers) }

// ServerRequest is servers to start; they run until the oracle ends.
type ServerRequest struct {
	Servers []Server `json:"servers"`
}

// Server has TLS of some age, or speaks gRPC.
type Server struct {
	// TLS: the least and the greatest version, such as 0x0303.
	Min     uint16   `json:"min"`
	Max     uint16   `json:"max"`
	Ciphers []uint16 `json:"ciphers"`
	Curves  []uint16 `json:"curves"`
	// Key: rsa1024, rsa2048, p256, p384, p521, ed25519.
	Key     string   `json:"key"`
	Names   []string `json:"names"`
	Expired bool     `json:"expired"`
	// Protocols of ALPN.
	Protocols []string `json:"protocols"`
	// GRPC: the services and their states; or the code of an error; or none at all.
	GRPC *GRPC `json:"grpc"`
}

// GRPC is a server's health service.
type GRPC struct {
	Services map[string]int32 `json:"services"`
	Code     uint32           `json:"code"`
	NoHealth bool             `json:"noHealth"`
	Hangs    bool             `json:"hangs"`
}

func servers(r ServerRequest) (oracle.Answer, error) {
	ports := make([]int, len(r.Servers))
	for n, server := range r.Servers {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		ports[n] = listener.Addr().(*net.TCPAddr).Port
		if server.GRPC != nil {
			go server.GRPC.serve(listener)
			continue
		}
		config, err := server.config()
		if err != nil {
			return nil, err
		}
		quiet := log.New(io.Discard, "", 0)
		handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, r.Proto) })
		web := &http.Server{Handler: handler, TLSConfig: config, ErrorLog: quiet}
		if len(server.Ciphers) > 0 {
			// HTTP/2 demands other ciphers, and without them the server would not start.
			web.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
		}
		go web.ServeTLS(listener, "", "")
	}
	return oracle.Answer{"ports": ports}, nil
}

func (s Server) config() (*tls.Config, error) {
	key, err := newKey(s.Key)
	if err != nil {
		return nil, err
	}
	until := time.Now().Add(time.Hour)
	if s.Expired {
		until = time.Now().Add(-time.Hour)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "common"},
		NotBefore:    time.Now().Add(-2 * time.Hour),
		NotAfter:     until,
		DNSNames:     s.Names,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   s.Min, MaxVersion: s.Max, CipherSuites: s.Ciphers, NextProtos: s.Protocols,
	}
	for _, curve := range s.Curves {
		config.CurvePreferences = append(config.CurvePreferences, tls.CurveID(curve))
	}
	return config, nil
}

func newKey(kind string) (crypto.Signer, error) {
	switch kind {
	case "rsa2048":
		return rsa.GenerateKey(rand.Reader, 2048)
	case "rsa3072":
		return rsa.GenerateKey(rand.Reader, 3072)
	case "p256":
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "p384":
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case "p521":
		return ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	case "ed25519":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return key, err
	}
	return nil, errors.New("no such key: " + kind)
}

type failing struct {
	grpc_health_v1.UnimplementedHealthServer
	of *GRPC
}

func (f failing) Check(ctx context.Context, _ *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	if f.of.Hangs {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, status.Error(codes.Code(f.of.Code), "as asked")
}

func (g *GRPC) serve(listener net.Listener) {
	server := grpc.NewServer()
	switch {
	case g.NoHealth:
	case g.Code != 0 || g.Hangs:
		grpc_health_v1.RegisterHealthServer(server, failing{of: g})
	default:
		states := health.NewServer()
		for name, state := range g.Services {
			states.SetServingStatus(name, grpc_health_v1.HealthCheckResponse_ServingStatus(state))
		}
		grpc_health_v1.RegisterHealthServer(server, states)
	}
	server.Serve(listener)
}
