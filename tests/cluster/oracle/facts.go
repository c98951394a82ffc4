package oracle

import (
	v1 "k8s.io/api/core/v1"
	compres "k8s.io/component-helpers/resource"
	"k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	psaapi "k8s.io/pod-security-admission/api"
	psapolicy "k8s.io/pod-security-admission/policy"
)

// cpuPeriod is the kubelet's default --cpu-cfs-quota-period, in microseconds.
const cpuPeriod = 100000

// facts adds what scheduler, kubelet and Pod Security admission compute of a
// defaulted Pod.
func facts(out answer, pod *v1.Pod) {
	out["qos"] = qos.ComputePodQOS(pod)
	out["requests"] = resources(compres.PodRequests(pod, compres.PodResourcesOptions{}))
	out["limits"] = resources(compres.PodLimits(pod, compres.PodResourcesOptions{}))
	out["psa"] = podSecurity(pod)
	rc := cm.ResourceConfigForPod(pod, true, cpuPeriod, false, "")
	out["cgroup"] = answer{"cpuShares": rc.CPUShares, "cpuQuota": rc.CPUQuota, "cpuPeriod": rc.CPUPeriod, "memory": rc.Memory}
}

func resources(list v1.ResourceList) map[string]string {
	out := map[string]string{}
	for name, q := range list {
		out[string(name)] = q.String()
	}
	return out
}

// podSecurity is the verdict of each level at its latest version.
func podSecurity(pod *v1.Pod) answer {
	evaluator, err := psapolicy.NewEvaluator(psapolicy.DefaultChecks(), nil)
	if err != nil {
		panic(err)
	}
	out := answer{}
	for _, level := range []psaapi.Level{psaapi.LevelBaseline, psaapi.LevelRestricted} {
		at := psaapi.LevelVersion{Level: level, Version: psaapi.LatestVersion()}
		r := psapolicy.AggregateCheckResults(evaluator.EvaluatePod(at, &pod.ObjectMeta, &pod.Spec))
		out[string(level)] = answer{"allowed": r.Allowed, "reasons": r.ForbiddenReasons, "details": r.ForbiddenDetails}
	}
	return out
}
