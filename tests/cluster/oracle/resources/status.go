//go:build !kubernetes_1_33 && !kubernetes_1_34

package resources

import (
	compres "k8s.io/component-helpers/resource"
	"k8s.io/kubernetes/pkg/features"
)

// podLevelStatus lets the status of the Pod's own resources count, as the scheduler does.
func podLevelStatus(options *compres.PodResourcesOptions) {
	options.InPlacePodLevelResourcesVerticalScalingEnabled = enabled(features.InPlacePodLevelResourcesVerticalScaling)
}
