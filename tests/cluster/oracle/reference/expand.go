package reference

import (
	"k8s.io/kubernetes/third_party/forked/golang/expansion"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("expand", expand) }

// expandRequest is a text with $(VAR) references and what they may refer to.
type expandRequest struct {
	Input string            `json:"input"`
	Vars  map[string]string `json:"vars"`
}

func expand(r expandRequest) (oracle.Answer, error) {
	return oracle.Answer{"out": expansion.Expand(r.Input, expansion.MappingFuncFor(r.Vars))}, nil
}
