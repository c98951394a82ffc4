package jobs

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unsafe"

	batchv1 "k8s.io/api/batch/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	restclient "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/job"
	clocktesting "k8s.io/utils/clock/testing"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("jobSync", sync) }

// client asks no server: what a controller would send goes to fakes.
var client = clientset.NewForConfigOrDie(&restclient.Config{Host: ""})

// syncRequest is a Job with its defaults, its Pods, and the failures that the controller
// remembers, if any.
type syncRequest struct {
	Job      batchv1.Job `json:"job"`
	Pods     []v1.Pod    `json:"pods"`
	Now      time.Time   `json:"now"`
	Failures int32       `json:"failures"`
	// LastFailure is absent if the controller remembers nothing.
	LastFailure *time.Time `json:"lastFailure"`
}

// backoffRecord has the shape of upstream's.
type backoffRecord struct {
	key      string
	failures int32
	last     *time.Time
}

//go:linkname syncJob k8s.io/kubernetes/pkg/controller/job.(*Controller).syncJob
func syncJob(controller *job.Controller, ctx context.Context, key string) error

//go:linkname updateBackoffRecord k8s.io/kubernetes/pkg/controller/job.(*backoffStore).updateBackoffRecord
func updateBackoffRecord(store unsafe.Pointer, record backoffRecord) error

//go:linkname matchPodFailurePolicy k8s.io/kubernetes/pkg/controller/job.matchPodFailurePolicy
func matchPodFailurePolicy(policy *batchv1.PodFailurePolicy, pod *v1.Pod) (*string, bool, *batchv1.PodFailurePolicyAction)

//go:linkname getFinishedTime k8s.io/kubernetes/pkg/controller/job.getFinishedTime
func getFinishedTime(pod *v1.Pod) time.Time

// queue records after which times the controller wants to sync again.
type queue struct {
	workqueue.TypedRateLimitingInterface[string]
	delays []int64
}

func (q *queue) Add(string)            {}
func (q *queue) AddRateLimited(string) {}
func (q *queue) AddAfter(_ string, after time.Duration) {
	q.delays = append(q.delays, after.Milliseconds())
}

// sync answers with the `status` that the sync writes, the Pods that it deletes and creates (by
// index, -1 without one, with the annotations of their failures), in how many milliseconds it
// wants to `syncAgain`, and for each Pod when it `finished` and what the failure policy says.
func sync(r syncRequest) (oracle.Answer, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	factory := informers.NewSharedInformerFactory(client, 0)
	pods, jobs := factory.Core().V1().Pods(), factory.Batch().V1().Jobs()
	c, err := newController(ctx, client, clocktesting.NewFakeClock(r.Now), pods, jobs)
	if err != nil {
		return nil, err
	}
	defer get(c, "broadcaster").Interface().(record.EventBroadcaster).Shutdown()
	control := &controller.FakePodControl{}
	again := &queue{TypedRateLimitingInterface: get(c, "queue").Interface().(workqueue.TypedRateLimitingInterface[string])}
	defer again.ShutDown()
	written := &r.Job
	set(c, "podControl", control)
	set(c, "queue", again)
	set(c, "updateStatusHandler", func(_ context.Context, job *batchv1.Job) (*batchv1.Job, error) {
		written = job.DeepCopy()
		return job, nil
	})
	if err := jobs.Informer().GetIndexer().Add(&r.Job); err != nil {
		return nil, err
	}
	for n := range r.Pods {
		if err := pods.Informer().GetIndexer().Add(&r.Pods[n]); err != nil {
			return nil, err
		}
	}
	key := r.Job.Namespace + "/" + r.Job.Name
	if r.LastFailure != nil {
		store := get(c, "podBackoffStore").UnsafePointer()
		if err := updateBackoffRecord(store, backoffRecord{key, r.Failures, r.LastFailure}); err != nil {
			return nil, err
		}
	}
	if err := syncJob(c, ctx, key); err != nil {
		return nil, fmt.Errorf("sync: %w", err)
	}
	created := []oracle.Answer{}
	for _, template := range control.Templates {
		index, ok := template.Annotations[batchv1.JobCompletionIndexAnnotation]
		if !ok {
			index = "-1"
		}
		created = append(created, oracle.Answer{
			"index":    index,
			"failures": template.Annotations[batchv1.JobIndexFailureCountAnnotation],
			"ignored":  template.Annotations[batchv1.JobIndexIgnoredFailureCountAnnotation],
		})
	}
	slices.Sort(control.DeletePodName)
	each := map[string]oracle.Answer{}
	for n := range r.Pods {
		message, counts, action := matchPodFailurePolicy(r.Job.Spec.PodFailurePolicy, &r.Pods[n])
		each[r.Pods[n].Name] = oracle.Answer{"finished": getFinishedTime(&r.Pods[n]).Unix(), "message": message, "counts": counts, "action": action}
	}
	return oracle.Answer{
		"status": written.Status, "created": created, "deleted": control.DeletePodName,
		"syncAgain": again.delays, "pods": each,
	}, nil
}
