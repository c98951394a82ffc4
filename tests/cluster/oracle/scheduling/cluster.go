package scheduling

import (
	"encoding/json"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/informers"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

// kind is a kind of objects that plugins look up, by its name in a request.
type kind struct {
	empty func() runtime.Object
	get   func(informers.SharedInformerFactory) cache.SharedIndexInformer
}

func kindOf[T runtime.Object](empty func() T) kind {
	return kind{
		empty: func() runtime.Object { return empty() },
		get: func(factory informers.SharedInformerFactory) cache.SharedIndexInformer {
			return factory.InformerFor(empty(), newInformer(empty()))
		},
	}
}

var kinds = map[string]kind{
	"nodes":                  kindOf(func() *v1.Node { return &v1.Node{} }),
	"pods":                   kindOf(func() *v1.Pod { return &v1.Pod{} }),
	"namespaces":             kindOf(func() *v1.Namespace { return &v1.Namespace{} }),
	"persistentVolumes":      kindOf(func() *v1.PersistentVolume { return &v1.PersistentVolume{} }),
	"persistentVolumeClaims": kindOf(func() *v1.PersistentVolumeClaim { return &v1.PersistentVolumeClaim{} }),
	"services":               kindOf(func() *v1.Service { return &v1.Service{} }),
	"replicationControllers": kindOf(func() *v1.ReplicationController { return &v1.ReplicationController{} }),
	"replicaSets":            kindOf(func() *appsv1.ReplicaSet { return &appsv1.ReplicaSet{} }),
	"statefulSets":           kindOf(func() *appsv1.StatefulSet { return &appsv1.StatefulSet{} }),
	"storageClasses":         kindOf(func() *storagev1.StorageClass { return &storagev1.StorageClass{} }),
	"csiNodes":               kindOf(func() *storagev1.CSINode { return &storagev1.CSINode{} }),
	"csiDrivers":             kindOf(func() *storagev1.CSIDriver { return &storagev1.CSIDriver{} }),
	"csiStorageCapacities":   kindOf(func() *storagev1.CSIStorageCapacity { return &storagev1.CSIStorageCapacity{} }),
	"volumeAttachments":      kindOf(func() *storagev1.VolumeAttachment { return &storagev1.VolumeAttachment{} }),
}

// informer is never started: it holds what `replace` is given, and tells its handlers at once.
type informer struct {
	cache.SharedIndexInformer
	handlers []cache.ResourceEventHandler
}

func newInformer(example runtime.Object) func(clientset.Interface, time.Duration) cache.SharedIndexInformer {
	return func(clientset.Interface, time.Duration) cache.SharedIndexInformer {
		indexers := cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc}
		return &informer{SharedIndexInformer: cache.NewSharedIndexInformer(&cache.ListWatch{}, example, 0, indexers)}
	}
}

func (i *informer) AddEventHandler(handler cache.ResourceEventHandler) (cache.ResourceEventHandlerRegistration, error) {
	i.handlers = append(i.handlers, handler)
	return i.SharedIndexInformer.AddEventHandler(handler)
}

// replace puts new objects in the place of all that were there.
func (i *informer) replace(objects []runtime.Object) error {
	for _, old := range i.GetIndexer().List() {
		if err := i.GetIndexer().Delete(old); err != nil {
			return err
		}
		for _, handler := range i.handlers {
			handler.OnDelete(old)
		}
	}
	for _, object := range objects {
		if err := i.GetIndexer().Add(object); err != nil {
			return err
		}
		for _, handler := range i.handlers {
			handler.OnAdd(object, false)
		}
	}
	return nil
}

// read returns the objects of a cluster by kind.
func read(cluster map[string][]json.RawMessage) (map[string][]runtime.Object, error) {
	objects := map[string][]runtime.Object{}
	for name, texts := range cluster {
		of, ok := kinds[name]
		if !ok {
			return nil, fmt.Errorf("unknown kind %q", name)
		}
		for _, text := range texts {
			object := of.empty()
			if err := json.Unmarshal(text, object); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			objects[name] = append(objects[name], object)
		}
	}
	return objects, nil
}

// typed returns objects of one kind.
func typed[T any](objects []runtime.Object) []T {
	out := make([]T, 0, len(objects))
	for _, object := range objects {
		out = append(out, object.(T))
	}
	return out
}
