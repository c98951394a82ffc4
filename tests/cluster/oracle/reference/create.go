package reference

import (
	"k8s.io/apimachinery/pkg/api/operation"
	"k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/discovery/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/endpoint"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolume"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/podtemplate"
	"k8s.io/kubernetes/pkg/registry/core/replicationcontroller"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/discovery/endpointslice"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("create", create) }

// strategies are those of the kinds that people write most.
var strategies = map[string]rest.RESTCreateStrategy{
	"ClusterRole":             clusterrole.Strategy,
	"ClusterRoleBinding":      clusterrolebinding.Strategy,
	"ConfigMap":               configmap.Strategy,
	"CronJob":                 cronjob.Strategy,
	"DaemonSet":               daemonset.Strategy,
	"Deployment":              deployment.Strategy,
	"EndpointSlice":           endpointslice.Strategy,
	"Endpoints":               endpoint.Strategy,
	"HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy,
	"Ingress":                 ingress.Strategy,
	"Job":                     job.Strategy,
	"LimitRange":              limitrange.Strategy,
	"Namespace":               namespace.Strategy,
	"NetworkPolicy":           networkpolicy.Strategy,
	"PersistentVolume":        persistentvolume.Strategy,
	"PersistentVolumeClaim":   persistentvolumeclaim.Strategy,
	"Pod":                     pod.Strategy,
	"PodDisruptionBudget":     poddisruptionbudget.Strategy,
	"PodTemplate":             podtemplate.Strategy,
	"PriorityClass":           priorityclass.Strategy,
	"ReplicaSet":              replicaset.Strategy,
	"ReplicationController":   replicationcontroller.Strategy,
	"ResourceQuota":           resourcequota.Strategy,
	"Role":                    role.Strategy,
	"RoleBinding":             rolebinding.Strategy,
	"Secret":                  secret.Strategy,
	"Service":                 service.Strategy,
	"ServiceAccount":          serviceaccount.Strategy,
	"StatefulSet":             statefulset.Strategy,
	"StorageClass":            storageclass.Strategy,
}

// create answers with what the registry of an object's kind says about its
// creation, admission left out:
//
//	decodeErr  it cannot be decoded at all; nothing else is answered then
//	strictErr  what a strict decoder finds beside that
//	errors     of the strategy, those that all kinds have in common included
func create(r oracle.ObjectRequest) (oracle.Answer, error) {
	external, strict, err := oracle.DecodeObject(r.Manifest)
	if err != nil {
		return oracle.Answer{"decodeErr": err.Error()}, nil
	}
	kind := external.GetObjectKind().GroupVersionKind()
	strategy, ok := strategies[kind.Kind]
	if !ok {
		return oracle.Answer{"err": "no strategy of " + kind.Kind}, nil
	}
	legacyscheme.Scheme.Default(external)
	version := kind.GroupVersion()
	version.Version = runtime.APIVersionInternal
	internal, err := legacyscheme.Scheme.New(version.WithKind(kind.Kind))
	if err != nil {
		return nil, err
	}
	out := oracle.Answer{}
	if len(strict) > 0 {
		out["strictErr"] = strict
	}
	if err := legacyscheme.Scheme.Convert(external, internal, nil); err != nil {
		return oracle.Answer{"decodeErr": err.Error()}, nil
	}
	meta := internal.(metav1.Object)
	ctx := request.WithRequestInfo(request.NewContext(), oracle.CreateRequest(kind))
	if strategy.NamespaceScoped() {
		if meta.GetNamespace() == "" {
			meta.SetNamespace(metav1.NamespaceDefault)
		}
		ctx = request.WithNamespace(ctx, meta.GetNamespace())
	}
	rest.FillObjectMetaSystemFields(meta)
	strategy.PrepareForCreate(ctx, internal)
	// In the order of rest.ValidateCreate, and all of them.
	errs := strategy.Validate(ctx, internal)
	errs = append(errs, validation.ValidateObjectMetaAccessor(meta, strategy.NamespaceScoped(), path.ValidatePathSegmentName, field.NewPath("metadata"))...)
	if declarative, ok := strategy.(rest.DeclarativeValidationStrategy); ok {
		config := declarative.DeclarativeValidationConfig(ctx, internal, nil)
		errs = declarative.ValidateDeclaratively(ctx, internal, nil, errs, operation.Create, config)
	}
	out["errors"] = oracle.FieldErrors(errs)
	return out, nil
}
