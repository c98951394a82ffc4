//go:build !minor

package security

import (
	"context"
	"unsafe"

	"go.opentelemetry.io/otel/trace"
	"k8s.io/client-go/tools/record"
	internalapi "k8s.io/cri-api/pkg/apis"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
)

//go:linkname newFakeManager k8s.io/kubernetes/pkg/kubelet/kuberuntime.newFakeKubeRuntimeManager
func newFakeManager(ctx context.Context, runtimeService internalapi.RuntimeService, imageService internalapi.ImageManagerService, machineInfo unsafe.Pointer, osInterface kubecontainer.OSInterface, runtimeHelper kubecontainer.RuntimeHelper, tracer trace.Tracer, recorder *record.FakeRecorder) (manager, error)

func newFake(ctx context.Context, service internalapi.RuntimeService, helper kubecontainer.RuntimeHelper) (manager, error) {
	return newFakeManager(ctx, service, nil, nil, nil, helper, nil, &record.FakeRecorder{})
}

func admitted(handler lifecycle.PodAdmitHandler, attributes *lifecycle.PodAdmitAttributes) lifecycle.PodAdmitResult {
	return handler.Admit(context.Background(), attributes)
}
