//go:build !minor

package resources

import (
	v1 "k8s.io/api/core/v1"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/cm"
)

// podConfig is the Pod's cgroup, with the memory.high that the kubelet adds when it makes it.
func podConfig(pod *v1.Pod, node Node) *cm.ResourceConfig {
	policy := kubeletconfig.NoneMemoryReservationPolicy
	if node.Tiered {
		policy = kubeletconfig.TieredReservationMemoryReservationPolicy
	}
	rc := cm.ResourceConfigForPod(pod, node.Quota, cpuPeriod, node.MemoryQoS, policy)
	if node.MemoryQoS && node.Factor != 0 {
		cm.ApplyPodLevelMemoryHigh(pod, rc, node.Factor)
	}
	return rc
}
