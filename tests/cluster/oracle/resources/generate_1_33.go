//go:build kubernetes_1_33

package resources

import (
	"context"
	"unsafe"

	"go.opentelemetry.io/otel/trace"
	v1 "k8s.io/api/core/v1"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

//go:linkname generateResources k8s.io/kubernetes/pkg/kubelet/kuberuntime.(*kubeGenericRuntimeManager).generateLinuxContainerResources
func generateResources(m unsafe.Pointer, pod *v1.Pod, container *v1.Container, enforceMemoryQoS bool) *runtimeapi.LinuxContainerResources

func generate(m unsafe.Pointer, pod *v1.Pod, container *v1.Container, memoryQoS bool) *runtimeapi.LinuxContainerResources {
	return generateResources(m, pod, container, memoryQoS)
}

//go:linkname newFakeManager k8s.io/kubernetes/pkg/kubelet/kuberuntime.newFakeKubeRuntimeManager
func newFakeManager(runtimeService internalapi.RuntimeService, imageService internalapi.ImageManagerService, machineInfo unsafe.Pointer, osInterface kubecontainer.OSInterface, runtimeHelper kubecontainer.RuntimeHelper, tracer trace.Tracer) (unsafe.Pointer, error)

func newFake(_ context.Context, service internalapi.RuntimeService) (unsafe.Pointer, error) {
	return newFakeManager(service, nil, nil, nil, nil, nil)
}
