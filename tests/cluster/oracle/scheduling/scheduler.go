package scheduling

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	restclient "k8s.io/client-go/rest"
	v1config "k8s.io/kube-scheduler/config/v1"
	"k8s.io/kubernetes/pkg/scheduler/apis/config"
	"k8s.io/kubernetes/pkg/scheduler/apis/config/scheme"
	internalcache "k8s.io/kubernetes/pkg/scheduler/backend/cache"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/framework/plugins"
	frameworkruntime "k8s.io/kubernetes/pkg/scheduler/framework/runtime"
	"k8s.io/kubernetes/pkg/scheduler/metrics"
)

// scheduler is the framework with the default plugins, built once: each question replaces what
// the informers hold, and the snapshot.
type scheduler struct {
	framework framework.Framework
	factory   informers.SharedInformerFactory
	snapshot  *internalcache.Snapshot
	// plugins are those that the framework runs, by name.
	plugins map[string]plugin
	// enabled are the names of plugins by extension point, in their order.
	enabled *config.Plugins
}

var theScheduler = sync.OnceValues(func() (*scheduler, error) { return newScheduler(context.Background()) })

func newScheduler(ctx context.Context) (*scheduler, error) {
	metrics.Register()
	// It asks no server.
	client := clientset.NewForConfigOrDie(&restclient.Config{Host: ""})
	s := &scheduler{
		factory:  informers.NewSharedInformerFactory(client, 0),
		snapshot: internalcache.NewEmptySnapshot(),
		plugins:  map[string]plugin{},
	}
	for _, kind := range kinds {
		kind.get(s.factory)
	}
	profile, err := defaultProfile()
	if err != nil {
		return nil, err
	}
	registry := frameworkruntime.Registry{}
	for name, make := range plugins.NewInTreeRegistry() {
		registry[name] = func(ctx context.Context, args runtime.Object, handle handle) (plugin, error) {
			made, err := make(ctx, args, handle)
			s.plugins[name] = made
			return made, err
		}
	}
	options, err := versionOptions(ctx, s.factory)
	if err != nil {
		return nil, err
	}
	options = append(options,
		frameworkruntime.WithClientSet(client),
		frameworkruntime.WithInformerFactory(s.factory),
		frameworkruntime.WithSnapshotSharedLister(s.snapshot),
		frameworkruntime.WithParallelism(1),
		frameworkruntime.WithMetricsRecorder(metrics.NewMetricsAsyncRecorder(1000, time.Second, ctx.Done())),
		frameworkruntime.WithWaitingPods(frameworkruntime.NewWaitingPodsMap()),
	)
	s.framework, err = frameworkruntime.NewFramework(ctx, registry, profile, options...)
	if err != nil {
		return nil, err
	}
	s.enabled = s.framework.ListPlugins()
	return s, nil
}

func defaultProfile() (*config.KubeSchedulerProfile, error) {
	var versioned v1config.KubeSchedulerConfiguration
	scheme.Scheme.Default(&versioned)
	internal := config.KubeSchedulerConfiguration{}
	if err := scheme.Scheme.Convert(&versioned, &internal, nil); err != nil {
		return nil, err
	}
	return &internal.Profiles[0], nil
}

// load puts a cluster in the place of the last one. Pods that have ended, and those without a
// node, are left out, as the scheduler's own informer and cache leave them out.
func (s *scheduler) load(cluster map[string][]json.RawMessage) error {
	objects, err := read(cluster)
	if err != nil {
		return err
	}
	for name, kind := range kinds {
		if err := kind.get(s.factory).(*informer).replace(objects[name]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	nodes := typed[*v1.Node](objects["nodes"])
	known := map[string]bool{}
	for _, node := range nodes {
		known[node.Name] = true
	}
	var running []*v1.Pod
	for _, pod := range typed[*v1.Pod](objects["pods"]) {
		ended := pod.Status.Phase == v1.PodSucceeded || pod.Status.Phase == v1.PodFailed
		if known[pod.Spec.NodeName] && !ended {
			running = append(running, pod)
		}
	}
	*s.snapshot = *internalcache.NewSnapshot(running, nodes)
	return nil
}
