//go:build !kubernetes_1_33 && !kubernetes_1_34

package oracle

import (
	v1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	schedcorev1 "k8s.io/component-helpers/scheduling/corev1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/features"
)

// untoleratedTaint returns the first taint that is counted and not tolerated.
func untoleratedTaint(taints []v1.Taint, tolerations []v1.Toleration, counts func(*v1.Taint) bool) (v1.Taint, bool) {
	compares := utilfeature.DefaultFeatureGate.Enabled(features.TaintTolerationComparisonOperators)
	return schedcorev1.FindMatchingUntoleratedTaint(klog.Background(), taints, tolerations, counts, compares)
}
