//go:build kubernetes_1_33 || kubernetes_1_34 || kubernetes_1_35

package resources

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/cm"
)

func podConfig(pod *v1.Pod, node Node) *cm.ResourceConfig {
	return cm.ResourceConfigForPod(pod, node.Quota, cpuPeriod, node.MemoryQoS)
}
