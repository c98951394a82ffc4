// Package main is one multi-call binary that carries a whole Kubernetes:
// etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet and
// kubectl, each started as its own process, and what tests need beside it:
// `registry` serves a few small images, `oracle` answers as JSON lines what
// upstream's own packages make of an input, and `truth` writes down what
// kubectl's decoder makes of the files in a directory.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"

	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"

	"pod-tools.test/upstream/oracle"
	_ "pod-tools.test/upstream/oracle/admission"
	_ "pod-tools.test/upstream/oracle/jobs"
	_ "pod-tools.test/upstream/oracle/printed"
	_ "pod-tools.test/upstream/oracle/probes"
	_ "pod-tools.test/upstream/oracle/probeverdicts"
	_ "pod-tools.test/upstream/oracle/reference"
	_ "pod-tools.test/upstream/oracle/resources"
	_ "pod-tools.test/upstream/oracle/scheduling"
	_ "pod-tools.test/upstream/oracle/security"
	_ "pod-tools.test/upstream/oracle/shutdown"
	"pod-tools.test/upstream/registry"
	"pod-tools.test/upstream/truth"
)

// components are Kubernetes' own commands, each with its own flags.
var components = map[string]func() *cobra.Command{
	"apiserver":          apiserver.NewAPIServerCommand,
	"controller-manager": controllermanager.NewControllerManagerCommand,
	"scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":            func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kubectl":            kubectl.NewDefaultKubectlCommand,
}

// helpers are this module's own; their arguments exclude their name.
var helpers = map[string]func(args []string) error{
	"oracle":   func([]string) error { return oracle.Serve(os.Stdin, os.Stdout) },
	"registry": registry.Main,
	"truth":    truth.Main,
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	name := os.Args[1]
	// The components read os.Args themselves.
	os.Args = append([]string{name}, os.Args[2:]...)
	if name == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	if command, ok := components[name]; ok {
		os.Exit(cli.Run(command()))
	}
	helper, ok := helpers[name]
	if !ok {
		usage()
	}
	if err := helper(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: upstream etcd|apiserver|controller-manager|scheduler|kubelet|kubectl|registry|oracle|truth [flags]")
	os.Exit(2)
}
