// Package main is a program with probes: it answers them over HTTP, TCP, gRPC and exec as its flags say, and writes
// down when each came. Tests compare that record with what was forecast.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// behaviour is what `explain-probes` calls assumptions; times count from the start of the program.
type behaviour struct {
	startsAfter, slow, failsAt, recoversAt, hangsAt, errorsAt time.Duration
	exitsAt                                                   exit
	stopTakes                                                 string
	firstRunOnly                                              bool
}

// exit is a time and an exit code, written 30s=1.
type exit struct {
	after time.Duration
	code  int
}

func (e *exit) String() string { return fmt.Sprintf("%s=%d", e.after, e.code) }

func (e *exit) Set(text string) error {
	after, code, _ := strings.Cut(text, "=")
	var timeErr, codeErr error
	e.after, timeErr = time.ParseDuration(after)
	e.code, codeErr = strconv.Atoi(code)
	return errors.Join(timeErr, codeErr)
}

func main() {
	var b behaviour
	flag.DurationVar(&b.startsAfter, "starts-after", 0, "probes fail before")
	flag.DurationVar(&b.slow, "slow", 0, "time that each answer takes")
	flag.DurationVar(&b.failsAt, "fails-at", 0, "probes fail from then on")
	flag.DurationVar(&b.recoversAt, "recovers-at", 0, "they succeed again from then on")
	flag.DurationVar(&b.hangsAt, "hangs-at", 0, "no answer from then on")
	flag.DurationVar(&b.errorsAt, "errors-at", 0, "the body of an answer breaks from then on")
	flag.Var(&b.exitsAt, "exits-at", "the program ends then, with an exit code: 30s=1")
	flag.StringVar(&b.stopTakes, "stop-takes", "0s", "time from SIGTERM to the end, or never")
	flag.BoolVar(&b.firstRunOnly, "first-run-only", false, "the second run of the container does nothing wrong")
	record := flag.String("record", "", "`file` to write to, with the runs before this one")
	port := flag.Int("http", 8080, "port of HTTP; exec asks there, too")
	tcp := flag.Int("tcp", 0, "port of TCP: closed where probes fail")
	grpc := flag.Int("grpc", 0, "port of gRPC's health service")
	answers := flag.Bool("answers", false, "serve answers of every kind instead")
	flag.Parse()

	if flag.Arg(0) == "ask" {
		os.Exit(ask(*port, flag.Arg(1)))
	}
	if *answers {
		serveAnswers()
		return
	}
	s, err := newServer(b, *record)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	// Before the first probe can come, so that a connection is refused only where it is to be.
	s.serveHTTP(*port)
	if *tcp != 0 {
		go s.serveTCP(*tcp)
	}
	if *grpc != 0 {
		s.serveGRPC(*grpc)
	}
	s.untilItEnds()
}

// untilItEnds waits for SIGTERM, and for the time at which the program ends by itself.
func (s *server) untilItEnds() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	var ends <-chan time.Time
	if s.exitsAt.after != 0 && s.fails() {
		ends = time.After(time.Until(s.started.Add(s.exitsAt.after)))
	}
	for {
		select {
		case <-ends:
			s.write("exit", "", strconv.Itoa(s.exitsAt.code))
			os.Exit(s.exitsAt.code)
		case <-signals:
			s.write("sigterm", "", "")
			if s.stopTakes == "never" {
				continue
			}
			takes, _ := time.ParseDuration(s.stopTakes)
			ends, s.exitsAt.code = time.After(takes), 143
		}
	}
}
