// Package bubble runs upstream's code in virtual time (testing/synctest): its clock
// begins at 2000-01-01 UTC and moves when all goroutines wait.
package bubble

import (
	"flag"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"k8s.io/klog/v2"
)

// Bubbles of virtual time exist in tests alone: this one serves until the program
// ends.
var bubbles chan func(*testing.T)

// Run calls f in a bubble of its own, one at a time.
func Run(f func()) {
	if bubbles == nil {
		bubbles = make(chan func(*testing.T))
		klog.SetLogger(klog.Logger{})
		// A bubble has one goroutine at a time, and each leaves its heap behind.
		runtime.GOMAXPROCS(1)
		debug.SetGCPercent(800)
		os.Args = os.Args[:1]
		flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
		serve := func(t *testing.T) {
			for job := range bubbles {
				job(t)
			}
		}
		every := func(string, string) (bool, error) { return true, nil }
		go testing.Main(every, []testing.InternalTest{{Name: "bubble", F: serve}}, nil, nil)
	}
	done := make(chan struct{})
	bubbles <- func(t *testing.T) {
		defer close(done)
		synctest.Test(t, func(*testing.T) { f() })
	}
	<-done
}
