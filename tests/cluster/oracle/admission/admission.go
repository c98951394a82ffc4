// Package admission answers what the admission plugins of the API server make of a
// Pod that is created, and what a quota counts of it.
package admission

import (
	"context"
	"encoding/json"
	"strings"

	v1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	genericapirequest "k8s.io/apiserver/pkg/endpoints/request"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/node/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	podstrategy "k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/plugin/pkg/admission/defaulttolerationseconds"
	"k8s.io/kubernetes/plugin/pkg/admission/limitranger"
	"k8s.io/kubernetes/plugin/pkg/admission/priority"
	"k8s.io/kubernetes/plugin/pkg/admission/runtimeclass"
	"k8s.io/kubernetes/plugin/pkg/admission/serviceaccount"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("admit", admit) }

// Request is a Pod as it is sent, and the objects of the cluster. A ServiceAccount
// other than `default` that is not among them does not exist.
type Request struct {
	Manifest        string                        `json:"manifest"`
	Namespace       string                        `json:"namespace"`
	LimitRanges     []*v1.LimitRange              `json:"limitRanges"`
	ServiceAccounts []*v1.ServiceAccount          `json:"serviceAccounts"`
	PriorityClasses []*schedulingv1.PriorityClass `json:"priorityClasses"`
	RuntimeClasses  []*nodev1.RuntimeClass        `json:"runtimeClasses"`
	Quotas          []*v1.ResourceQuota           `json:"quotas"`
}

// refusal is an error of a plugin, or of validation.
type refusal struct {
	By       string   `json:"by"`
	Messages []string `json:"messages"`
}

type created struct {
	pod      *core.Pod
	request  *Request
	refusals []refusal
}

// admit sends a Pod through the plugins in the server's order, each of them even if
// one before has refused it:
//
//	decodeErr  it cannot be decoded, or has no internal form
//	stored     the Pod as a client reads it
//	refusals   by plugin; validation has the fields of its errors
//	usage      what quotas count; quota: the refusal of each quota by itself
func admit(r Request) (oracle.Answer, error) {
	external, _, err := oracle.DecodeObject(r.Manifest)
	if err != nil {
		return oracle.Answer{"decodeErr": err.Error()}, nil
	}
	legacyscheme.Scheme.Default(external)
	pod := &core.Pod{}
	if err := legacyscheme.Scheme.Convert(external, pod, nil); err != nil {
		return oracle.Answer{"decodeErr": err.Error()}, nil
	}
	pod.Namespace = r.Namespace
	pod.Status = core.PodStatus{}
	for _, o := range r.LimitRanges {
		legacyscheme.Scheme.Default(o)
		o.Namespace = r.Namespace
	}
	for _, o := range r.PriorityClasses {
		legacyscheme.Scheme.Default(o)
	}
	for _, o := range r.RuntimeClasses {
		legacyscheme.Scheme.Default(o)
	}
	c := created{pod: pod, request: &r}
	if err := c.run(); err != nil {
		return nil, err
	}
	stored, err := c.stored()
	if err != nil {
		return nil, err
	}
	out := oracle.Answer{"stored": stored, "refusals": c.refusals}
	if err := addQuotas(out, &c); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *created) run() error {
	ctx := genericapirequest.WithNamespace(context.Background(), c.request.Namespace)
	ctx = genericapirequest.WithRequestInfo(ctx, oracle.CreateRequest(v1.SchemeGroupVersion.WithKind("Pod")))
	plugins, err := c.plugins()
	if err != nil {
		return err
	}
	for _, limits := range c.request.LimitRanges {
		c.refuse("LimitRange "+limits.Name, limitranger.PodMutateLimitFunc(limits, c.pod))
	}
	for _, name := range []string{serviceaccount.PluginName, priority.PluginName, defaulttolerationseconds.PluginName, runtimeclass.PluginName} {
		c.refuse(name, plugins[name].(admission.MutationInterface).Admit(ctx, c.attributes(), nil))
	}
	podstrategy.Strategy.PrepareForCreate(ctx, c.pod)
	fields := []string{}
	for _, e := range podstrategy.Strategy.Validate(ctx, c.pod) {
		fields = append(fields, e.Field)
	}
	if len(fields) > 0 {
		c.refusals = append(c.refusals, refusal{"validation", fields})
	}
	for _, limits := range c.request.LimitRanges {
		c.refuse("LimitRange "+limits.Name, limitranger.PodValidateLimitFunc(limits, c.pod))
	}
	c.refuse(runtimeclass.PluginName, plugins[runtimeclass.PluginName].(admission.ValidationInterface).Validate(ctx, c.attributes(), nil))
	return nil
}

