//go:build !minor

package resources

import (
	"context"
	"unsafe"

	"go.opentelemetry.io/otel/trace"
	"k8s.io/client-go/tools/record"
	internalapi "k8s.io/cri-api/pkg/apis"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
)

//go:linkname newFakeManager k8s.io/kubernetes/pkg/kubelet/kuberuntime.newFakeKubeRuntimeManager
func newFakeManager(ctx context.Context, runtimeService internalapi.RuntimeService, imageService internalapi.ImageManagerService, machineInfo unsafe.Pointer, osInterface kubecontainer.OSInterface, runtimeHelper kubecontainer.RuntimeHelper, tracer trace.Tracer, recorder *record.FakeRecorder) (unsafe.Pointer, error)

func newFake(ctx context.Context, service internalapi.RuntimeService) (unsafe.Pointer, error) {
	return newFakeManager(ctx, service, nil, nil, nil, nil, nil, &record.FakeRecorder{})
}
