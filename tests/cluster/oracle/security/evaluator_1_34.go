//go:build kubernetes_1_33 || kubernetes_1_34

package security

import psapolicy "k8s.io/pod-security-admission/policy"

func newEvaluator(checks []psapolicy.Check) (psapolicy.Evaluator, error) {
	return psapolicy.NewEvaluator(checks)
}
