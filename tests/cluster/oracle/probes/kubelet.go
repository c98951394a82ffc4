package probes

import (
	"errors"
	"math/rand"
	"sort"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/util/flowcontrol"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	kubepod "k8s.io/kubernetes/pkg/kubelet/pod"
	"k8s.io/kubernetes/pkg/kubelet/prober"
	"k8s.io/kubernetes/pkg/kubelet/prober/results"
	"k8s.io/kubernetes/pkg/kubelet/status"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"
)

type event struct {
	at        float64
	container string
	instance  int
	what      string
}

type kubelet struct {
	mu         sync.Mutex
	does       Behaviour
	pod        *v1.Pod
	containers []*container
	byName     map[string]*container
	rand       *rand.Rand

	origin time.Time // start of the first container
	events []event
	times  []time.Time

	manager  prober.Manager
	status   status.Manager
	liveness results.Manager
	ready    results.Manager
	started  results.Manager
	backOff  *flowcontrol.Backoff

	relisted   time.Time
	lastSync   time.Time
	looked     *sync.Cond
	wake       chan struct{}
	stop       chan struct{}
	wait       sync.WaitGroup
	inBackOff  map[string]bool
	hasWorkers bool
	trace      bool
	over       bool // the Pod has ended
}

func (k *kubelet) random() float64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.rand.Float64()
}

func (k *kubelet) note(c *container, number int, what string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.over {
		return
	}
	k.events = append(k.events, event{container: c.spec.Name, instance: number, what: what})
	k.times = append(k.times, time.Now())
}

func (k *kubelet) poke() {
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// safe answers the status manager that nothing is in the way of a deletion.
type safe struct{}

func (safe) PodCouldHaveRunningContainers(*v1.Pod) bool { return false }

var errEnded = errors.New("the Pod has ended")

// run runs a Pod once.
func run(r Request, random *rand.Rand) ([]event, error) {
	k := &kubelet{does: r.Does, rand: random, trace: r.Trace}
	inBubble(func() { k.live(r) })
	for n := range k.events {
		k.events[n].at = k.times[n].Sub(k.origin).Seconds()
	}
	return k.events, nil
}

func (k *kubelet) live(r Request) {
	k.wake, k.stop = make(chan struct{}, 1), make(chan struct{})
	k.looked = sync.NewCond(&k.mu)
	k.inBackOff = map[string]bool{}
	time.Sleep(seconds(k.random()))
	k.pod = &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: "d", UID: types.UID("u")}, Spec: *r.Spec.DeepCopy()}
	k.byName = map[string]*container{}
	add := func(spec *v1.Container, sidecar bool) {
		c := &container{spec: spec, sidecar: sidecar, tried: map[string]bool{}}
		k.containers = append(k.containers, c)
		k.byName[spec.Name] = c
		for kind, probe := range map[string]*v1.Probe{"startup": spec.StartupProbe, "readiness": spec.ReadinessProbe, "liveness": spec.LivenessProbe} {
			if probe != nil {
				command := []string{spec.Name, kind}
				if tcp := probe.TCPSocket; tcp != nil && tcp.Port.Type == intstr.String {
					// No container of a request has a port with a name.
					command = append(command, "errored")
				}
				probe.ProbeHandler = v1.ProbeHandler{Exec: &v1.ExecAction{Command: command}}
			}
		}
	}
	for n := range k.pod.Spec.InitContainers {
		add(&k.pod.Spec.InitContainers[n], true)
	}
	for n := range k.pod.Spec.Containers {
		add(&k.pod.Spec.Containers[n], false)
	}
	pods := kubepod.NewBasicPodManager()
	pods.AddPod(k.pod)
	k.status = status.NewManager(nil, pods, safe{}, kubeletutil.NewPodStartupLatencyTracker())
	k.liveness, k.ready, k.started = results.NewManager(), results.NewManager(), results.NewManager()
	k.manager = newManager(k)
	k.backOff = flowcontrol.NewBackOff(10*time.Second, 300*time.Second)
	k.backOff.HasExpiredFunc = func(event, last time.Time, _ time.Duration) bool { return event.Sub(last) > 600*time.Second }
	// Long after the kubelet's own start.
	time.Sleep(time.Hour)

	k.wait.Add(3)
	go k.look()
	go k.listen()
	go k.work()
	longest := 1.0
	for _, c := range k.containers {
		for _, probe := range []*v1.Probe{c.spec.StartupProbe, c.spec.ReadinessProbe, c.spec.LivenessProbe} {
			if probe != nil {
				longest = max(longest, float64(probe.PeriodSeconds))
			}
		}
	}
	time.Sleep(seconds(r.Until + 4*longest + 10))
	close(k.stop)
	for range 2 {
		k.mu.Lock()
		k.looked.Broadcast()
		k.mu.Unlock()
		k.manager.RemovePod(k.pod)
		time.Sleep(10 * time.Minute)
	}
	k.wait.Wait()
	time.Sleep(10 * time.Minute)
}

