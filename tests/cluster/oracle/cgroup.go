//go:build !minor

package oracle

import (
	v1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/kubernetes/pkg/features"
	"k8s.io/kubernetes/pkg/kubelet/cm"
)

// cpuPeriod is the kubelet's default --cpu-cfs-quota-period, in microseconds.
const cpuPeriod = 100000

// addCgroup adds the values of the Pod's cgroup. An oracle of a minor does not
// answer with them: the kubelet's package would double what is compiled for it.
func addCgroup(out Answer, pod *v1.Pod) {
	memoryQoS := utilfeature.DefaultFeatureGate.Enabled(features.MemoryQoS)
	rc := cm.ResourceConfigForPod(pod, true, cpuPeriod, memoryQoS, "")
	out["cgroup"] = Answer{
		"cpuShares": rc.CPUShares, "cpuQuota": rc.CPUQuota, "cpuPeriod": rc.CPUPeriod, "memory": rc.Memory, "unified": rc.Unified,
	}
}
