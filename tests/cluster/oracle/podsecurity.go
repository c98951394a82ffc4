package oracle

import (
	"sync"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	psaapi "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"
)

func init() { Register("podsecurity", podSecurityAt) }

// podSecurityRequest is a Pod, or a Job with its template, as it is sent: nothing
// is defaulted. Versions are `v1.35` or `latest`.
type podSecurityRequest struct {
	Manifest string   `json:"manifest"`
	Versions []string `json:"versions"`
}

// podSecurityAt answers by version and level with whether it lets the Pod pass and why
// it does not, and with the ids of all checks that fail, each asked by itself.
func podSecurityAt(r podSecurityRequest) (Answer, error) {
	evaluators, err := newEvaluators()
	if err != nil {
		return nil, err
	}
	meta, spec, err := decodePod(r.Manifest)
	if err != nil {
		return nil, err
	}
	out := Answer{}
	for _, text := range r.Versions {
		version, err := psaapi.ParseVersion(text)
		if err != nil {
			return nil, err
		}
		answer := Answer{}
		for _, level := range []psaapi.Level{psaapi.LevelBaseline, psaapi.LevelRestricted} {
			at := psaapi.LevelVersion{Level: level, Version: version}
			result := psapolicy.AggregateCheckResults(evaluators.all.EvaluatePod(at, meta, spec))
			answer[string(level)] = Answer{
				"allowed": result.Allowed, "reasons": result.ForbiddenReasons, "details": result.ForbiddenDetails,
				"reason": result.ForbiddenReason(), "detail": result.ForbiddenDetail(),
			}
		}
		failed := []psapolicy.CheckID{}
		for _, one := range evaluators.each {
			at := psaapi.LevelVersion{Level: one.check.Level, Version: version}
			if !psapolicy.AggregateCheckResults(one.alone.EvaluatePod(at, meta, spec)).Allowed {
				failed = append(failed, one.check.ID)
			}
		}
		answer["failed"] = failed
		out[text] = answer
	}
	return Answer{"versions": out}, nil
}

// evaluators of all checks, and of each by itself.
type evaluators struct {
	all  psapolicy.Evaluator
	each []struct {
		check psapolicy.Check
		alone psapolicy.Evaluator
	}
}

var newEvaluators = sync.OnceValues(func() (*evaluators, error) {
	checks := psapolicy.DefaultChecks()
	all, err := newEvaluator(checks)
	if err != nil {
		return nil, err
	}
	out := &evaluators{all: all}
	for _, check := range checks {
		alone, err := newEvaluator([]psapolicy.Check{check})
		if err != nil {
			return nil, err
		}
		out.each = append(out.each, struct {
			check psapolicy.Check
			alone psapolicy.Evaluator
		}{check, alone})
	}
	return out, nil
})

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
