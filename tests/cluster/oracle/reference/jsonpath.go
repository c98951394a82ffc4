package reference

import (
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/util/jsonpath"
	"k8s.io/kubectl/pkg/cmd/get"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("jsonpath", jsonPath) }

type jsonPathRequest struct {
	Path   string          `json:"path"`
	Object json.RawMessage `json:"object"`
}

// jsonPath answers with the values that a path leads to as `kubectl wait` reads
// and follows it (kubectl/pkg/cmd/wait, newJSONPathParser), as JSON.
func jsonPath(r jsonPathRequest) (oracle.Answer, error) {
	var object unstructured.Unstructured
	if err := object.UnmarshalJSON(r.Object); err != nil {
		return nil, err
	}
	relaxed, err := get.RelaxedJSONPathExpression(r.Path)
	if err != nil {
		return nil, err
	}
	parser := jsonpath.New("wait").AllowMissingKeys(true)
	if err := parser.Parse(relaxed); err != nil {
		return nil, err
	}
	found, err := parser.FindResults(object.Object)
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d lists", len(found))
	}
	values := []any{}
	for _, value := range found[0] {
		values = append(values, value.Interface())
	}
	return oracle.Answer{"values": values}, nil
}
