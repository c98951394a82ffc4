package oracle

import (
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/kubelet/envvars"
)

func init() { register("envvars", serviceEnv) }

type envVarsRequest struct {
	Services []*v1.Service `json:"services"`
}

type nameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// serviceEnv answers with the variables that the kubelet makes of Services,
// in its order.
func serviceEnv(r envVarsRequest) (answer, error) {
	env := []nameValue{}
	for _, e := range envvars.FromServices(r.Services) {
		env = append(env, nameValue{e.Name, e.Value})
	}
	return answer{"env": env}, nil
}
