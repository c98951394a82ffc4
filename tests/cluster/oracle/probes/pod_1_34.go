//go:build kubernetes_1_33 || kubernetes_1_34

package probes

import (
	"time"

	v1 "k8s.io/api/core/v1"
)

func addPod(k *kubelet) { k.manager.AddPod(k.pod) }

func updatePodStatus(k *kubelet, status *v1.PodStatus) { k.manager.UpdatePodStatus(k.pod, status) }

// afterBackOff: completeWork waits for ten seconds, whatever is left.
func afterBackOff(time.Duration) time.Duration { return 10 * time.Second }
