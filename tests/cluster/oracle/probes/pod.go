//go:build !kubernetes_1_33 && !kubernetes_1_34

package probes

import (
	"context"
	"time"

	v1 "k8s.io/api/core/v1"
)

func addPod(k *kubelet) { k.manager.AddPod(context.Background(), k.pod) }

func updatePodStatus(k *kubelet, status *v1.PodStatus) {
	k.manager.UpdatePodStatus(context.Background(), k.pod, status)
}

// afterBackOff: completeWork waits for what is left.
func afterBackOff(left time.Duration) time.Duration { return left }
