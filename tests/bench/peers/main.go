// peers prints what others make of objects: kstatus, which Helm and Flux judge by, and Argo CD's health.
//
// Each argument is a file with a list of objects, and behind an equals sign the target: FILE=TYPE/NAME. For each comes
// a line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

type answer struct {
	Verdict string `json:"verdict"`
	State   string `json:"state"`
	Message string `json:"message"`
}

type line struct {
	Kstatus answer `json:"kstatus"`
	Argo    answer `json:"argo"`
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	out := json.NewEncoder(os.Stdout)
	for _, arg := range args {
		file, name, _ := strings.Cut(arg, "=")
		object, err := target(file, name)
		if err != nil {
			return fmt.Errorf("%s: %w", arg, err)
		}
		if err := out.Encode(line{Kstatus: kstatus(object), Argo: argo(object)}); err != nil {
			return err
		}
	}
	return nil
}

// target returns the object of a list that TYPE/NAME names.
func target(file, name string) (*unstructured.Unstructured, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var list unstructured.UnstructuredList
	if err := list.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	kind, name, _ := strings.Cut(name, "/")
	for _, object := range list.Items {
		if strings.EqualFold(object.GetKind(), kind) && object.GetName() == name {
			return &object, nil
		}
	}
	return nil, fmt.Errorf("no %s %s", kind, name)
}

func kstatus(object *unstructured.Unstructured) answer {
	result, err := status.Compute(object)
	if err != nil {
		return answer{Verdict: "unknown", State: "error", Message: err.Error()}
	}
	verdict := map[status.Status]string{status.CurrentStatus: "ok", status.FailedStatus: "no"}[result.Status]
	return answer{Verdict: known(verdict), State: string(result.Status), Message: result.Message}
}

func argo(object *unstructured.Unstructured) answer {
	result, err := health.GetResourceHealth(object, nil)
	if err != nil {
		return answer{Verdict: "unknown", State: "error", Message: err.Error()}
	}
	// It has no opinion about this type.
	if result == nil {
		return answer{Verdict: "unknown"}
	}
	verdict := map[health.HealthStatusCode]string{health.HealthStatusHealthy: "ok", health.HealthStatusDegraded: "no"}[result.Status]
	return answer{Verdict: known(verdict), State: string(result.Status), Message: result.Message}
}

func known(verdict string) string {
	if verdict == "" {
		return "unknown"
	}
	return verdict
}
