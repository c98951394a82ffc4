package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// The ports of serveAnswers.
const (
	plainPort   = 8080
	tlsPort     = 8443
	expiredPort = 8444
	grpcPort    = 9090
	silentPort  = 9091
	rawPort     = 9092
)

// serveAnswers serves one answer of each kind that a probe can get, for as long as it runs:
//
//	/status/404          that status, with a short body
//	/redirect/8080/path  302 to the path on that port of the same host; /away: to another host; /loop: for ever
//	/slow/3s             the answer after that time
//	/broken/500          that status, and a body that is shorter than it says
func serveAnswers() {
	handler := http.HandlerFunc(answerHTTP)
	go func() { _ = http.Serve(listen(plainPort), handler) }()
	for port, age := range map[int]time.Duration{tlsPort: 0, expiredPort: 48 * time.Hour} {
		server := &http.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate(age)}}}
		go func() { _ = server.ServeTLS(listen(port), "", "") }()
	}
	health := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(health, fixedHealth{})
	go func() { _ = health.Serve(listen(grpcPort)) }()
	go serveRaw(listen(silentPort), "")
	serveRaw(listen(rawPort), "HTTP/1.1 nonsense\r\n\r\n")
}

func answerHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3)
	argument := ""
	if len(parts) > 1 {
		argument = parts[1]
	}
	switch parts[0] {
	case "status":
		code, _ := strconv.Atoi(argument)
		w.WriteHeader(code)
		_, _ = w.Write([]byte("status " + argument + "\n"))
	case "redirect":
		host, _, _ := net.SplitHostPort(r.Host)
		target := "http://" + net.JoinHostPort(host, argument) + "/" + strings.Join(parts[2:], "")
		switch argument {
		case "away":
			target = "http://other.invalid/"
		case "loop":
			target = "/redirect/loop"
		}
		http.Redirect(w, r, target, http.StatusFound)
	case "slow":
		takes, _ := time.ParseDuration(argument)
		time.Sleep(takes)
	case "broken":
		code, _ := strconv.Atoi(argument)
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(code)
		_, _ = w.Write([]byte("broken"))
	}
}

// serveRaw answers each connection with a text and closes it; with none it keeps it open.
func serveRaw(listener net.Listener, text string) {
	var kept []net.Conn
	for {
		connection, err := listener.Accept()
		if err != nil {
			os.Exit(3)
		}
		if text == "" {
			kept = append(kept, connection)
			continue
		}
		_, _ = connection.Write([]byte(text))
		_ = connection.Close()
	}
}

// certificate is one that nobody signed; one with an age has expired.
func certificate(age time.Duration) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		os.Exit(3)
	}
	now := time.Now()
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "probe-server"}, DNSNames: []string{"probe-server.test"},
		NotBefore: now.Add(-72 * time.Hour), NotAfter: now.Add(24*time.Hour - age),
	}
	signed, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		os.Exit(3)
	}
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: key}
}

// fixedHealth answers by the name of the service.
type fixedHealth struct {
	grpc_health_v1.UnimplementedHealthServer
}

func (fixedHealth) Check(_ context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	answer := grpc_health_v1.HealthCheckResponse_SERVING
	switch r.GetService() {
	case "notServing":
		answer = grpc_health_v1.HealthCheckResponse_NOT_SERVING
	case "unknown":
		answer = grpc_health_v1.HealthCheckResponse_SERVICE_UNKNOWN
	case "missing":
		return nil, status.Error(codes.NotFound, "no such service")
	case "internal":
		return nil, status.Error(codes.Internal, "broken")
	}
	return &grpc_health_v1.HealthCheckResponse{Status: answer}, nil
}
