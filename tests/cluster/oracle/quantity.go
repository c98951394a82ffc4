package oracle

import "k8s.io/apimachinery/pkg/api/resource"

func init() {
	Register("quantity", quantity)
	Register("quantityCmp", quantityCmp)
}

type quantityRequest struct {
	Input string `json:"input"`
}

// quantity answers with the canonical text, the value rounded up, and the
// value in thousandths rounded up.
func quantity(r quantityRequest) (Answer, error) {
	q, err := resource.ParseQuantity(r.Input)
	if err != nil {
		return nil, err
	}
	return Answer{"canonical": q.String(), "value": q.Value(), "milli": q.MilliValue(), "format": string(q.Format)}, nil
}

type quantityCmpRequest struct {
	A string `json:"a"`
	B string `json:"b"`
}

// quantityCmp answers with -1, 0 or 1, and the canonical sum.
func quantityCmp(r quantityCmpRequest) (Answer, error) {
	a, err := resource.ParseQuantity(r.A)
	if err != nil {
		return nil, err
	}
	b, err := resource.ParseQuantity(r.B)
	if err != nil {
		return nil, err
	}
	cmp := a.Cmp(b)
	a.Add(b)
	return Answer{"cmp": cmp, "sum": a.String()}, nil
}
