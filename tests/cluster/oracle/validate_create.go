//go:build !kubernetes_1_33 && !kubernetes_1_34 && !kubernetes_1_35 && !kubernetes_1_36

package oracle

import (
	"context"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/apiserver/pkg/registry/rest"
)

// validateCreate returns the errors of a new object, those of declarative
// validation included.
func validateCreate(ctx context.Context, object runtime.Object, strategy rest.RESTCreateStrategy) field.ErrorList {
	return rest.ValidateCreate(ctx, object, strategy)
}
