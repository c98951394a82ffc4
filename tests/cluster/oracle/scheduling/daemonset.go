package scheduling

import (
	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/controller/daemon"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("daemonSetNodes", daemonSetNodes) }

// daemonSetRequest is a DaemonSet with its defaults, and nodes.
type daemonSetRequest struct {
	DaemonSet appsv1.DaemonSet `json:"daemonSet"`
	Nodes     []v1.Node        `json:"nodes"`
}

// daemonSetNodes answers by node whether a Pod `shouldRun` there, and whether one that runs
// `shouldContinue`; and the `tolerations` of its Pods.
func daemonSetNodes(r daemonSetRequest) (oracle.Answer, error) {
	nodes := map[string]oracle.Answer{}
	for n := range r.Nodes {
		run, stay := shouldRun(&r.Nodes[n], &r.DaemonSet)
		nodes[r.Nodes[n].Name] = oracle.Answer{"shouldRun": run, "shouldContinue": stay}
	}
	pod := daemon.NewPod(&r.DaemonSet, "")
	return oracle.Answer{"nodes": nodes, "tolerations": pod.Spec.Tolerations}, nil
}
