//go:build !kubernetes_1_33 && !kubernetes_1_34 && !kubernetes_1_35

package jobs

import (
	"context"
	_ "unsafe"

	batchinformers "k8s.io/client-go/informers/batch/v1"
	coreinformers "k8s.io/client-go/informers/core/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/kubernetes/pkg/controller/job"
	"k8s.io/utils/clock"
)

// The last two are informers that only a feature gate needs; each is an interface, here without
// its methods.
//
//go:linkname newControllerWithClock k8s.io/kubernetes/pkg/controller/job.newControllerWithClock
func newControllerWithClock(ctx context.Context, client clientset.Interface, clock clock.WithTicker, pods coreinformers.PodInformer, jobs batchinformers.JobInformer, workloads, podGroups any) (*job.Controller, error)

func newController(ctx context.Context, client clientset.Interface, clock clock.WithTicker, pods coreinformers.PodInformer, jobs batchinformers.JobInformer) (*job.Controller, error) {
	return newControllerWithClock(ctx, client, clock, pods, jobs, nil, nil)
}
