// Package main keeps a number of CPUs busy, as the image vish/stress does with
// the same flag: it is the load of examples/cpu-limit.yaml.
package main

import (
	"flag"
	"fmt"
	"math"
	"runtime"
	"time"
)

func main() {
	cpus := flag.Int("cpus", 0, "number of CPUs to keep busy")
	flag.Parse()
	fmt.Printf("Spawning %d threads to consume CPU\n", *cpus)
	runtime.GOMAXPROCS(max(*cpus, 1))
	for range *cpus {
		go func() {
			for {
			}
		}()
	}
	// Not `select {}`: without a goroutine at work that is a deadlock.
	time.Sleep(math.MaxInt64)
}
