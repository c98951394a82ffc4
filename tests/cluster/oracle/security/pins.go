// Package security answers as whom containers run, and what Pod Security admission
// says of a Pod or an owner in a namespace.
package security

import (
	_ "k8s.io/kubernetes/pkg/kubelet/kuberuntime"
	_ "k8s.io/kubernetes/pkg/kubelet/sysctl"
	_ "k8s.io/kubernetes/pkg/securitycontext"
	_ "k8s.io/pod-security-admission/admission"
	_ "k8s.io/pod-security-admission/api"
)
