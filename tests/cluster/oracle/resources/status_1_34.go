//go:build kubernetes_1_33 || kubernetes_1_34

package resources

import compres "k8s.io/component-helpers/resource"

func podLevelStatus(*compres.PodResourcesOptions) {}