// look is the PLEG: it looks at the containers once a second.
func (k *kubelet) look() {
	defer k.wait.Done()
	time.Sleep(seconds(k.random()))
	for {
		k.relist()
		select {
		case <-k.stop:
			return
		case <-time.After(time.Second):
		}
	}
}

func (k *kubelet) relist() {
	changed := false
	k.mu.Lock()
	for _, c := range k.containers {
		if !same(c.has, c.seen) {
			changed = true
		}
		c.seen = append([]instance(nil), c.has...)
	}
	k.relisted = time.Now()
	k.looked.Broadcast()
	k.mu.Unlock()
	if changed {
		k.poke()
	}
}

// listen is the sync loop: results of probes become status, and wake the worker.
func (k *kubelet) listen() {
	defer k.wait.Done()
	for {
		select {
		case <-k.stop:
			return
		case update := <-k.liveness.Updates():
			if update.Result == results.Failure {
				k.poke()
			}
		case update := <-k.ready.Updates():
			setReadiness(k, update.PodUID, update.ContainerID, update.Result == results.Success)
			k.watch()
			k.poke()
		case update := <-k.started.Updates():
			setStartup(k, update.PodUID, update.ContainerID, update.Result == results.Success)
			k.watch()
			k.poke()
		}
	}
}

// watch notes what has changed in the status.
func (k *kubelet) watch() {
	current, ok := k.status.GetPodStatus(k.pod.UID)
	if !ok {
		return
	}
	list := append(append([]v1.ContainerStatus(nil), current.InitContainerStatuses...), current.ContainerStatuses...)
	for _, s := range list {
		c := k.byName[s.Name]
		i := k.instanceOf(c, s.ContainerID)
		if i == nil {
			continue
		}
		started := s.Started != nil && *s.Started
		if started && !(c.started && c.of == s.ContainerID) {
			k.note(c, i.number, "started")
		}
		if s.Ready != c.ready {
			what := "unready"
			if s.Ready {
				what = "ready"
			}
			k.note(c, i.number, what)
		}
		c.started, c.ready, c.of = started, s.Ready, s.ContainerID
	}
}

func (k *kubelet) instanceOf(c *container, id string) *instance {
	k.mu.Lock()
	defer k.mu.Unlock()
	for n := range c.has {
		if "x://"+c.has[n].id == id {
			i := c.has[n]
			return &i
		}
	}
	return nil
}

// work is the Pod's worker.
func (k *kubelet) work() {
	defer k.wait.Done()
	for {
		k.mu.Lock()
		for !k.relisted.After(k.lastSync) {
			select {
			case <-k.stop:
				k.mu.Unlock()
				return
			default:
			}
			k.looked.Wait()
		}
		k.mu.Unlock()
		acted, until, err := k.sync()
		if err != nil {
			k.mu.Lock()
			k.over = true
			k.mu.Unlock()
			return
		}
		k.lastSync = time.Now()
		if acted && until.IsZero() && looksAtOnce() {
			// The PLEG has a goroutine of its own.
			takes := seconds(0.002 + 0.05*k.random())
			k.wait.Add(1)
			go func() {
				defer k.wait.Done()
				time.Sleep(takes)
				k.relist()
			}()
		}
		due := time.Now().Add(k.nextSync(until))
		for waiting := true; waiting; {
			select {
			case <-k.stop:
				return
			case <-k.wake:
				waiting = false
			case <-time.After(time.Second):
				waiting = time.Now().Before(due)
			}
		}
	}
}

