// Package resources answers what requests and limits become: of the whole Pod, in
// its class of quality of service, in scores for the OOM killer and in cgroups.
package resources

import (
	_ "k8s.io/component-helpers/resource"
	_ "k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
	_ "k8s.io/kubernetes/pkg/kubelet/cm"
	_ "k8s.io/kubernetes/pkg/kubelet/kuberuntime"
	_ "k8s.io/kubernetes/pkg/kubelet/qos"
)
