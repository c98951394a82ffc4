// Package resources answers what requests and limits become: of the whole Pod, in
// its class of quality of service, in scores for the OOM killer and in cgroups.
package resources

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	compres "k8s.io/component-helpers/resource"
	podresource "k8s.io/kubernetes/pkg/api/v1/resource"
	"k8s.io/kubernetes/pkg/apis/core/v1/helper/qos"
	"k8s.io/kubernetes/pkg/features"
	"k8s.io/kubernetes/pkg/kubelet/types"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("resources", answer) }

// Request is a Pod on a node.
type Request struct {
	Pod  v1.Pod `json:"pod"`
	Node Node   `json:"node"`
}

// Node is what the kubelet knows of its node, and how it is configured.
type Node struct {
	// Memory is the capacity, Allocatable what Pods may have of it.
	Memory      uint64 `json:"memory"`
	Allocatable int64  `json:"allocatable"`
	// MemoryQoS is the gate, on a node with version 2 of cgroups.
	MemoryQoS bool `json:"memoryQoS"`
	// Tiered is the policy TieredReservation.
	Tiered bool `json:"tiered"`
	// Factor is memoryThrottlingFactor, 0 for none.
	Factor float64 `json:"factor"`
	// Quota is cpuCFSQuota.
	Quota bool `json:"quota"`
}

// cpuPeriod is the kubelet's default --cpu-cfs-quota-period, in microseconds.
const cpuPeriod = 100000

func answer(r Request) (oracle.Answer, error) {
	pod := func() *v1.Pod { return r.Pod.DeepCopy() }
	toPlace := compres.PodResourcesOptions{SkipPodLevelResources: !enabled(features.PodLevelResources)}
	placed := toPlace
	placed.UseStatusResources = enabled(features.InPlacePodVerticalScaling)
	podLevelStatus(&placed)
	out := oracle.Answer{
		"requests":       list(compres.PodRequests(pod(), toPlace)),
		"limits":         list(compres.PodLimits(pod(), toPlace)),
		"placedRequests": list(compres.PodRequests(pod(), placed)),
		"placedLimits":   list(compres.PodLimits(pod(), placed)),
		"qos":            qos.GetPodQOS(pod()),
		"computedQOS":    qos.ComputePodQOS(pod()),
		"critical":       types.IsCriticalPod(pod()),
		"memory":         quantity(podresource.GetResourceRequestQuantity(pod(), v1.ResourceMemory)),
		"storage":        quantity(podresource.GetResourceRequestQuantity(pod(), v1.ResourceEphemeralStorage)),
		"cgroup":         podCgroup(pod(), r.Node),
	}
	asked := framework.Resource{}
	asked.SetMaxResource(compres.PodRequests(pod(), toPlace))
	out["asked"] = rounded(&asked)
	info := framework.NewNodeInfo(pod())
	out["used"], out["nonZero"] = requested(info)
	manager, err := newManager(r.Node)
	if err != nil {
		return nil, err
	}
	containers := oracle.Answer{}
	for _, c := range all(pod()) {
		containers[c.Name] = manager.container(pod(), c)
	}
	out["containers"] = containers
	return out, nil
}

// all are the containers of a Pod; ephemeral ones as the kubelet starts them.
func all(pod *v1.Pod) []*v1.Container {
	var out []*v1.Container
	for i := range pod.Spec.InitContainers {
		out = append(out, &pod.Spec.InitContainers[i])
	}
	for i := range pod.Spec.Containers {
		out = append(out, &pod.Spec.Containers[i])
	}
	for i := range pod.Spec.EphemeralContainers {
		out = append(out, (*v1.Container)(&pod.Spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
	return out
}

func podCgroup(pod *v1.Pod, node Node) oracle.Answer {
	rc := podConfig(pod, node)
	return oracle.Answer{
		"cpuShares": rc.CPUShares, "cpuQuota": rc.CPUQuota, "cpuPeriod": rc.CPUPeriod, "memory": rc.Memory,
		"unified": rc.Unified, "hugePages": rc.HugePageLimit, "cpuWeight": weight(rc.CPUShares),
	}
}

func list(l v1.ResourceList) map[string]string {
	out := map[string]string{}
	for name, q := range l {
		out[string(name)] = q.String()
	}
	return out
}

func quantity(q resource.Quantity) string { return q.String() }

func rounded(r *framework.Resource) oracle.Answer {
	return oracle.Answer{"milliCPU": r.MilliCPU, "memory": r.Memory, "storage": r.EphemeralStorage, "scalar": r.ScalarResources}
}

var enabled = utilfeature.DefaultFeatureGate.Enabled

func requested(info *framework.NodeInfo) (used, nonZero oracle.Answer) {
	n := info.NonZeroRequested
	return rounded(info.Requested), oracle.Answer{"milliCPU": n.MilliCPU, "memory": n.Memory}
}