// nextSync is how long completeWork lets a Pod wait for its next sync.
func (k *kubelet) nextSync(until time.Time) time.Duration {
	wait := time.Minute
	if !until.IsZero() {
		wait = afterBackOff(time.Until(until))
	}
	return time.Duration(float64(min(max(wait, 0), time.Minute)) * (1 + 0.5*k.random()))
}

// sync does what SyncPod does. The second value is the end of the first back-off.
func (k *kubelet) sync() (bool, time.Time, error) {
	old, _ := k.status.GetPodStatus(k.pod.UID)
	current, ended := k.generate(old)
	setStatus(k, current)
	k.watch()
	if ended {
		return false, time.Time{}, errEnded
	}
	first := !k.hasWorkers
	if first {
		// Volumes.
		time.Sleep(seconds(0.1 + 0.9*k.random()))
	}
	k.hasWorkers = true
	addPod(k)
	if first {
		// Sandbox and images: any time.
		longest := 1.0
		for _, c := range k.containers {
			for _, probe := range []*v1.Probe{c.spec.StartupProbe, c.spec.ReadinessProbe, c.spec.LivenessProbe} {
				if probe != nil {
					longest = max(longest, float64(probe.PeriodSeconds))
				}
			}
		}
		time.Sleep(seconds(0.3 + 4*longest*k.random()))
	}
	kills, starts, whole := k.actions()
	if whole {
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
		return true, time.Time{}, nil
	}
	// The status that this sync began with.
	exited := map[*container]*instance{}
	for _, c := range k.containers {
		for n := len(c.seen) - 1; n >= 0; n-- {
			if !c.seen[n].running {
				i := c.seen[n]
				exited[c] = &i
				break
			}
		}
	}
	order := make([]*container, 0, len(kills))
	for c := range kills {
		order = append(order, c)
	}
	sort.Slice(order, func(a, b int) bool { return order[a].spec.Name < order[b].spec.Name })
	// The kubelet keeps them in a map.
	for n := range order {
		other := n + int(k.random()*float64(len(order)-n))
		order[n], order[other] = order[other], order[n]
	}
	for _, c := range order {
		k.kill(c, *c.newest(c.seen), kills[c])
	}
	var until time.Time
	for _, c := range starts {
		if last := exited[c]; last != nil {
			if k.backOff.IsInBackOffSince(c.spec.Name, last.finished) {
				if end := last.finished.Add(k.backOff.Get(c.spec.Name)); until.IsZero() || end.Before(until) {
					until = end
				}
				k.inBackOff[c.spec.Name] = true
				continue
			}
			k.backOff.Next(c.spec.Name, last.finished)
		}
		k.inBackOff[c.spec.Name] = false
		k.start(c)
	}
	return len(kills)+len(starts) > 0, until, nil
}

func (k *kubelet) restarts(code int) bool {
	switch k.pod.Spec.RestartPolicy {
	case v1.RestartPolicyNever:
		return false
	case v1.RestartPolicyOnFailure:
		return code != 0
	}
	return true
}

