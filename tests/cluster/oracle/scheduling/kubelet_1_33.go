//go:build kubernetes_1_33

package scheduling

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
)

func (noRecovery) HandleAdmissionFailure(_ *v1.Pod, reasons []lifecycle.PredicateFailureReason) ([]lifecycle.PredicateFailureReason, error) {
	return reasons, nil
}

func admitPod(node *v1.Node, attributes *lifecycle.PodAdmitAttributes) lifecycle.PodAdmitResult {
	get := func() (*v1.Node, error) { return node, nil }
	return lifecycle.NewPredicateAdmitHandler(get, noRecovery{}, keepPlugins).Admit(attributes)
}
