package probes

import (
	"context"
	"errors"
	"fmt"
	"time"

	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	utilexec "k8s.io/utils/exec"

	v1 "k8s.io/api/core/v1"
	remote "k8s.io/cri-client/pkg"
)

// instance is one run of a container.
type instance struct {
	id       string
	number   int
	started  time.Time
	running  bool
	finished time.Time
	code     int
}

// container is a container of the Pod: what the runtime has, and what the PLEG saw
// last; the newest instance is the last one, and two are kept.
type container struct {
	spec    *v1.Container
	sidecar bool
	has     []instance
	seen    []instance
	tried   map[string]bool
	ready   bool
	started bool
	of      string
	readyOf int
	count   int  // instances so far
	stale   bool // it is of a sandbox before
}

func (c *container) newest(list []instance) *instance {
	if len(list) == 0 {
		return nil
	}
	return &list[len(list)-1]
}

func same(a, b []instance) bool {
	if len(a) != len(b) {
		return false
	}
	for n := range a {
		if a[n].id != b[n].id || a[n].running != b[n].running {
			return false
		}
	}
	return true
}

// RunInContainer answers a probe: the command is the container, the probe's kind, and
// what is special about it.
func (k *kubelet) RunInContainer(_ context.Context, id kubecontainer.ContainerID, command []string, timeout time.Duration) ([]byte, error) {
	c, kind, special := k.byName[command[0]], command[1], append(command, "", "")[2]
	k.mu.Lock()
	var i instance
	for n := range c.has {
		if c.has[n].id == id.ID {
			i = c.has[n]
		}
	}
	k.mu.Unlock()
	if i.id != "" && k.isFirst(c, fmt.Sprintf("%s%d", kind, i.number)) {
		k.note(c, i.number, "firstProbe."+kind)
	}
	if k.trace {
		k.note(c, i.number, "try."+kind)
	}
	if special == "errored" {
		k.asks()
		return nil, errors.New("port nope not found")
	}
	asked := k.asks()
	deadline := time.Now().Add(timeout)
	late := func() ([]byte, error) {
		time.Sleep(time.Until(deadline))
		return nil, fmt.Errorf("%w: timed out after %s", remote.ErrCommandTimedOut, timeout)
	}
	if special == "grpc" && !k.connects(c, i, deadline) {
		return late()
	}
	failure := utilexec.CodeExitError{Err: errors.New("exit 1"), Code: 1}
	if k.does.Network {
		// Whoever has the Pod's address.
		i = k.current(c)
	}
	if !i.running {
		if k.does.Network {
			return nil, failure
		}
		return nil, errors.New("container not running")
	}
	recovered, fails, hangs, errs, starts := k.behaves(i)
	left := time.Until(deadline)
	if hangs || seconds(k.does.Slow) > left {
		return late()
	}
	// The answer is that of the moment when the container is asked.
	time.Sleep(max(seconds(k.does.Slow)-asked, 0))
	switch {
	case errs && !recovered:
		return nil, errors.New("cannot exec")
	case starts, fails && !recovered:
		return []byte("no"), failure
	}
	return []byte("ok"), nil
}

// asks takes the time to ask a container. A worker that was woken never concludes before
// the sync that woke it goes on.
func (k *kubelet) asks() time.Duration {
	asks := seconds(0.002 + 0.018*k.random())
	time.Sleep(asks)
	return asks
}

// behaves is the behaviour of an instance now.
func (k *kubelet) behaves(i instance) (recovered, fails, hangs, errs, starts bool) {
	age := time.Since(i.started).Seconds()
	bad := !k.does.FirstRunOnly || i.number == 0
	since := func(at *float64) bool { return bad && at != nil && age >= *at }
	recovered = since(k.does.RecoversAt)
	return recovered, since(k.does.FailsAt), since(k.does.HangsAt) && !recovered, since(k.does.ErrorsAt), age < k.does.StartsAfter
}

// connects does what a gRPC client does that waits for its connection: where it is refused, it
// tries again with a back-off, up to the time-out.
func (k *kubelet) connects(c *container, i instance, deadline time.Time) bool {
	base, wait := 1.0, 1.0
	for {
		if k.does.Network {
			i = k.current(c)
		}
		if i.running {
			if _, _, hangs, _, starts := k.behaves(i); hangs || !starts {
				return true
			}
		}
		if !time.Now().Add(seconds(wait)).Before(deadline) {
			return false
		}
		time.Sleep(seconds(wait))
		base *= 1.6
		wait = base * (0.8 + 0.4*k.random())
	}
}

