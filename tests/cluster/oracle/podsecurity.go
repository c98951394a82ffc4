package oracle

import (
	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psaapi "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"
)

func init() { Register("podsecurity", podSecurityAt) }

// podSecurityRequest is a Pod, or a Job with its template, as it is sent: nothing
// is defaulted. Version is `v1.35` or `latest`.
type podSecurityRequest struct {
	Manifest string `json:"manifest"`
	Version  string `json:"version"`
}

// podSecurityAt answers for each level with whether it lets the Pod pass and why
// it does not, and with the ids of all checks that fail, each asked by itself.
func podSecurityAt(r podSecurityRequest) (Answer, error) {
	version, err := psaapi.ParseVersion(r.Version)
	if err != nil {
		return nil, err
	}
	meta, spec, err := decodePod(r.Manifest)
	if err != nil {
		return nil, err
	}
	checks := psapolicy.DefaultChecks()
	out := Answer{}
	for _, level := range []psaapi.Level{psaapi.LevelBaseline, psaapi.LevelRestricted} {
		result, err := evaluate(checks, psaapi.LevelVersion{Level: level, Version: version}, meta, spec)
		if err != nil {
			return nil, err
		}
		out[string(level)] = Answer{"allowed": result.Allowed, "reasons": result.ForbiddenReasons, "details": result.ForbiddenDetails}
	}
	failed := []psapolicy.CheckID{}
	for _, check := range checks {
		at := psaapi.LevelVersion{Level: check.Level, Version: version}
		result, err := evaluate([]psapolicy.Check{check}, at, meta, spec)
		if err != nil {
			return nil, err
		}
		if !result.Allowed {
			failed = append(failed, check.ID)
		}
	}
	out["failed"] = failed
	return out, nil
}

func evaluate(checks []psapolicy.Check, at psaapi.LevelVersion, meta *metav1.ObjectMeta, spec *v1.PodSpec) (psapolicy.AggregateCheckResult, error) {
	evaluator, err := newEvaluator(checks)
	if err != nil {
		return psapolicy.AggregateCheckResult{}, err
	}
	return psapolicy.AggregateCheckResults(evaluator.EvaluatePod(at, meta, spec)), nil
}

func decodePod(manifest string) (*metav1.ObjectMeta, *v1.PodSpec, error) {
	object, _, err := DecodeObject(manifest)
	if err != nil {
		return nil, nil, err
	}
	if job, ok := object.(*batchv1.Job); ok {
		return &job.Spec.Template.ObjectMeta, &job.Spec.Template.Spec, nil
	}
	pod, err := decodeAs[*v1.Pod](manifest)
	if err != nil {
		return nil, nil, err
	}
	return &pod.ObjectMeta, &pod.Spec, nil
}
