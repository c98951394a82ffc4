//go:build !kubernetes_1_33 && !kubernetes_1_34

package probes

import (
	v1 "k8s.io/api/core/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
)

func restarts(pod *v1.Pod, c *v1.Container, code int) bool {
	return podutil.ContainerShouldRestart(*c, pod.Spec, int32(code))
}

// shouldBeRestarted: ShouldContainerBeRestarted of a container that has ended.
func shouldBeRestarted(pod *v1.Pod, c *v1.Container, code int) bool { return restarts(pod, c, code) }

// restartsAfterKill: the restart policy without its rules, as in computePodActions.
func restartsAfterKill(pod *v1.Pod, c *v1.Container) bool {
	if c.RestartPolicy != nil {
		return *c.RestartPolicy != v1.ContainerRestartPolicyNever
	}
	return pod.Spec.RestartPolicy != v1.RestartPolicyNever
}

func runsOnce(pod *v1.Pod, c *v1.Container) bool {
	if c.RestartPolicy != nil {
		return *c.RestartPolicy == v1.ContainerRestartPolicyOnFailure
	}
	return pod.Spec.RestartPolicy == v1.RestartPolicyOnFailure
}

func restartsAll(c *v1.Container, code int) bool {
	on, _ := gate("RestartAllContainersOnContainerExits")
	rule, ok := podutil.FindMatchingContainerRestartRule(*c, int32(code))
	return on && ok && rule.Action == v1.ContainerRestartRuleActionRestartAllContainers
}
