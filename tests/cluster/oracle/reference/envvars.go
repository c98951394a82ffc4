package reference

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/envvars"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("envvars", serviceEnv) }

type envVarsRequest struct {
	Services []*v1.Service `json:"services"`
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// serviceEnv answers with the variables that the kubelet makes of Services,
// in its order.
func serviceEnv(r envVarsRequest) (oracle.Answer, error) {
	env := []nameValue{}
	for _, e := range envvars.FromServices(r.Services) {
		env = append(env, nameValue{e.Name, e.Value})
	}
	return oracle.Answer{"env": env}, nil
}
