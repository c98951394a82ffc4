// Package shutdown stops the containers of one Pod with upstream's own
// killContainersWithSyncResult, and with it killContainer, executePreStopHook, the
// handlers of hooks and the order of sidecars, in virtual time. The container
// runtime beside it does what containerd does: SIGTERM, the time-out, SIGKILL.
package shutdown

import (
	"context"
	"errors"
	"math/rand"
	"sync"
	"time"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	// Its functions are linked by their names.
	_ "k8s.io/kubernetes/pkg/kubelet/kuberuntime"

	"pod-tools.test/upstream/oracle"
	"pod-tools.test/upstream/oracle/bubble"
)

func init() { oracle.Register("shutdown", answer) }

// Request is a Pod that is deleted; times are seconds.
type Request struct {
	Spec v1.PodSpec `json:"spec"`
	// Grace is that of the kubelet.
	Grace int64 `json:"grace"`
	// Running are the names of the containers that run.
	Running []string `json:"running"`
	// Takes are times after SIGTERM by container; negative: never.
	Takes map[string]float64 `json:"takes"`
	// Hooks are times of commands by container; negative: they never end.
	Hooks map[string]float64 `json:"hooks"`
	// Notice, Run, Call, Stop are the most that the kubelet takes to act, a command and the
	// runtime take to begin, and a process to end.
	Notice float64 `json:"notice"`
	Run    float64 `json:"run"`
	Call   float64 `json:"call"`
	Stop   float64 `json:"stop"`
	Runs   int     `json:"runs"`
	Seed   int64   `json:"seed"`
}

// A range of an event over all runs: least, most, and in how many runs it came.
type span struct {
	Least float64 `json:"least"`
	Most  float64 `json:"most"`
	In    int     `json:"in"`
}

//go:linkname killContainers k8s.io/kubernetes/pkg/kubelet/kuberuntime.(*kubeGenericRuntimeManager).killContainersWithSyncResult
func killContainers(m unsafe.Pointer, ctx context.Context, pod *v1.Pod, runningPod kubecontainer.Pod, gracePeriodOverride *int64) []*kubecontainer.SyncResult

// answer stops the Pod and answers with `events`: for `CONTAINER/EVENT` the range of its times.
func answer(r Request) (oracle.Answer, error) {
	spans := map[string]*span{}
	for n := range r.Runs {
		service := &service{request: r, rand: rand.New(rand.NewSource(r.Seed + int64(n)))}
		var err error
		bubble.Run(func() { err = service.stopPod() })
		if err != nil {
			return nil, err
		}
		for name, at := range service.events {
			s, ok := spans[name]
			if !ok {
				s = &span{Least: at, Most: at}
				spans[name] = s
			}
			s.Least, s.Most, s.In = min(s.Least, at), max(s.Most, at), s.In+1
		}
	}
	return oracle.Answer{"events": spans}, nil
}

// service is a container runtime; an id is the container's name.
type service struct {
	internalapi.RuntimeService
	request Request
	began   time.Time

	mu     sync.Mutex
	rand   *rand.Rand
	events map[string]float64
	ended  map[string]chan struct{}
}

func (s *service) stopPod() error {
	ctx := context.Background()
	s.events = map[string]float64{}
	s.ended = map[string]chan struct{}{}
	running := kubecontainer.Pod{ID: "u", Name: "p", Namespace: "n"}
	for _, name := range s.request.Running {
		s.ended[name] = make(chan struct{})
		id := kubecontainer.ContainerID{Type: "x", ID: name}
		running.Containers = append(running.Containers, &kubecontainer.Container{ID: id, Name: name})
	}
	manager, err := newManager(ctx, s)
	if err != nil {
		return err
	}
	grace := s.request.Grace
	pod := &v1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "n", UID: "u", DeletionGracePeriodSeconds: &grace},
		Spec:       s.request.Spec,
	}
	s.began = time.Now()
	time.Sleep(s.upTo(s.request.Notice))
	for _, result := range killContainers(manager, ctx, pod, running, &grace) {
		if result.Error != nil {
			return result.Error
		}
	}
	// A hook that sleeps goes on beside its container's end.
	time.Sleep(time.Hour)
	return nil
}

// upTo is a random time.
func (s *service) upTo(seconds float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.rand.Float64() * seconds * float64(time.Second))
}

func (s *service) note(container, event string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.events[container+"/"+event] = time.Since(s.began).Seconds()
}

func (s *service) Version(context.Context, string) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{RuntimeName: "x"}, nil
}

// ExecSync runs a hook, which ends with its container.
func (s *service) ExecSync(_ context.Context, id string, _ []string, _ time.Duration) ([]byte, []byte, error) {
	s.note(id, "preStop")
	takes := s.request.Hooks[id]
	var done <-chan time.Time
	if takes >= 0 {
		around := s.upTo(s.request.Run)
		done = time.After(time.Duration(takes*float64(time.Second)) + around)
	}
	select {
	case <-done:
		s.note(id, "preStopEnd")
		return nil, nil, nil
	case <-s.ended[id]:
		return nil, nil, errors.New("exit code 137")
	}
}

// StopContainer does what stopContainer of containerd does.
func (s *service) StopContainer(_ context.Context, id string, timeout int64) error {
	time.Sleep(s.upTo(s.request.Call))
	s.note(id, "sigterm")
	left := time.Duration(timeout) * time.Second
	takes := s.request.Takes[id]
	ends := time.Duration(takes*float64(time.Second)) + s.upTo(s.request.Stop)
	if takes >= 0 && ends <= left {
		time.Sleep(ends)
	} else {
		time.Sleep(left)
		s.note(id, "sigkill")
		time.Sleep(s.upTo(s.request.Stop))
	}
	s.note(id, "ended")
	close(s.ended[id])
	return nil
}
