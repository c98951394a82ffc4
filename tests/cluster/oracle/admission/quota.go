package admission

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apiserver/pkg/admission/plugin/resourcequota"
	quotacore "k8s.io/kubernetes/pkg/quota/v1/evaluator/core"
	"k8s.io/utils/clock"

	"pod-tools.test/upstream/oracle"
)

// addQuotas adds what quotas count of the Pod, and the refusal of each quota.
func addQuotas(out oracle.Answer, c *created) error {
	usage, err := quotacore.PodUsageFunc(c.pod, clock.RealClock{})
	if err != nil {
		return err
	}
	counted := map[string]string{}
	for name, amount := range usage {
		counted[string(name)] = amount.String()
	}
	out["usage"] = counted
	evaluator := quotacore.NewPodEvaluator(nil, clock.RealClock{})
	refused := map[string]string{}
	matching := map[string]bool{}
	for _, quota := range c.request.Quotas {
		matches, err := evaluator.Matches(quota, c.pod)
		if err != nil {
			refused[quota.Name] = "error: " + err.Error()
			continue
		}
		matching[quota.Name] = matches
		if _, err := resourcequota.CheckRequest([]v1.ResourceQuota{*quota}, c.attributes(), evaluator, nil); err != nil {
			refused[quota.Name] = own(err)
		}
	}
	out["quotaRefusals"], out["quotaMatches"] = refused, matching
	return nil
}
