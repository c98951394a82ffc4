//go:build !kubernetes_1_33 && !kubernetes_1_34 && !kubernetes_1_35 && !kubernetes_1_36

package scheduling

import (
	"context"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
)

func (noRecovery) HandleAdmissionFailure(_ context.Context, _ *v1.Pod, reasons []lifecycle.PredicateFailureReason, _ lifecycle.Operation) ([]lifecycle.PredicateFailureReason, error) {
	return reasons, nil
}

func admitPod(node *v1.Node, attributes *lifecycle.PodAdmitAttributes) lifecycle.PodAdmitResult {
	get := func(context.Context, bool) (*v1.Node, error) { return node, nil }
	return lifecycle.NewPredicateAdmitHandler(get, noRecovery{}, keepPlugins).Admit(context.Background(), attributes)
}
