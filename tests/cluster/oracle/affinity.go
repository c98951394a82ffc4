package oracle

import (
	"fmt"

	v1 "k8s.io/api/core/v1"
	"k8s.io/component-helpers/scheduling/corev1/nodeaffinity"
)

func init() { Register("affinity", affinity) }

// affinityRequest is a Pod and a Node as manifests.
type affinityRequest struct {
	Manifest string `json:"manifest"`
	Node     string `json:"node"`
}

// affinity answers whether nodeSelector and required node affinity let the Pod
// onto the Node, and the first taint that keeps it off.
func affinity(r affinityRequest) (Answer, error) {
	pod, err := decodeAs[*v1.Pod](r.Manifest)
	if err != nil {
		return nil, err
	}
	node, err := decodeAs[*v1.Node](r.Node)
	if err != nil {
		return nil, err
	}
	match, err := nodeaffinity.GetRequiredNodeAffinity(pod).Match(node)
	out := Answer{"match": match}
	if err != nil {
		out["matchErr"] = err.Error()
	}
	keepsOff := func(t *v1.Taint) bool {
		return t.Effect == v1.TaintEffectNoSchedule || t.Effect == v1.TaintEffectNoExecute
	}
	if taint, found := untoleratedTaint(node.Spec.Taints, pod.Spec.Tolerations, keepsOff); found {
		out["untolerated"] = taint.ToString()
	}
	return out, nil
}

func decodeAs[T any](manifest string) (T, error) {
	var typed T
	object, _, err := DecodeObject(manifest)
	if err != nil {
		return typed, err
	}
	typed, ok := object.(T)
	if !ok {
		return typed, fmt.Errorf("this is a %T", object)
	}
	return typed, nil
}
