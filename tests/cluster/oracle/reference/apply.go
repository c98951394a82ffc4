package reference

import (
	"encoding/json"
	"errors"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
	"sigs.k8s.io/yaml"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("apply", apply) }

var typeConverter = applyconfigurations.NewTypeConverter(scheme.Scheme)

// apply answers with the errors that server-side apply has for an object before
// it looks at what is in the cluster: path and message of each, and in which
// order.
func apply(r oracle.ObjectRequest) (oracle.Answer, error) {
	raw, err := yaml.YAMLToJSON([]byte(r.Manifest))
	if err != nil {
		return nil, err
	}
	object := &unstructured.Unstructured{}
	if err := json.Unmarshal(raw, object); err != nil {
		return nil, err
	}
	list := []map[string]string{}
	_, err = typeConverter.ObjectToTyped(object)
	var found typed.ValidationErrors
	switch {
	case errors.As(err, &found):
		for _, e := range found {
			list = append(list, map[string]string{"path": e.Path, "message": e.ErrorMessage})
		}
	case err != nil:
		return nil, err
	}
	return oracle.Answer{"errors": list}, nil
}
