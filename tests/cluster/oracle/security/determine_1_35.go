//go:build kubernetes_1_33 || kubernetes_1_34 || kubernetes_1_35

package security

import (
	_ "unsafe"

	v1 "k8s.io/api/core/v1"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

//go:linkname determine k8s.io/kubernetes/pkg/kubelet/kuberuntime.(*kubeGenericRuntimeManager).determineEffectiveSecurityContext
func determine(m manager, pod *v1.Pod, container *v1.Container, uid *int64, username string) (*runtimeapi.LinuxContainerSecurityContext, error)

func (helper) GetOrCreateUserNamespaceMappings(*v1.Pod, string) (*runtimeapi.UserNamespace, error) {
	return nil, nil
}
