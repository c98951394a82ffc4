//go:build kubernetes_1_33 || kubernetes_1_34

package scheduling

import (
	"context"

	v1 "k8s.io/api/core/v1"
)

// fitsWithoutLower is asked of newer versions: the steps are the same, the types are others.
func (s *scheduler) fitsWithoutLower(context.Context, cycleState, *v1.Pod, nodeInfo) *bool {
	return nil
}
