package probes

import (
	"sort"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/prober/results"
)

// actions is what a sync does, as podActions.
type actions struct {
	kills      map[*container]string
	starts     []*container
	killPod    bool
	newSandbox bool
	reset      []*container
}

// actions does what computePodActions does.
func (k *kubelet) actions() actions {
	does := actions{kills: map[*container]string{}}
	if reset := k.toReset(); len(reset) > 0 {
		does.reset = reset
		return does
	}
	if !k.sandbox {
		k.restartSandbox(&does)
		return does
	}
	if !k.initContainers(&does) {
		return does
	}
	kept, startsApp := 0, false
	for _, c := range k.containers {
		if c.sidecar {
			continue
		}
		i := c.newest(c.seen)
		if i == nil || !i.running {
			if i == nil || restarts(k.pod, c.spec, i.code) {
				does.starts, startsApp = append(does.starts, c), true
			}
			continue
		}
		kind := k.failed(i, "liveness", "startup")
		if kind == "" {
			kept++
			continue
		}
		does.kills[c] = kind
		if restartsAfterKill(k.pod, c.spec) {
			does.starts, startsApp = append(does.starts, c), true
		}
	}
	if kept == 0 && !startsApp {
		does.killPod, does.kills, does.starts = true, nil, nil
	}
	return does
}

func (k *kubelet) failed(i *instance, kinds ...string) string {
	id := kubecontainer.ContainerID{Type: "x", ID: i.id}
	for _, kind := range kinds {
		manager := map[string]results.Manager{"liveness": k.liveness, "startup": k.started}[kind]
		if result, ok := manager.Get(id); ok && result == results.Failure {
			return kind
		}
	}
	return ""
}

// initContainers does what computeInitContainerActions does for sidecars; true if the Pod
// has initialized.
func (k *kubelet) initContainers(does *actions) bool {
	var sidecars []*container
	initialized := false
	for _, c := range k.containers {
		i := c.newest(c.seen)
		if c.sidecar {
			sidecars = append(sidecars, c)
		} else if i != nil && (i.running || initializedByEnded() && !c.stale) {
			initialized = true
		}
	}
	if len(sidecars) == 0 {
		return true
	}
	previously := initialized
	var starts []*container
	for n := len(sidecars) - 1; n >= 0; n-- {
		c := sidecars[n]
		i := c.newest(c.seen)
		if i == nil {
			if previously {
				starts = append(starts, c)
			}
			continue
		}
		if !i.running {
			starts = append(starts, c)
		} else if result, known := k.started.Get(kubecontainer.ContainerID{Type: "x", ID: i.id}); c.spec.StartupProbe != nil && (!known || result != results.Success) {
			if kind := k.failed(i, "startup"); kind != "" {
				does.kills[c] = kind
				starts = append(starts, c)
			}
		} else {
			if n == len(sidecars)-1 {
				initialized = true
			} else if !previously {
				starts = append(starts, sidecars[n+1])
			}
			if kind := k.failed(i, "liveness"); kind != "" {
				does.kills[c] = kind
				starts = append(starts, c)
			}
		}
		previously = true
	}
	if !previously {
		starts = append(starts, sidecars[0])
	}
	for n := len(starts) - 1; n >= 0; n-- {
		does.starts = append(does.starts, starts[n])
	}
	return initialized
}

// restartSandbox: the sandbox was stopped by a sync before.
func (k *kubelet) restartSandbox(does *actions) {
	if k.pod.Spec.RestartPolicy == v1.RestartPolicyNever {
		return
	}
	for _, c := range k.containers {
		i := c.newest(c.seen)
		if !c.sidecar && !(i != nil && !i.running && i.code == 0 && runsOnce(k.pod, c.spec)) {
			does.starts = append(does.starts, c)
		}
	}
	if len(does.starts) == 0 {
		return
	}
	does.newSandbox = true
	if k.containers[0].sidecar {
		does.starts = k.containers[:1]
	}
}

// toReset: containers to remove where one of them has ended with a code that restarts all;
// those that did so come last.
func (k *kubelet) toReset() []*container {
	var targets, sources []*container
	isSource := func(c *container) bool {
		i := c.newest(c.seen)
		return i != nil && !i.running && restartsAll(c.spec, i.code)
	}
	for _, sidecar := range []bool{false, true} {
		for _, c := range k.containers {
			if c.sidecar != sidecar || len(c.seen) == 0 {
				continue
			}
			if isSource(c) {
				sources = append(sources, c)
			} else {
				targets = append(targets, c)
			}
		}
	}
	if len(sources) == 0 {
		return nil
	}
	return append(targets, sources...)
}

// killPod kills all containers side by side, and stops the sandbox.
func (k *kubelet) killPod() {
	var all sync.WaitGroup
	for n, c := range k.containers {
		if i := c.newest(c.seen); i == nil || !i.running {
			continue
		}
		all.Add(1)
		go func() {
			defer all.Done()
			var later []*container
			if c.sidecar {
				later = k.containers[n+1:]
			}
			k.kill(c, *c.newest(c.seen), "", later...)
		}()
	}
	all.Wait()
}

// killEach kills one container after the other; the kubelet keeps them in a map.
func (k *kubelet) killEach(kills map[*container]string) {
	order := make([]*container, 0, len(kills))
	for c := range kills {
		order = append(order, c)
	}
	sort.Slice(order, func(a, b int) bool { return order[a].spec.Name < order[b].spec.Name })
	for n := range order {
		other := n + int(k.random()*float64(len(order)-n))
		order[n], order[other] = order[other], order[n]
	}
	for _, c := range order {
		k.kill(c, *c.newest(c.seen), kills[c])
	}
}

// remove removes a container from the runtime.
func (k *kubelet) remove(c *container) {
	// To ask the runtime.
	time.Sleep(seconds(0.001 + 0.01*k.random()))
	k.mu.Lock()
	defer k.mu.Unlock()
	c.has = nil
}
