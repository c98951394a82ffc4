//go:build kubernetes_1_33

package scheduling

import (
	"context"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
)

type (
	cycleState       = *framework.CycleState
	nodeInfo         = *framework.NodeInfo
	status           = framework.Status
	handle           = framework.Handle
	plugin           = framework.Plugin
	preEnqueuePlugin = framework.PreEnqueuePlugin
	preFilterPlugin  = framework.PreFilterPlugin
	filterPlugin     = framework.FilterPlugin
)

func preFilter(ctx context.Context, plugin preFilterPlugin, state cycleState, pod *v1.Pod, _ []nodeInfo) (*framework.PreFilterResult, *status) {
	return plugin.PreFilter(ctx, state, pod)
}

// versionOptions has nothing to add: DynamicResources is off.
func versionOptions(context.Context, informers.SharedInformerFactory) ([]frameworkruntime.Option, error) {
	return nil, nil
}
