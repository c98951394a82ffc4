package probes

import (
	"errors"
	"math/rand"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/util/flowcontrol"
	kubepod "k8s.io/kubernetes/pkg/kubelet/pod"
	"k8s.io/kubernetes/pkg/kubelet/prober"
	"k8s.io/kubernetes/pkg/kubelet/prober/results"
	"k8s.io/kubernetes/pkg/kubelet/status"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"

	"pod-tools.test/upstream/oracle/bubble"
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
	due        time.Time // when the Pod is to be synced without a cause; zero if never
	sandbox    bool      // it is ready
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
	bubble.Run(func() { k.live(r) })
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
				if probe.GRPC != nil {
					command = append(command, "grpc")
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

	k.sandbox = true
	k.wait.Add(5)
	go k.look()
	go k.queue()
	go k.clean()
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
		if i == nil && s.ContainerID != "" {
			continue
		}
		started := s.Started != nil && *s.Started
		if i != nil && started && !(c.started && c.of == s.ContainerID) {
			k.note(c, i.number, "started")
		}
		if !s.Ready && c.ready {
			// The instance that was ready may have been replaced.
			k.note(c, c.readyOf, "unready")
		} else if i != nil && s.Ready {
			if !c.ready {
				k.note(c, i.number, "ready")
			}
			c.readyOf = i.number
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
		k.mu.Lock()
		k.due = due
		k.mu.Unlock()
		select {
		case <-k.stop:
			return
		case <-k.wake:
		}
	}
}

// queue is the ticker of the sync loop: it takes the Pod out of the work queue when
// it is due, even while the Pod's worker is busy.
func (k *kubelet) queue() {
	defer k.wait.Done()
	time.Sleep(seconds(k.random()))
	for {
		k.mu.Lock()
		isDue := !k.due.IsZero() && k.due.Before(time.Now())
		if isDue {
			k.due = time.Time{}
		}
		k.mu.Unlock()
		if isDue {
			k.poke()
		}
		select {
		case <-k.stop:
			return
		case <-time.After(time.Second):
		}
	}
}

// clean is the housekeeping: it forgets back-offs.
func (k *kubelet) clean() {
	defer k.wait.Done()
	time.Sleep(seconds(2 * k.random()))
	for {
		k.backOff.GC()
		select {
		case <-k.stop:
			return
		case <-time.After(2 * time.Second):
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
	does := k.actions()
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
	if does.killPod {
		k.killPod()
		k.sandbox = false
	}
	k.killEach(does.kills)
	for _, c := range does.reset {
		if i := c.newest(c.seen); i != nil && i.running {
			k.killIn(c, *i, "kill", 0)
		}
		k.remove(c)
	}
	if does.newSandbox {
		for _, c := range k.containers {
			if c.sidecar {
				k.remove(c)
			}
			c.stale = true
		}
		time.Sleep(seconds(0.1 + 0.9*k.random()))
		k.sandbox = true
	}
	var until time.Time
	for _, c := range does.starts {
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
	if len(does.reset) > 0 {
		// SyncPod asks for the next sync itself.
		k.poke()
	}
	return does.killPod || len(does.kills)+len(does.starts)+len(does.reset) > 0, until, nil
}
