package scheduling

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
	"k8s.io/kubernetes/pkg/scheduler/framework"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("kubeletAdmission", kubeletAdmission) }

// kubeletRequest is a Pod with a node, that node, and the Pods that are on it.
type kubeletRequest struct {
	Pod  *v1.Pod   `json:"pod"`
	Node *v1.Node  `json:"node"`
	Pods []*v1.Pod `json:"pods"`
}

// noRecovery evicts no Pod for another.
type noRecovery struct{}

func keepPlugins(*framework.NodeInfo, *lifecycle.PodAdmitAttributes) error { return nil }

// kubeletAdmission answers whether the kubelet of the node would `admit` the Pod, or else its
// `reason` and `message`.
func kubeletAdmission(r kubeletRequest) (oracle.Answer, error) {
	result := admitPod(r.Node, &lifecycle.PodAdmitAttributes{Pod: r.Pod, OtherPods: r.Pods})
	return oracle.Answer{"admit": result.Admit, "reason": result.Reason, "message": result.Message}, nil
}
