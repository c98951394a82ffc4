package probes

import (
	"time"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/status"
)

// generate makes the Pod's status from what the PLEG saw last; true if it has ended.
func (k *kubelet) generate(old v1.PodStatus) (v1.PodStatus, bool) {
	current := v1.PodStatus{PodIP: "10.0.0.1", Phase: v1.PodRunning}
	running, stopped, waiting, code, restartable := 0, 0, 0, 0, false
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
			waiting++
		} else {
			s.State, s.ContainerID, s.RestartCount = stateOf(*i), "x://"+i.id, int32(i.number)
			if len(seen) > 1 {
				s.LastTerminationState = stateOf(seen[len(seen)-2])
			}
			if i.running {
				running++
				if was := before[s.Name].Started; was != nil && inheritsStarted() {
					s.Started = was
				}
			} else {
				if !c.sidecar {
					stopped++
					restartable = restartable || restarts(k.pod, c.spec, i.code)
					if i.code != 0 {
						code = i.code
					}
				}
				// Only what the kubelet is going to start waits; of init containers nothing that has succeeded.
				waits := shouldBeRestarted(k.pod, c.spec, i.code) && !(c.sidecar && i.code == 0)
				if k.inBackOff[s.Name] && waits {
					s.LastTerminationState = s.State
					s.State = v1.ContainerState{Waiting: &v1.ContainerStateWaiting{Reason: kubecontainer.ErrCrashLoopBackOff.Error()}}
				}
			}
		}
		if c.sidecar {
			current.InitContainerStatuses = append(current.InitContainerStatuses, s)
		} else {
			current.ContainerStatuses = append(current.ContainerStatuses, s)
		}
	}
	ended := running == 0 && waiting == 0 && stopped > 0 && !restartable
	if waiting > 0 {
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
	return current, ended
}

func stateOf(i instance) v1.ContainerState {
	if i.running {
		return v1.ContainerState{Running: &v1.ContainerStateRunning{StartedAt: metav1.NewTime(i.started)}}
	}
	return v1.ContainerState{Terminated: &v1.ContainerStateTerminated{
		ExitCode: int32(i.code), StartedAt: metav1.NewTime(i.started), FinishedAt: metav1.NewTime(i.finished), ContainerID: "x://" + i.id,
	}}
}
