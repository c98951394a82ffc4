package probes

import (
	"k8s.io/apimachinery/pkg/runtime"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/component-base/featuregate"
	_ "k8s.io/kubernetes/pkg/features"
)

// A gate's default, by its name: not every version has it.
func gate(name string) (bool, bool) {
	gates, ok := utilfeature.DefaultFeatureGate.(featuregate.MutableVersionedFeatureGate)
	if !ok {
		return false, false
	}
	if _, ok := gates.GetAll()[featuregate.Feature(name)]; !ok {
		return false, false
	}
	return utilfeature.DefaultFeatureGate.Enabled(featuregate.Feature(name)), true
}

// inheritsStarted: convertToAPIContainerStatuses takes `started` of the name.
func inheritsStarted() bool {
	on, known := gate("ChangeContainerStatusOnKubeletRestart")
	return known && !on
}

// looksAtOnce: a sync that did something asks the PLEG to look at the Pod.
func looksAtOnce() bool {
	on, _ := gate("PLEGOnDemandRelist")
	return on
}

// events drops what the kubelet would write.
type events struct{}

func (events) Event(runtime.Object, string, string, string)                  {}
func (events) Eventf(runtime.Object, string, string, string, ...interface{}) {}
func (events) AnnotatedEventf(runtime.Object, map[string]string, string, string, string, ...interface{}) {
}
