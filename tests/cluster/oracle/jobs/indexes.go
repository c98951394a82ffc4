package jobs

import (
	_ "unsafe"

	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/klog/v2"

	"pod-tools.test/upstream/oracle"
)

func init() {
	oracle.Register("jobIndexes", indexes)
	oracle.Register("jobSuccess", success)
}

// interval has the shape of upstream's.
type interval struct{ First, Last int }

//go:linkname parseIndexesFromString k8s.io/kubernetes/pkg/controller/job.parseIndexesFromString
func parseIndexesFromString(logger klog.Logger, text string, completions int) []interval

//go:linkname orderedIntervalsString k8s.io/kubernetes/pkg/controller/job.orderedIntervals.String
func orderedIntervalsString(intervals []interval) string

//go:linkname orderedIntervalsMerge k8s.io/kubernetes/pkg/controller/job.orderedIntervals.merge
func orderedIntervalsMerge(intervals, others []interval) []interval

//go:linkname orderedIntervalsTotal k8s.io/kubernetes/pkg/controller/job.orderedIntervals.total
func orderedIntervalsTotal(intervals []interval) int

//go:linkname orderedIntervalsHas k8s.io/kubernetes/pkg/controller/job.orderedIntervals.has
func orderedIntervalsHas(intervals []interval, index int) bool

//go:linkname matchSuccessPolicy k8s.io/kubernetes/pkg/controller/job.matchSuccessPolicy
func matchSuccessPolicy(logger klog.Logger, policy *batchv1.SuccessPolicy, completions int32, succeeded []interval) (string, bool)

type indexesRequest struct {
	Text        string `json:"text"`
	Other       string `json:"other"`
	Completions int    `json:"completions"`
	Has         []int  `json:"has"`
}

// indexes answers with the canonical text of both and of the two merged, with the number of
// indexes of the first and which of some it has.
func indexes(r indexesRequest) (oracle.Answer, error) {
	one := parseIndexesFromString(klog.Background(), r.Text, r.Completions)
	other := parseIndexesFromString(klog.Background(), r.Other, r.Completions)
	has := []bool{}
	for _, index := range r.Has {
		has = append(has, orderedIntervalsHas(one, index))
	}
	return oracle.Answer{
		"text": orderedIntervalsString(one), "total": orderedIntervalsTotal(one), "has": has,
		"merged": orderedIntervalsString(orderedIntervalsMerge(one, other)),
	}, nil
}

type successRequest struct {
	Policy      *batchv1.SuccessPolicy `json:"policy"`
	Completions int32                  `json:"completions"`
	Succeeded   string                 `json:"succeeded"`
}

// success answers with the rule of a success policy that is met.
func success(r successRequest) (oracle.Answer, error) {
	succeeded := parseIndexesFromString(klog.Background(), r.Succeeded, int(r.Completions))
	message, met := matchSuccessPolicy(klog.Background(), r.Policy, r.Completions, succeeded)
	return oracle.Answer{"message": message, "met": met}, nil
}
