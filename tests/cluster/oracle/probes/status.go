//go:build !kubernetes_1_33

package probes

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

func setStatus(k *kubelet, status v1.PodStatus) {
	k.status.SetPodStatus(klog.Background(), k.pod, status)
}

func setReadiness(k *kubelet, pod types.UID, id kubecontainer.ContainerID, ready bool) {
	k.status.SetContainerReadiness(klog.Background(), pod, id, ready)
}

func setStartup(k *kubelet, pod types.UID, id kubecontainer.ContainerID, started bool) {
	k.status.SetContainerStartup(klog.Background(), pod, id, started)
}
