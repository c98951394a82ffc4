//go:build kubernetes_1_33 || kubernetes_1_34

package probes

import v1 "k8s.io/api/core/v1"

func restarts(pod *v1.Pod, c *v1.Container, code int) bool {
	if c.RestartPolicy != nil {
		// A sidecar: those of other containers are not read.
		return true
	}
	return shouldBeRestarted(pod, c, code)
}

// shouldBeRestarted: ShouldContainerBeRestarted, which reads the Pod's policy even for a sidecar.
func shouldBeRestarted(pod *v1.Pod, _ *v1.Container, code int) bool {
	switch pod.Spec.RestartPolicy {
	case v1.RestartPolicyNever:
		return false
	case v1.RestartPolicyOnFailure:
		return code != 0
	}
	return true
}

func restartsAfterKill(pod *v1.Pod, _ *v1.Container) bool {
	return pod.Spec.RestartPolicy != v1.RestartPolicyNever
}

func runsOnce(pod *v1.Pod, _ *v1.Container) bool {
	return pod.Spec.RestartPolicy == v1.RestartPolicyOnFailure
}

func restartsAll(*v1.Container, int) bool { return false }
