package jobs

import (
	"context"
	"time"
	_ "unsafe"

	batchv1 "k8s.io/api/batch/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/tools/record"
	"k8s.io/kubernetes/pkg/controller/cronjob"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("cronJobSync", syncCron) }

type cronRequest struct {
	CronJob batchv1.CronJob `json:"cronJob"`
	Jobs    []batchv1.Job   `json:"jobs"`
	Now     time.Time       `json:"now"`
}

//go:linkname syncCronJob k8s.io/kubernetes/pkg/controller/cronjob.(*ControllerV2).syncCronJob
func syncCronJob(controller *cronjob.ControllerV2, ctx context.Context, cronJob *batchv1.CronJob, jobs []*batchv1.Job) (*time.Duration, bool, error)

// jobControl is what the controller does with Jobs.
type jobControl struct {
	jobs    []batchv1.Job
	created []string
	deleted []string
}

func (c *jobControl) GetJob(_, name string) (*batchv1.Job, error) {
	for n := range c.jobs {
		if c.jobs[n].Name == name {
			return &c.jobs[n], nil
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Group: "batch", Resource: "jobs"}, name)
}

func (c *jobControl) CreateJob(_ string, job *batchv1.Job) (*batchv1.Job, error) {
	if _, err := c.GetJob("", job.Name); err == nil {
		return nil, apierrors.NewAlreadyExists(schema.GroupResource{Group: "batch", Resource: "jobs"}, job.Name)
	}
	c.created = append(c.created, job.Name)
	return job, nil
}

func (c *jobControl) DeleteJob(_, name string) error {
	c.deleted = append(c.deleted, name)
	return nil
}

type cronJobControl struct{ cronJob *batchv1.CronJob }

func (c *cronJobControl) UpdateStatus(_ context.Context, cj *batchv1.CronJob) (*batchv1.CronJob, error) {
	return cj, nil
}

func (c *cronJobControl) GetCronJob(context.Context, string, string) (*batchv1.CronJob, error) {
	return c.cronJob, nil
}

// syncCron answers with the Jobs that the sync creates and deletes, its events, the status, and
// in how many milliseconds it wants to `syncAgain`.
func syncCron(r cronRequest) (oracle.Answer, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	factory := informers.NewSharedInformerFactory(client, 0)
	c, err := cronjob.NewControllerV2(ctx, factory.Batch().V1().Jobs(), factory.Batch().V1().CronJobs(), client)
	if err != nil {
		return nil, err
	}
	defer get(c, "broadcaster").Interface().(record.EventBroadcaster).Shutdown()
	defer get(c, "queue").Interface().(interface{ ShutDown() }).ShutDown()
	control := &jobControl{jobs: r.Jobs, created: []string{}, deleted: []string{}}
	recorder := record.NewFakeRecorder(100)
	set(c, "jobControl", control)
	set(c, "cronJobControl", &cronJobControl{r.CronJob.DeepCopy()})
	set(c, "recorder", recorder)
	now := r.Now.UTC()
	set(c, "now", func() time.Time { return now })
	own := r.CronJob.DeepCopy()
	// The controller's own time zone is that of its times.
	own.CreationTimestamp.Time = own.CreationTimestamp.UTC()
	if last := own.Status.LastScheduleTime; last != nil {
		last.Time = last.UTC()
	}
	jobs := []*batchv1.Job{}
	for n := range r.Jobs {
		jobs = append(jobs, &r.Jobs[n])
	}
	again, _, err := syncCronJob(c, ctx, own, jobs)
	out := oracle.Answer{"created": control.created, "deleted": control.deleted, "status": own.Status}
	if err != nil {
		out["failed"] = err.Error()
	}
	if again != nil {
		out["syncAgain"] = again.Milliseconds()
	}
	events := []string{}
	for len(recorder.Events) > 0 {
		events = append(events, <-recorder.Events)
	}
	out["events"] = events
	return out, nil
}
