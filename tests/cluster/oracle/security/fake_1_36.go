//go:build kubernetes_1_34 || kubernetes_1_35 || kubernetes_1_36

package security

import (
	"context"
	"unsafe"

	"go.opentelemetry.io/otel/trace"
	internalapi "k8s.io/cri-api/pkg/apis"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

//go:linkname newFakeManager k8s.io/kubernetes/pkg/kubelet/kuberuntime.newFakeKubeRuntimeManager
func newFakeManager(ctx context.Context, runtimeService internalapi.RuntimeService, imageService internalapi.ImageManagerService, machineInfo unsafe.Pointer, osInterface kubecontainer.OSInterface, runtimeHelper kubecontainer.RuntimeHelper, tracer trace.Tracer) (manager, error)

func newFake(ctx context.Context, service internalapi.RuntimeService, helper kubecontainer.RuntimeHelper) (manager, error) {
	return newFakeManager(ctx, service, nil, nil, nil, helper, nil)
}
