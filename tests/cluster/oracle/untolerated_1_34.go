//go:build kubernetes_1_33 || kubernetes_1_34

package oracle

import (
	v1 "k8s.io/api/core/v1"
	schedcorev1 "k8s.io/component-helpers/scheduling/corev1"
)

// untoleratedTaint returns the first taint that is counted and not tolerated.
func untoleratedTaint(taints []v1.Taint, tolerations []v1.Toleration, counts func(*v1.Taint) bool) (v1.Taint, bool) {
	return schedcorev1.FindMatchingUntoleratedTaint(taints, tolerations, counts)
}
