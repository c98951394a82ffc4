//go:build !kubernetes_1_33 && !kubernetes_1_34

package scheduling

import (
	"context"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	fwk "k8s.io/kube-scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodevolumelimits"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
)

type (
	cycleState       = fwk.CycleState
	nodeInfo         = fwk.NodeInfo
	status           = fwk.Status
	handle           = fwk.Handle
	plugin           = fwk.Plugin
	preEnqueuePlugin = fwk.PreEnqueuePlugin
	preFilterPlugin  = fwk.PreFilterPlugin
	filterPlugin     = fwk.FilterPlugin
)

func preFilter(ctx context.Context, plugin preFilterPlugin, state cycleState, pod *v1.Pod, nodes []nodeInfo) (*fwk.PreFilterResult, *status) {
	return plugin.PreFilter(ctx, state, pod, nodes)
}

func versionOptions(ctx context.Context, factory informers.SharedInformerFactory) ([]frameworkruntime.Option, error) {
	manager, err := newDRAManager(ctx, factory)
	if err != nil {
		return nil, err
	}
	return []frameworkruntime.Option{
		frameworkruntime.WithSharedDRAManager(manager),
		frameworkruntime.WithSharedCSIManager(nodevolumelimits.NewCSIManager(factory.Storage().V1().CSINodes().Lister())),
	}, nil
}
