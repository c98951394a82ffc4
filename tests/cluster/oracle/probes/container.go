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

// RunInContainer answers a probe: the command is the container and the probe's kind.
func (k *kubelet) RunInContainer(_ context.Context, id kubecontainer.ContainerID, command []string, timeout time.Duration) ([]byte, error) {
	c, kind := k.byName[command[0]], command[1]
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
	// A worker that was woken never concludes before the sync that woke it goes on.
	asks := seconds(0.002 + 0.018*k.random())
	time.Sleep(asks)
	failure := utilexec.CodeExitError{Err: errors.New("exit 1"), Code: 1}
	if !i.running {
		if k.does.Network {
			return nil, failure
		}
		return nil, errors.New("container not running")
	}
	if len(command) > 2 {
		return nil, errors.New("port nope not found")
	}
	age := time.Since(i.started).Seconds()
	fails := !k.does.FirstRunOnly || i.number == 0
	since := func(at *float64) bool { return fails && at != nil && age >= *at }
	recovered := since(k.does.RecoversAt)
	if since(k.does.HangsAt) && !recovered || seconds(k.does.Slow) > timeout {
		time.Sleep(timeout)
		return nil, fmt.Errorf("%w: timed out after %s", remote.ErrCommandTimedOut, timeout)
	}
	time.Sleep(max(seconds(k.does.Slow)-asks, 0))
	switch {
	case since(k.does.ErrorsAt) && !recovered:
		return nil, errors.New("cannot exec")
	case age < k.does.StartsAfter, since(k.does.FailsAt) && !recovered:
		return []byte("no"), failure
	}
	return []byte("ok"), nil
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
	number := 0
	if last := c.newest(c.has); last != nil {
		number = last.number + 1
	}
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
		k.end(c, i.id, 143)
		return
	}
	time.Sleep(time.Duration(grace) * time.Second)
	if k.isRunning(c, i.id) {
		k.note(c, i.number, "sigkill")
	}
	k.end(c, i.id, 137)
}
