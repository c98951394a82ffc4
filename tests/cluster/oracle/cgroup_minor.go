//go:build minor

package oracle

import v1 "k8s.io/api/core/v1"

func addCgroup(Answer, *v1.Pod) {}
