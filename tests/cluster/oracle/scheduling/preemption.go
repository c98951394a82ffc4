//go:build !kubernetes_1_33 && !kubernetes_1_34

package scheduling

import (
	"context"

	v1 "k8s.io/api/core/v1"
	corev1helpers "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/klog/v2"
	fwk "k8s.io/kube-scheduler/framework"
)

// fitsWithoutLower takes the first steps of the preemption's dry run: the Pods of a lower priority are
// removed from one node, and the filters run again. It is false if there is no such Pod.
func (s *scheduler) fitsWithoutLower(ctx context.Context, state cycleState, pod *v1.Pod, node nodeInfo) *bool {
	state, node = state.Clone(), node.Snapshot()
	var lower []fwk.PodInfo
	for _, other := range node.GetPods() {
		if corev1helpers.PodPriority(other.GetPod()) < corev1helpers.PodPriority(pod) {
			lower = append(lower, other)
		}
	}
	for _, other := range lower {
		if err := node.RemovePod(klog.Background(), other.GetPod()); err != nil {
			panic(err)
		}
		if status := s.framework.RunPreFilterExtensionRemovePod(ctx, state, pod, other, node); !status.IsSuccess() {
			panic(status.AsError())
		}
	}
	fits := len(lower) > 0 && s.framework.RunFilterPlugins(ctx, state, pod, node).IsSuccess()
	return &fits
}
