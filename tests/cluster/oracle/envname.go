package oracle

import "k8s.io/apimachinery/pkg/util/validation"

func init() { Register("envname", envName) }

type envNameRequest struct {
	Input string `json:"input"`
}

// envName answers with why a name is refused: by the old rule, and by the
// relaxed one that Kubernetes 1.34 made the only one.
func envName(r envNameRequest) (Answer, error) {
	return Answer{
		"strict":  validation.IsEnvVarName(r.Input),
		"relaxed": validation.IsRelaxedEnvVarName(r.Input),
	}, nil
}
