package reference

import (
	"encoding/json"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("merge", merge) }

type mergeRequest struct {
	Kind     string          `json:"kind"`
	Original json.RawMessage `json:"original"`
	Patch    json.RawMessage `json:"patch"`
}

// merge answers with the object that a strategic merge patch makes of another.
func merge(r mergeRequest) (oracle.Answer, error) {
	var of any
	switch r.Kind {
	case "Pod":
		of = corev1.Pod{}
	case "Job":
		of = batchv1.Job{}
	default:
		return nil, fmt.Errorf("no such kind: %s", r.Kind)
	}
	merged, err := strategicpatch.StrategicMergePatch(r.Original, r.Patch, of)
	if err != nil {
		return nil, err
	}
	return oracle.Answer{"merged": json.RawMessage(merged)}, nil
}
