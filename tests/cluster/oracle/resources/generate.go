//go:build !kubernetes_1_33

package resources

import (
	"context"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
)

//go:linkname generateResources k8s.io/kubernetes/pkg/kubelet/kuberuntime.(*kubeGenericRuntimeManager).generateLinuxContainerResources
func generateResources(m unsafe.Pointer, ctx context.Context, pod *v1.Pod, container *v1.Container, enforceMemoryQoS bool) *runtimeapi.LinuxContainerResources

func generate(m unsafe.Pointer, pod *v1.Pod, container *v1.Container, memoryQoS bool) *runtimeapi.LinuxContainerResources {
	return generateResources(m, context.Background(), pod, container, memoryQoS)
}
