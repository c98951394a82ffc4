//go:build kubernetes_1_36

package resources

import (
	v1 "k8s.io/api/core/v1"
	kubeletconfig "k8s.io/kubernetes/pkg/kubelet/apis/config"
	"k8s.io/kubernetes/pkg/kubelet/cm"
)

func podConfig(pod *v1.Pod, node Node) *cm.ResourceConfig {
	policy := kubeletconfig.NoneMemoryReservationPolicy
	if node.Tiered {
		policy = kubeletconfig.TieredReservationMemoryReservationPolicy
	}
	return cm.ResourceConfigForPod(pod, node.Quota, cpuPeriod, node.MemoryQoS, policy)
}
