//go:build !kubernetes_1_33 && !kubernetes_1_34 && !kubernetes_1_35

package security

import (
	"context"
	_ "unsafe"

	v1 "k8s.io/api/core/v1"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	"k8s.io/klog/v2"
)

//go:linkname determineEffective k8s.io/kubernetes/pkg/kubelet/kuberuntime.(*kubeGenericRuntimeManager).determineEffectiveSecurityContext
func determineEffective(m manager, ctx context.Context, pod *v1.Pod, container *v1.Container, uid *int64, username string) (*runtimeapi.LinuxContainerSecurityContext, error)

func determine(m manager, pod *v1.Pod, container *v1.Container, uid *int64, username string) (*runtimeapi.LinuxContainerSecurityContext, error) {
	return determineEffective(m, context.Background(), pod, container, uid, username)
}

func (helper) GetOrCreateUserNamespaceMappings(klog.Logger, *v1.Pod, string) (*runtimeapi.UserNamespace, error) {
	return nil, nil
}
