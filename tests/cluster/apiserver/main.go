// Package main is the kube-apiserver of another version than the cluster's,
// built with the modules of a directory beside this file.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"

	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

// main takes `apiserver` as its first argument, as `upstream` does.
func main() {
	os.Args = os.Args[1:]
	os.Exit(cli.Run(apiserver.NewAPIServerCommand()))
}