// refuse notes the errors of a plugin, without the words before its own.
func (c *created) refuse(by string, err error) {
	if err == nil {
		return
	}
	all := []error{err}
	if aggregate, ok := err.(utilerrors.Aggregate); ok {
		all = aggregate.Errors()
	}
	messages := []string{}
	for _, one := range all {
		messages = append(messages, own(one))
	}
	c.refusals = append(c.refusals, refusal{by, messages})
}

func own(err error) string {
	text := err.Error()
	if _, after, found := strings.Cut(text, "is forbidden: "); found {
		return after
	}
	return text
}

func (c *created) attributes() admission.Attributes {
	kind, resource := core.Kind("Pod").WithVersion("version"), core.Resource("pods").WithVersion("version")
	return admission.NewAttributesRecord(
		c.pod, nil, kind, c.request.Namespace, c.pod.Name, resource, "", admission.Create, &metav1.CreateOptions{}, false, nil)
}

// plugins are the real ones, which look into stores that hold the request's objects.
func (c *created) plugins() (map[string]admission.Interface, error) {
	client := fake.NewSimpleClientset()
	factory := informers.NewSharedInformerFactory(client, 0)
	accounts := factory.Core().V1().ServiceAccounts().Informer().GetStore()
	for _, o := range c.request.ServiceAccounts {
		o.Namespace = c.request.Namespace
		if err := accounts.Add(o); err != nil {
			return nil, err
		}
	}
	classes := factory.Scheduling().V1().PriorityClasses().Informer().GetStore()
	for _, o := range c.request.PriorityClasses {
		if err := classes.Add(o); err != nil {
			return nil, err
		}
	}
	runtimes := factory.Node().V1().RuntimeClasses().Informer().GetStore()
	for _, o := range c.request.RuntimeClasses {
		if err := runtimes.Add(o); err != nil {
			return nil, err
		}
	}
	all := map[string]admission.Interface{
		serviceaccount.PluginName:           serviceaccount.NewServiceAccount(),
		priority.PluginName:                 priority.NewPlugin(),
		defaulttolerationseconds.PluginName: defaulttolerationseconds.NewDefaultTolerationSeconds(),
		runtimeclass.PluginName:             runtimeclass.NewRuntimeClass(),
	}
	for _, plugin := range all {
		if p, ok := plugin.(initializer.WantsExternalKubeClientSet); ok {
			p.SetExternalKubeClientSet(client)
		}
		if p, ok := plugin.(initializer.WantsExternalKubeInformerFactory); ok {
			p.SetExternalKubeInformerFactory(factory)
		}
		if p, ok := plugin.(initializer.WantsFeatures); ok {
			p.InspectFeatureGates(utilfeature.DefaultFeatureGate)
		}
	}
	return all, nil
}

// stored is the Pod as it is read again, which gives it its defaults once more.
func (c *created) stored() (runtime.Object, error) {
	pod := &v1.Pod{}
	if err := legacyscheme.Scheme.Convert(c.pod, pod, nil); err != nil {
		return nil, err
	}
	pod.SetGroupVersionKind(v1.SchemeGroupVersion.WithKind("Pod"))
	body, err := json.Marshal(pod)
	if err != nil {
		return nil, err
	}
	read := &v1.Pod{}
	if err := json.Unmarshal(body, read); err != nil {
		return nil, err
	}
	legacyscheme.Scheme.Default(read)
	return read, nil
}