// current is the newest instance.
func (k *kubelet) current(c *container) instance {
	k.mu.Lock()
	defer k.mu.Unlock()
	if i := c.newest(c.has); i != nil {
		return *i
	}
	return instance{}
}

func (k *kubelet) isFirst(c *container, key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	first := !c.tried[key]
	c.tried[key] = true
	return first
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// start makes the next instance; it may end by itself.
func (k *kubelet) start(c *container) {
	time.Sleep(seconds(0.05 + 0.25*k.random()))
	k.mu.Lock()
	number := c.count
	c.count, c.stale = number+1, false
	i := instance{id: fmt.Sprintf("%s-%d", c.spec.Name, number), number: number, started: time.Now(), running: true}
	c.has = append(c.has, i)
	if len(c.has) > 2 {
		c.has = c.has[1:]
	}
	if k.origin.IsZero() {
		k.origin = i.started
	}
	k.mu.Unlock()
	if number > 0 {
		k.note(c, number, "restart")
	}
	if at := k.does.ExitsAt; at != nil && (!k.does.FirstRunOnly || number == 0) {
		k.wait.Add(1)
		go func() {
			defer k.wait.Done()
			select {
			case <-time.After(seconds(*at)):
				k.end(c, i.id, k.does.ExitCode)
			case <-k.stop:
			}
		}()
	}
}

func (k *kubelet) end(c *container, id string, code int) {
	k.mu.Lock()
	ended, number := false, 0
	for n := range c.has {
		if i := &c.has[n]; i.id == id && i.running {
			i.running, i.finished, i.code = false, time.Now(), code
			ended, number = true, i.number
		}
	}
	k.mu.Unlock()
	if ended {
		k.note(c, number, "ended")
	}
}

func (k *kubelet) runs(c *container) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	last := c.newest(c.has)
	return last != nil && last.running
}

func (k *kubelet) isRunning(c *container, id string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	last := c.newest(c.has)
	return last != nil && last.id == id && last.running
}

// kill does what killContainer does; a sidecar of a Pod that ends waits for those that
// started after it.
func (k *kubelet) kill(c *container, i instance, kind string, later ...*container) {
	if !k.isRunning(c, i.id) {
		return
	}
	what, grace := "kill", *k.pod.Spec.TerminationGracePeriodSeconds
	probe := map[string]*v1.Probe{"liveness": c.spec.LivenessProbe, "startup": c.spec.StartupProbe}[kind]
	if probe != nil {
		what = "kill." + kind
		if own := probe.TerminationGracePeriodSeconds; own != nil {
			grace = *own
		}
	}
	k.killIn(c, i, what, grace, later...)
}

// killIn kills a container that has so much time.
func (k *kubelet) killIn(c *container, i instance, what string, grace int64, later ...*container) {
	if !k.isRunning(c, i.id) {
		return
	}
	k.note(c, i.number, what)
	if c.spec.Lifecycle != nil && c.spec.Lifecycle.PreStop != nil && grace > 0 {
		takes := k.does.PreStopTakes
		if hook := c.spec.Lifecycle.PreStop.Sleep; hook != nil {
			takes = float64(hook.Seconds)
		}
		began := time.Now()
		time.Sleep(seconds(min(takes, float64(grace))))
		grace -= int64(time.Since(began).Seconds())
	}
	began := time.Now()
	for _, other := range later {
		for k.runs(other) && time.Since(began).Seconds() < float64(grace) {
			time.Sleep(time.Millisecond)
		}
	}
	grace -= int64(time.Since(began).Seconds())
	grace = max(grace, 2)
	if !k.isRunning(c, i.id) {
		return
	}
	k.note(c, i.number, "sigterm")
	takes := k.does.StopTakes + 0.01 + 0.19*k.random()
	if k.does.StopTakes >= 0 && takes < float64(grace) {
		time.Sleep(seconds(takes))
		code := 143
		if k.does.StopCode != nil {
			code = *k.does.StopCode
		}
		k.end(c, i.id, code)
		return
	}
	time.Sleep(time.Duration(grace) * time.Second)
	if k.isRunning(c, i.id) {
		k.note(c, i.number, "sigkill")
	}
	k.end(c, i.id, 137)
}
