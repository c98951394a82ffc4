// Package probeverdicts asks the kubelet's own prober for the verdict of one attempt of a probe:
// its requests, tries, redirects and what it makes of an answer.
package probeverdicts

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	remote "k8s.io/cri-client/pkg"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	_ "k8s.io/kubernetes/pkg/kubelet/prober"
	"k8s.io/kubernetes/pkg/probe"
	"k8s.io/utils/exec"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("probeVerdicts", answer) }

// Question is one attempt.
type Question struct {
	Probe     v1.Probe     `json:"probe"`
	Container v1.Container `json:"container"`
	PodIP     string       `json:"podIP"`
	// Command is the outcome of an exec probe's command: an exit code, `timeout`, or another
	// error; absent for code 0.
	Command *Command `json:"command"`
}

// Command is the outcome of a command.
type Command struct {
	Output string `json:"output"`
	Code   int    `json:"code"`
	Error  string `json:"error"`
}

// Request is several attempts, which are made at the same time. The version is named in
// `User-Agent`.
type Request struct {
	Version  string     `json:"version"`
	Attempts []Question `json:"attempts"`
}

// Result of an attempt.
type Result struct {
	Verdict string   `json:"verdict"`
	Output  string   `json:"output"`
	Error   string   `json:"error,omitempty"`
	Command []string `json:"command,omitempty"`
	Millis  int64    `json:"millis"`
}

// At most so many attempts at the same time.
const parallel = 64

//go:linkname newProber k8s.io/kubernetes/pkg/kubelet/prober.newProber
func newProber(runner kubecontainer.CommandRunner, recorder recorder) unsafe.Pointer

//go:linkname runProbeWithRetries k8s.io/kubernetes/pkg/kubelet/prober.(*prober).runProbeWithRetries
func runProbeWithRetries(prober unsafe.Pointer, ctx context.Context, probeType int, p *v1.Probe, pod *v1.Pod, status v1.PodStatus, container v1.Container, id kubecontainer.ContainerID, retries int) (probe.Result, string, error)

//go:linkname gitMajor k8s.io/component-base/version.gitMajor
var gitMajor string

//go:linkname gitMinor k8s.io/component-base/version.gitMinor
var gitMinor string

// recorder has the shape of upstream's interface; nothing is recorded by a try.
type recorder interface{}

// tries is upstream's maxProbeRetries.
const tries = 3

type runner struct {
	command *Command
	ran     []string
}

func (r *runner) RunInContainer(_ context.Context, _ kubecontainer.ContainerID, cmd []string, timeout time.Duration) ([]byte, error) {
	r.ran = cmd
	switch {
	case r.command == nil:
		return nil, nil
	case r.command.Error == "timeout":
		return nil, fmt.Errorf("%w: command timed out after %s", remote.ErrCommandTimedOut, timeout)
	case r.command.Error != "":
		return nil, errors.New(r.command.Error)
	case r.command.Code != 0:
		return []byte(r.command.Output), exec.CodeExitError{Err: errors.New("exit"), Code: r.command.Code}
	}
	return []byte(r.command.Output), nil
}

func answer(r Request) (oracle.Answer, error) {
	setVersion(r.Version)
	results := make([]Result, len(r.Attempts))
	atOnce(len(r.Attempts), func(n int) { results[n] = r.Attempts[n].ask() })
	return oracle.Answer{"results": results}, nil
}

func setVersion(version string) {
	if _, err := fmt.Sscanf(version, "1.%s", &gitMinor); err == nil {
		gitMajor = "1"
	}
}

func atOnce(count int, one func(int)) {
	var wait sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for n := range count {
		wait.Add(1)
		slots <- struct{}{}
		go func() {
			defer func() { <-slots; wait.Done() }()
			one(n)
		}()
	}
	wait.Wait()
}

func (q Question) ask() Result {
	started := time.Now()
	run := &runner{command: q.Command}
	pod := &v1.Pod{}
	status := v1.PodStatus{PodIP: q.PodIP}
	result, output, err := runProbeWithRetries(newProber(run, nil), context.Background(), 0, &q.Probe, pod, status, q.Container, kubecontainer.ContainerID{}, tries)
	out := Result{Verdict: string(result), Output: output, Command: run.ran, Millis: time.Since(started).Milliseconds()}
	if err != nil {
		out.Verdict, out.Error = "errored", err.Error()
	}
	return out
}
