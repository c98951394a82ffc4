//go:build !kubernetes_1_33

package security

import (
	"context"
	_ "unsafe"

	v1 "k8s.io/api/core/v1"
)

//go:linkname verifyRunAsNonRoot k8s.io/kubernetes/pkg/kubelet/kuberuntime.verifyRunAsNonRoot
func verifyRunAsNonRoot(ctx context.Context, pod *v1.Pod, container *v1.Container, uid *int64, username string) error

func verify(pod *v1.Pod, container *v1.Container, uid *int64, username string) error {
	return verifyRunAsNonRoot(context.Background(), pod, container, uid, username)
}
