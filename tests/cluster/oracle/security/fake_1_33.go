//go:build kubernetes_1_33

package security

import (
	"context"
	"unsafe"

	"go.opentelemetry.io/otel/trace"
	v1 "k8s.io/api/core/v1"
	internalapi "k8s.io/cri-api/pkg/apis"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

//go:linkname newFakeManager k8s.io/kubernetes/pkg/kubelet/kuberuntime.newFakeKubeRuntimeManager
func newFakeManager(runtimeService internalapi.RuntimeService, imageService internalapi.ImageManagerService, machineInfo unsafe.Pointer, osInterface kubecontainer.OSInterface, runtimeHelper kubecontainer.RuntimeHelper, tracer trace.Tracer) (manager, error)

func newFake(_ context.Context, service internalapi.RuntimeService, helper kubecontainer.RuntimeHelper) (manager, error) {
	return newFakeManager(service, nil, nil, nil, helper, nil)
}

//go:linkname verify k8s.io/kubernetes/pkg/kubelet/kuberuntime.verifyRunAsNonRoot
func verify(pod *v1.Pod, container *v1.Container, uid *int64, username string) error
