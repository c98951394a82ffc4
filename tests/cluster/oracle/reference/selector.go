package reference

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"pod-tools.test/upstream/oracle"
)

func init() {
	oracle.Register("selector", selector)
	oracle.Register("labelSelector", labelSelector)
}

// selectorRequest is a selector as written after `-l`, and a set of labels.
type selectorRequest struct {
	Input string     `json:"input"`
	Vars  labels.Set `json:"vars"`
}

func selector(r selectorRequest) (oracle.Answer, error) {
	s, err := labels.Parse(r.Input)
	if err != nil {
		return nil, err
	}
	return oracle.Answer{"canonical": s.String(), "match": s.Matches(r.Vars)}, nil
}

type labelSelectorRequest struct {
	Selector *metav1.LabelSelector `json:"selector"`
	Labels   labels.Set            `json:"labels"`
}

// labelSelector does the same for matchLabels and matchExpressions.
func labelSelector(r labelSelectorRequest) (oracle.Answer, error) {
	s, err := metav1.LabelSelectorAsSelector(r.Selector)
	if err != nil {
		return nil, err
	}
	return oracle.Answer{"canonical": s.String(), "match": s.Matches(r.Labels)}, nil
}
