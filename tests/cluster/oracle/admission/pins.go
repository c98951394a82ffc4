// Package admission answers what the admission plugins of the API server make of a
// Pod that is created, and what a quota counts of it.
package admission

import (
	_ "k8s.io/kubernetes/pkg/quota/v1/evaluator/core"
	_ "k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"
	_ "k8s.io/kubernetes/plugin/pkg/admission/limitranger"
	_ "k8s.io/kubernetes/plugin/pkg/admission/priority"
	_ "k8s.io/kubernetes/plugin/pkg/admission/runtimeclass"
	_ "k8s.io/kubernetes/plugin/pkg/admission/serviceaccount"
)
