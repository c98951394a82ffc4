//go:build minor

package security

import "k8s.io/kubernetes/pkg/kubelet/lifecycle"

func admitted(handler lifecycle.PodAdmitHandler, attributes *lifecycle.PodAdmitAttributes) lifecycle.PodAdmitResult {
	return handler.Admit(attributes)
}