// actions does what computePodActions does: which containers a probe has failed,
// which start, and whether the whole Pod ends.
func (k *kubelet) actions() (map[*container]string, []*container, bool) {
	kills, starts := map[*container]string{}, []*container(nil)
	kept, mayStart, startsApp := 0, true, false
	for _, c := range k.containers {
		i := c.newest(c.seen)
		switch {
		case i == nil:
			if mayStart && !k.isThere(c) {
				starts = append(starts, c)
				startsApp = startsApp || !c.sidecar
			}
			mayStart = mayStart && !c.sidecar
			if !c.sidecar {
				kept++
			}
		case !i.running:
			if c.sidecar || k.restarts(i.code) {
				starts = append(starts, c)
				startsApp = startsApp || !c.sidecar
			}
			mayStart = mayStart && !c.sidecar
		default:
			id := kubecontainer.ContainerID{Type: "x", ID: i.id}
			started, known := k.started.Get(id)
			live, _ := k.liveness.Get(id)
			kind := ""
			if c.sidecar && c.spec.StartupProbe != nil && (!known || started != results.Success) {
				// A sidecar's liveness matters only after its startup probe has passed.
				if known && started == results.Failure {
					kind = "startup"
				}
			} else if live == results.Failure {
				kind = "liveness"
			} else if known && started == results.Failure {
				kind = "startup"
			}
			if kind == "" {
				if !c.sidecar {
					kept++
				} else if c.spec.StartupProbe != nil && (!known || started != results.Success) {
					mayStart = false
				}
				continue
			}
			kills[c] = kind
			mayStart = mayStart && !c.sidecar
			if c.sidecar || k.pod.Spec.RestartPolicy != v1.RestartPolicyNever {
				starts = append(starts, c)
				startsApp = startsApp || !c.sidecar
			}
		}
	}
	return kills, starts, kept == 0 && !startsApp && len(kills) > 0 && k.pod.Spec.RestartPolicy == v1.RestartPolicyNever
}

func (k *kubelet) isThere(c *container) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(c.has) > 0
}

// generate makes the Pod's status from what the PLEG saw last; true if it has ended.
func (k *kubelet) generate(old v1.PodStatus) (v1.PodStatus, bool) {
	current := v1.PodStatus{PodIP: "10.0.0.1", Phase: v1.PodRunning}
	ended, code, any := true, 0, false
	before := map[string]v1.ContainerStatus{}
	for _, s := range append(append([]v1.ContainerStatus(nil), old.InitContainerStatuses...), old.ContainerStatuses...) {
		before[s.Name] = s
	}
	for _, c := range k.containers {
		s := v1.ContainerStatus{Name: c.spec.Name}
		k.mu.Lock()
		seen := append([]instance(nil), c.seen...)
		k.mu.Unlock()
		if i := c.newest(seen); i == nil {
			s.State.Waiting = &v1.ContainerStateWaiting{Reason: "ContainerCreating"}
			ended = ended && c.sidecar
		} else {
			any = any || !c.sidecar
			s.State, s.ContainerID, s.RestartCount = stateOf(*i), "x://"+i.id, int32(i.number)
			if len(seen) > 1 {
				s.LastTerminationState = stateOf(seen[len(seen)-2])
			}
			if i.running {
				ended = ended && c.sidecar
				if was := before[s.Name].Started; was != nil && inheritsStarted() {
					s.Started = was
				}
			} else if c.sidecar || k.restarts(i.code) {
				ended = ended && c.sidecar
				if k.inBackOff[s.Name] {
					s.LastTerminationState = s.State
					s.State = v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: kubecontainer.ErrCrashLoopBackOff.Error()}}
				}
			} else if i.code != 0 {
				code = i.code
			}
		}
		if c.sidecar {
			current.InitContainerStatuses = append(current.InitContainerStatuses, s)
		} else {
			current.ContainerStatuses = append(current.ContainerStatuses, s)
		}
	}
	if !any {
		current.Phase = v1.PodPending
	} else if ended {
		current.Phase = v1.PodSucceeded
		if code != 0 {
			current.Phase = v1.PodFailed
		}
	}
	updatePodStatus(k, &current)
	all := append(append([]v1.ContainerStatus(nil), current.InitContainerStatuses...), current.ContainerStatuses...)
	current.Conditions = append(current.Conditions,
		status.GeneratePodReadyCondition(k.pod, &old, current.Conditions, all, current.Phase),
		status.GenerateContainersReadyCondition(k.pod, &old, all, current.Phase))
	if k.random() < 0.5 {
		// The worker that was woken reads the status before it is set.
		time.Sleep(time.Microsecond)
	}
	return current, ended && any
}

func stateOf(i instance) v1.ContainerState {
	if i.running {
		return v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.NewTime(i.started)}}
	}
	return v1.ContainerState{Terminated: &v1.ContainerStateTerminated{
		ExitCode: int32(i.code), StartedAt: metav1.NewTime(i.started), FinishedAt: metav1.NewTime(i.finished), ContainerID: "x://" + i.id,
	}}
}
