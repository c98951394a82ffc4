package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health/grpc_health_v1"
)

type server struct {
	behaviour
	started time.Time
	// instance counts the runs of the container, from 0.
	instance int
	mutex    sync.Mutex
	record   *os.File
}

// line is one line of the record.
type line struct {
	// Nanoseconds is Unix time.
	Nanoseconds int64  `json:"t"`
	Instance    int    `json:"instance"`
	What        string `json:"what"`
	// Kind is that of a probe.
	Kind string `json:"kind,omitempty"`
	// Detail is the answer to a probe, or an exit code; at the start, when the process was made.
	Detail string `json:"detail,omitempty"`
}

func newServer(b behaviour, record string) (*server, error) {
	s := &server{behaviour: b, started: time.Now()}
	made, err := whenMade()
	if err != nil {
		return nil, err
	}
	before, err := os.ReadFile(record)
	if err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	s.instance = strings.Count(string(before), `"what":"start"`)
	s.record, err = os.OpenFile(record, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	s.write("start", "", strconv.FormatInt(made.UnixNano(), 10))
	return s, nil
}

// whenMade is when this process was made. The runtime makes it first, and starts the program in it later.
func whenMade() (time.Time, error) {
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return time.Time{}, err
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return time.Time{}, err
	}
	now := time.Now()
	// The name, in brackets, may hold spaces. The 22nd field counts hundredths of a second since boot.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	made, err := strconv.ParseFloat(fields[19], 64)
	if err != nil {
		return time.Time{}, err
	}
	up, err := strconv.ParseFloat(strings.Fields(string(uptime))[0], 64)
	if err != nil {
		return time.Time{}, err
	}
	return now.Add(-time.Duration((up - made/100) * float64(time.Second))), nil
}

func (s *server) write(what, kind, detail string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	text, _ := json.Marshal(line{time.Now().UnixNano(), s.instance, what, kind, detail})
	// One write, so that a line is whole whoever ends this process.
	_, _ = s.record.Write(append(text, '\n'))
}

// fails reports whether this run does anything wrong.
func (s *server) fails() bool { return !s.firstRunOnly || s.instance == 0 }

// answer is what a probe gets now: success, failure, error or hang.
func (s *server) answer() string {
	age := time.Since(s.started)
	since := func(at time.Duration) bool { return at != 0 && age >= at && s.fails() }
	recovered := since(s.recoversAt)
	switch {
	case since(s.hangsAt) && !recovered:
		return "hang"
	case since(s.errorsAt) && !recovered:
		return "error"
	case age < s.startsAfter, since(s.failsAt) && !recovered:
		return "failure"
	}
	return "success"
}

// probed writes down that a probe came, and gives the answer, after the time that it takes.
func (s *server) probed(ctx context.Context, kind string) string {
	answer := s.answer()
	s.write("probe", kind, answer)
	if answer == "hang" {
		<-ctx.Done()
		return answer
	}
	select {
	case <-ctx.Done():
	case <-time.After(s.slow):
	}
	return answer
}

// The paths are /KIND, as in /liveness; the hook's is /preStop.
func (s *server) serveHTTP(port int) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := strings.TrimPrefix(r.URL.Path, "/")
		if kind == "preStop" {
			s.write("preStop", "", "")
			return
		}
		switch s.probed(r.Context(), kind) {
		case "failure":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "error":
			// Less than was promised: the body breaks.
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("broken"))
		}
	})
	listener := listen(port)
	go func() { _ = http.Serve(listener, handler) }()
}

func listen(port int) net.Listener {
	listener, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	return listener
}

// serveTCP closes the port while probes fail. What asks is not known: the kind is that of the flag's probe.
func (s *server) serveTCP(port int) {
	var listener net.Listener
	for ; ; time.Sleep(10 * time.Millisecond) {
		succeeds := s.answer() == "success"
		switch {
		case succeeds && listener == nil:
			listener = listen(port)
			go s.accept(listener)
		case !succeeds && listener != nil:
			_ = listener.Close()
			listener = nil
		}
	}
}

func (s *server) accept(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		s.write("probe", "tcp", "success")
		_ = connection.Close()
	}
}

type health struct {
	grpc_health_v1.UnimplementedHealthServer
	*server
}

// Check is asked for the service that has the name of the probe's kind.
func (h health) Check(ctx context.Context, r *grpc_health_v1.HealthCheckRequest) (*grpc_health_v1.HealthCheckResponse, error) {
	status := grpc_health_v1.HealthCheckResponse_NOT_SERVING
	if h.probed(ctx, r.GetService()) == "success" {
		status = grpc_health_v1.HealthCheckResponse_SERVING
	}
	return &grpc_health_v1.HealthCheckResponse{Status: status}, nil
}

func (s *server) serveGRPC(port int) {
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, health{server: s})
	listener := listen(port)
	go func() { _ = server.Serve(listener) }()
}

// ask is the command of an exec probe: it asks the program, and gives the answer as its exit code.
func ask(port int, kind string) int {
	response, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/%s", port, kind))
	if err != nil || response.StatusCode != http.StatusOK {
		return 1
	}
	_ = response.Body.Close()
	return 0
}
