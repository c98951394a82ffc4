//go:build !kubernetes_1_33 && !kubernetes_1_34 && !kubernetes_1_35

package probes

import (
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet/prober"
)

func (e events) WithLogger(klog.Logger) record.EventRecorderLogger { return e }

func newManager(k *kubelet) prober.Manager {
	return prober.NewManager(k.status, k.liveness, k.ready, k.started, k, events{})
}
