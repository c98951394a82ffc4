package oracle

import "k8s.io/kubernetes/third_party/forked/golang/expansion"

func init() { register("expand", expand) }

// expandRequest is a text with $(VAR) references and what they may refer to.
type expandRequest struct {
	Input string            `json:"input"`
	Vars  map[string]string `json:"vars"`
}

func expand(r expandRequest) (answer, error) {
	return answer{"out": expansion.Expand(r.Input, expansion.MappingFuncFor(r.Vars))}, nil
}
