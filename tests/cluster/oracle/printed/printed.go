// Package printed asks the API server's own printers for the row of a Pod or a Job
// in the table that `kubectl get` prints.
package printed

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/printers"
	"k8s.io/kubernetes/pkg/printers/internalversion"

	"pod-tools.test/upstream/oracle"
	"pod-tools.test/upstream/oracle/bubble"
)

func init() { oracle.Register("printed", printed) }

// Request is a Pod or a Job as YAML or JSON, and the time of the printer's clock, in
// seconds since 1970 and not before 2000. No default is added to the object.
type Request struct {
	Manifest string `json:"manifest"`
	Now      int64  `json:"now"`
	// Validate adds what the server refuses of the status.
	Validate bool `json:"validate"`
}

var generator = printers.NewTableGenerator().With(internalversion.AddHandlers)

// printed answers with the `cells` of the object's row, each by its column, and the
// `errors` of a controller's update of the object's status from none to this one.
func printed(r Request) (oracle.Answer, error) {
	external, _, err := oracle.DecodeObject(r.Manifest)
	if err != nil {
		return nil, err
	}
	var internal runtime.Object
	switch external.(type) {
	case *v1.Pod:
		internal = &core.Pod{}
	case *batchv1.Job:
		internal = &batch.Job{}
	default:
		return nil, fmt.Errorf("expected a Pod or a Job, found %T", external)
	}
	if err := legacyscheme.Scheme.Convert(external, internal, nil); err != nil {
		return nil, err
	}
	cells, err := row(internal, time.Unix(r.Now, 0))
	if err != nil {
		return nil, err
	}
	out := oracle.Answer{"cells": cells}
	if r.Validate {
		out["errors"] = oracle.FieldErrors(refused(internal))
	}
	return out, nil
}

// row returns the cells of the object at a time.
func row(object runtime.Object, now time.Time) (map[string]any, error) {
	cells := map[string]any{}
	var err error
	bubble.Run(func() {
		wait := now.Sub(time.Now())
		if wait < 0 {
			err = fmt.Errorf("the clock cannot begin before %s", time.Now().UTC())
			return
		}
		time.Sleep(wait)
		table, failed := generator.GenerateTable(object, printers.GenerateOptions{Wide: true})
		if failed != nil {
			err = failed
			return
		}
		for i, column := range table.ColumnDefinitions {
			cells[column.Name] = table.Rows[0].Cells[i]
		}
	})
	return cells, err
}
