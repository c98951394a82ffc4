package oracle

import (
	v1 "k8s.io/api/core/v1"
	compres "k8s.io/component-helpers/resource"
	"k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
	psaapi "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"
)

// facts adds what scheduler, kubelet and Pod Security admission compute of a Pod:
// all of them see it as the strategy's PrepareForCreate has left it. Each gets a
// copy: upstream adds the overhead to a large limit of the Pod in place.
func facts(out Answer, pod *v1.Pod) {
	out["qos"] = qos.ComputePodQOS(pod.DeepCopy())
	out["requests"] = resources(compres.PodRequests(pod.DeepCopy(), compres.PodResourcesOptions{}))
	out["limits"] = resources(compres.PodLimits(pod.DeepCopy(), compres.PodResourcesOptions{}))
	out["psa"] = podSecurity(pod.DeepCopy())
	addCgroup(out, pod.DeepCopy())
}

func resources(list v1.ResourceList) map[string]string {
	out := map[string]string{}
	for name, q := range list {
		out[string(name)] = q.String()
	}
	return out
}

// podSecurity is the verdict of each level at its latest version.
func podSecurity(pod *v1.Pod) Answer {
	evaluator, err := newEvaluator(psapolicy.DefaultChecks())
	if err != nil {
		panic(err)
	}
	out := Answer{}
	for _, level := range []psaapi.Level{psaapi.LevelBaseline, psaapi.LevelRestricted} {
		at := psaapi.LevelVersion{Level: level, Version: psaapi.LatestVersion()}
		r := psapolicy.AggregateCheckResults(evaluator.EvaluatePod(at, &pod.ObjectMeta, &pod.Spec))
		out[string(level)] = Answer{"allowed": r.Allowed, "reasons": r.ForbiddenReasons, "details": r.ForbiddenDetails}
	}
	return out
}
