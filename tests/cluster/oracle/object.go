package oracle

import (
	"context"
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	"k8s.io/kubernetes/pkg/apis/batch"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	deploymentstrategy "k8s.io/kubernetes/pkg/registry/apps/deployment"
	statefulsetstrategy "k8s.io/kubernetes/pkg/registry/apps/statefulset"
	cronjobstrategy "k8s.io/kubernetes/pkg/registry/batch/cronjob"
	jobstrategy "k8s.io/kubernetes/pkg/registry/batch/job"
	podstrategy "k8s.io/kubernetes/pkg/registry/core/pod"
)

func init() { Register("object", object) }

// ObjectRequest is one object as YAML or JSON.
type ObjectRequest struct {
	Manifest string `json:"manifest"`
}

// fieldError is a row of a field.ErrorList.
type fieldError struct{ Field, Type, Detail string }

// object answers with what the API server makes of an object on its creation:
//
//	decodeErr  it cannot be decoded at all; nothing else is answered then
//	strictErr  what --validate=strict refuses, beside everything else
//	defaulted  the object with its defaults
//	errors, warnings  of the registry's strategy (Pods and what makes them)
//	created    the Pod after the strategy's PrepareForCreate (Pods)
//	qos, requests, limits, cgroup, psa  see facts (Pods and Jobs)
func object(r ObjectRequest) (Answer, error) {
	object, strict, err := DecodeObject(r.Manifest)
	if err != nil {
		return Answer{"decodeErr": err.Error()}, nil
	}
	legacyscheme.Scheme.Default(object)
	defaulted, err := json.Marshal(object)
	if err != nil {
		return nil, err
	}
	out := Answer{"defaulted": json.RawMessage(defaulted)}
	if len(strict) > 0 {
		out["strictErr"] = strict
	}
	switch o := object.(type) {
	case *v1.Pod:
		prepared := &core.Pod{}
		if judge(out, o, prepared, podstrategy.Strategy) {
			created, err := createdPod(prepared, o)
			if err != nil {
				return nil, err
			}
			out["created"] = created
			facts(out, created)
		}
	case *batchv1.Job:
		prepared := &batch.Job{}
		if judge(out, o, prepared, jobstrategy.Strategy) {
			created, err := createdPodOf(prepared)
			if err != nil {
				return nil, err
			}
			facts(out, created)
		}
	case *batchv1.CronJob:
		judge(out, o, &batch.CronJob{}, cronjobstrategy.Strategy)
	case *appsv1.Deployment:
		judge(out, o, &apps.Deployment{}, deploymentstrategy.Strategy)
	case *appsv1.StatefulSet:
		judge(out, o, &apps.StatefulSet{}, statefulsetstrategy.Strategy)
	}
	return out, nil
}

// judge adds what the registry's strategy says about the creation of external,
// converted to internal. It returns whether it can be converted.
func judge(out Answer, external runtime.Object, internal runtime.Object, strategy rest.RESTCreateStrategy) bool {
	ctx, err := prepare(external, internal, strategy)
	if err != nil {
		out["convertErr"] = err.Error()
		return false
	}
	out["errors"] = FieldErrors(validateCreate(ctx, internal, strategy))
	out["warnings"] = strategy.WarningsOnCreate(ctx, internal)
	return true
}

// prepare makes internal what the registry's strategy makes of external before it
// validates, and returns the context of the request.
func prepare(external runtime.Object, internal runtime.Object, strategy rest.RESTCreateStrategy) (context.Context, error) {
	kind := external.GetObjectKind().GroupVersionKind()
	if err := legacyscheme.Scheme.Convert(external, internal, nil); err != nil {
		return nil, err
	}
	metadata := internal.(metav1.Object)
	if metadata.GetNamespace() == "" {
		metadata.SetNamespace(metav1.NamespaceDefault)
	}
	rest.FillObjectMetaSystemFields(metadata)
	ctx := genericapirequest.WithNamespace(context.Background(), metadata.GetNamespace())
	ctx = genericapirequest.WithRequestInfo(ctx, CreateRequest(kind))
	strategy.PrepareForCreate(ctx, internal)
	return ctx, nil
}

// CreateRequest is the request that creates an object of a kind: declarative
// validation asks which version it is for.
func CreateRequest(kind schema.GroupVersionKind) *genericapirequest.RequestInfo {
	resource, _ := meta.UnsafeGuessKindToResource(kind)
	return &genericapirequest.RequestInfo{
		IsResourceRequest: true, Verb: "create", APIGroup: kind.Group, APIVersion: kind.Version, Resource: resource.Resource,
	}
}

// FieldErrors returns the rows of a list, for an answer.
func FieldErrors(list field.ErrorList) []fieldError {
	out := []fieldError{}
	for _, e := range list {
		out = append(out, fieldError{e.Field, string(e.Type), e.ErrorBody()})
	}
	return out
}

var strictCodecs = serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)

// DecodeObject decodes leniently, as the API server does, and says beside it
// what a strict decoder finds: unknown fields, and keys given twice.
func DecodeObject(manifest string) (runtime.Object, []string, error) {
	object, _, err := strictCodecs.UniversalDeserializer().Decode([]byte(manifest), nil, nil)
	if err == nil {
		return object, nil, nil
	}
	findings, ok := runtime.AsStrictDecodingError(err)
	if !ok {
		return nil, nil, err
	}
	strict := []string{}
	for _, f := range findings.Errors() {
		strict = append(strict, f.Error())
	}
	object, _, err = legacyscheme.Codecs.UniversalDeserializer().Decode([]byte(manifest), nil, nil)
	return object, strict, err
}
