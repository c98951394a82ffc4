// Package probes runs upstream's own probe manager, workers, results, status
// manager and back-off for one Pod, in virtual time. Around them is a small kubelet
// that does what SyncPod, computePodActions, killContainer, the PLEG and the Pod
// workers do for containers whose image is there.
package probes

import (
	"fmt"
	"math/rand"

	v1 "k8s.io/api/core/v1"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("probes", answer) }

// Request is a Pod, the behaviour of its containers, and how often to run it.
type Request struct {
	Spec v1.PodSpec `json:"spec"`
	Does Behaviour  `json:"does"`
	// Until is how far to run, in seconds from the start of the first container.
	Until float64 `json:"until"`
	Runs  int     `json:"runs"`
	Seed  int64   `json:"seed"`
	// Trace adds each attempt.
	Trace bool `json:"trace"`
}

// Behaviour is that of each container; times are seconds from the start of an
// instance.
type Behaviour struct {
	StartsAfter  float64  `json:"startsAfter"`
	Slow         float64  `json:"slow"`
	FailsAt      *float64 `json:"failsAt"`
	RecoversAt   *float64 `json:"recoversAt"`
	HangsAt      *float64 `json:"hangsAt"`
	ErrorsAt     *float64 `json:"errorsAt"`
	ExitsAt      *float64 `json:"exitsAt"`
	ExitCode     int      `json:"exitCode"`
	StopTakes    float64  `json:"stopTakes"` // after SIGTERM; negative: never
	StopCode     *int     `json:"stopCode"`  // of a container that ends by itself then; 143
	PreStopTakes float64  `json:"preStopTakes"`
	FirstRunOnly bool     `json:"firstRunOnly"`
	// Network: a container that has ended refuses the connection; a command in it
	// is an error.
	Network bool `json:"network"`
}

// A range of an event over all runs: least, most, and in how many runs it came.
type span struct {
	Least float64 `json:"least"`
	Most  float64 `json:"most"`
	In    int     `json:"in"`
}

// answer runs the Pod and answers with `events`: for `CONTAINER/INSTANCE/EVENT/OCCURRENCE`
// the range of its times.
func answer(r Request) (oracle.Answer, error) {
	spans := map[string]*span{}
	for n := range r.Runs {
		events, err := run(r, rand.New(rand.NewSource(r.Seed+int64(n))))
		if err != nil {
			return nil, err
		}
		count := map[string]int{}
		for _, e := range events {
			if e.at > r.Until {
				continue
			}
			key := fmt.Sprintf("%s/%d/%s", e.container, e.instance, e.what)
			name := fmt.Sprintf("%s/%d", key, count[key])
			count[key]++
			s, ok := spans[name]
			if !ok {
				s = &span{Least: e.at, Most: e.at}
				spans[name] = s
			}
			s.Least, s.Most, s.In = min(s.Least, e.at), max(s.Most, e.at), s.In+1
		}
	}
	return oracle.Answer{"events": spans}, nil
}
