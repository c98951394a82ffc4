// Package main is the oracle of one minor version: the operations that depend on
// it, built with the modules of `minors`.
package main

import (
	"fmt"
	"os"

	"pod-tools.test/upstream/oracle"
	_ "pod-tools.test/upstream/oracle/admission"
	_ "pod-tools.test/upstream/oracle/jobs"
	_ "pod-tools.test/upstream/oracle/printed"
	_ "pod-tools.test/upstream/oracle/probes"
	_ "pod-tools.test/upstream/oracle/probeverdicts"
	_ "pod-tools.test/upstream/oracle/resources"
	_ "pod-tools.test/upstream/oracle/scheduling"
	_ "pod-tools.test/upstream/oracle/security"
)

func main() {
	if err := oracle.Serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintf(os.Stderr, "oracle: %v\n", err)
		os.Exit(1)
	}
}
