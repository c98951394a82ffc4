package printed

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	jobstrategy "k8s.io/kubernetes/pkg/registry/batch/job"
	podstrategy "k8s.io/kubernetes/pkg/registry/core/pod"
)

// refused returns the errors of an update that gives the object its status, by the
// strategy of its registry.
func refused(object runtime.Object) field.ErrorList {
	object = object.DeepCopyObject()
	metadata := object.(metav1.Object)
	if metadata.GetNamespace() == "" {
		metadata.SetNamespace(metav1.NamespaceDefault)
	}
	metadata.SetResourceVersion("1")
	// An update cannot touch it, and the strategy drops it from the new object alone.
	metadata.SetDeletionTimestamp(nil)
	old := object.DeepCopyObject()
	ctx := context.Background()
	switch o := old.(type) {
	case *core.Pod:
		// The server sets it when the Pod is created.
		o.Status = core.PodStatus{QOSClass: o.Status.QOSClass}
		podstrategy.StatusStrategy.PrepareForUpdate(ctx, object, old)
		return podstrategy.StatusStrategy.ValidateUpdate(ctx, object, old)
	case *batch.Job:
		o.Status = batch.JobStatus{}
		jobstrategy.StatusStrategy.PrepareForUpdate(ctx, object, old)
		return jobstrategy.StatusStrategy.ValidateUpdate(ctx, object, old)
	}
	return nil
}
