package security

import (
	"context"
	"errors"

	admissionv1 "k8s.io/api/admission/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/admission"
	admissionapi "k8s.io/pod-security-admission/admission/api"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/metrics"
	"k8s.io/pod-security-admission/policy"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("podSecurityAdmit", admit) }

// admitRequest is a Pod or an object with a Pod template that is created in a namespace
// with labels.
type admitRequest struct {
	Manifest string            `json:"manifest"`
	Labels   map[string]string `json:"labels"`
	// Defaults are those of the server's configuration: by mode and MODE-version.
	Defaults map[string]string `json:"defaults"`
}

// silent records no metrics.
type silent struct{}

func (silent) RecordEvaluation(metrics.Decision, api.LevelVersion, metrics.Mode, api.Attributes) {}
func (silent) RecordExemption(api.Attributes)                                                    {}
func (silent) RecordError(bool, api.Attributes)                                                  {}

// namespaces is one namespace without Pods, whatever its name.
type namespaces struct{ labels map[string]string }

func (n namespaces) GetNamespace(_ context.Context, name string) (*v1.Namespace, error) {
	return &v1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: n.labels}}, nil
}

func (namespaces) ListPods(context.Context, string) ([]*v1.Pod, error) { return nil, nil }

// admit answers with `policy` (enforce, audit, warn), the `errors` of labels, and what
// admission says: `allowed`, `message` of a refusal, `warnings`, `audit`: its annotations.
func admit(r admitRequest) (oracle.Answer, error) {
	defaults := admissionapi.PodSecurityDefaults{
		Enforce: r.Defaults["enforce"], EnforceVersion: r.Defaults["enforce-version"],
		Audit: r.Defaults["audit"], AuditVersion: r.Defaults["audit-version"],
		Warn: r.Defaults["warn"], WarnVersion: r.Defaults["warn-version"],
	}
	for _, level := range []*string{&defaults.Enforce, &defaults.Audit, &defaults.Warn} {
		if *level == "" {
			*level = string(api.LevelPrivileged)
		}
	}
	for _, version := range []*string{&defaults.EnforceVersion, &defaults.AuditVersion, &defaults.WarnVersion} {
		if *version == "" {
			*version = api.VersionLatest
		}
	}
	evaluator, err := newEvaluator(policy.DefaultChecks())
	if err != nil {
		return nil, err
	}
	plugin := &admission.Admission{
		Configuration:   &admissionapi.PodSecurityConfiguration{Defaults: defaults},
		Evaluator:       evaluator,
		Metrics:         silent{},
		NamespaceGetter: namespaces{r.Labels},
		PodLister:       namespaces{},
	}
	if err := errors.Join(plugin.CompleteConfiguration(), plugin.ValidateConfiguration()); err != nil {
		return nil, err
	}
	object, _, err := oracle.DecodeObject(r.Manifest)
	if err != nil {
		return nil, err
	}
	kind := object.GetObjectKind().GroupVersionKind()
	resource, _ := meta.UnsafeGuessKindToResource(kind)
	name := object.(metav1.Object).GetName()
	response := plugin.Validate(context.Background(), &api.AttributesRecord{
		Name: name, Namespace: "a", Kind: kind, Resource: resource, Operation: admissionv1.Create, Object: object, Username: "a",
	})
	evaluated, errs := plugin.PolicyToEvaluate(r.Labels)
	messages := []string{}
	for _, e := range errs {
		messages = append(messages, e.Error())
	}
	out := oracle.Answer{
		"policy":   []string{evaluated.Enforce.String(), evaluated.Audit.String(), evaluated.Warn.String()},
		"errors":   messages,
		"allowed":  response.Allowed,
		"warnings": response.Warnings,
		"audit":    response.AuditAnnotations,
	}
	if response.Result != nil {
		out["message"] = response.Result.Message
	}
	return out, nil
}
