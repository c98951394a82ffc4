package probeverdicts

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"sync"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("probeStreams", streams) }

// StreamRequest is what a server sends for each path `/0`, `/1`, … before it closes the
// connection; each is probed once. `@PORT@` in a stream is the server's port.
type StreamRequest struct {
	Version string   `json:"version"`
	Streams [][]byte `json:"streams"`
	// Actions are probes in place of those; each gets the first stream at any path. The port is
	// the server's.
	Actions []v1.HTTPGetAction `json:"actions"`
}

type streamServer struct {
	streams [][]byte
	// anyPath: each path gets the first stream.
	anyPath bool
	lock    sync.Mutex
	// requests are those of each case.
	requests [][][]byte
}

func streams(r StreamRequest) (oracle.Answer, error) {
	setVersion(r.Version)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	count := max(len(r.Streams), len(r.Actions))
	server := &streamServer{streams: r.Streams, anyPath: len(r.Actions) > 0, requests: make([][][]byte, count)}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go server.serve(conn)
		}
	}()
	port := listener.Addr().(*net.TCPAddr).Port
	results := make([]Result, count)
	atOnce(count, func(n int) {
		action := v1.HTTPGetAction{Path: fmt.Sprintf("/%d", n), Scheme: "HTTP"}
		if server.anyPath {
			action = r.Actions[n]
		}
		action.Port = intstr.FromInt32(int32(port))
		// The case is named by a header, which redirects keep.
		action.HTTPHeaders = append([]v1.HTTPHeader{{Name: "X-Case", Value: strconv.Itoa(n)}}, action.HTTPHeaders...)
		probe := v1.Probe{ProbeHandler: v1.ProbeHandler{HTTPGet: &action}, TimeoutSeconds: 60}
		results[n] = Question{Probe: probe, PodIP: "127.0.0.1"}.ask()
	})
	return oracle.Answer{"results": results, "requests": server.requests, "port": port}, nil
}

func (s *streamServer) serve(conn net.Conn) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
	if first, err := reader.Peek(1); err != nil || first[0] == 0x16 {
		// A handshake of TLS, after a redirect to https.
		return
	}
	var request []byte
	for !bytes.HasSuffix(request, []byte("\r\n\r\n")) {
		line, err := reader.ReadBytes('\n')
		request = append(request, line...)
		if err != nil {
			return
		}
	}
	if _, after, ok := bytes.Cut(request, []byte("\r\nX-Case: ")); ok {
		s.record(number(after), request)
	}
	at := 0
	if !s.anyPath {
		at = number(bytes.TrimPrefix(request, []byte("GET /")))
	}
	if at < 0 || at >= len(s.streams) {
		fmt.Fprint(conn, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
		return
	}
	port := strconv.Itoa(conn.LocalAddr().(*net.TCPAddr).Port)
	conn.Write(bytes.ReplaceAll(s.streams[at], []byte("@PORT@"), []byte(port)))
}

func (s *streamServer) record(at int, request []byte) {
	s.lock.Lock()
	defer s.lock.Unlock()
	if at >= 0 && at < len(s.requests) {
		s.requests[at] = append(s.requests[at], request)
	}
}

// number reads the digits that a text begins with, or returns -1.
func number(text []byte) int {
	end := 0
	for end < len(text) && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(text[:end]))
	if err != nil {
		return -1
	}
	return n
}
