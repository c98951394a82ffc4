package oracle

import (
	"encoding/json"

	v1 "k8s.io/api/core/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/batch"
	"k8s.io/kubernetes/pkg/apis/core"
	podstrategy "k8s.io/kubernetes/pkg/registry/core/pod"
)

var podKind = v1.SchemeGroupVersion.WithKind("Pod")

// createdPod returns a Pod that the strategy has prepared, as a server stores it.
// What is another one each time is as it was in the request.
func createdPod(prepared *core.Pod, request *v1.Pod) (*v1.Pod, error) {
	pod := &v1.Pod{}
	if err := legacyscheme.Scheme.Convert(prepared, pod, nil); err != nil {
		return nil, err
	}
	pod.SetGroupVersionKind(podKind)
	pod.UID = request.UID
	pod.CreationTimestamp = request.CreationTimestamp
	return pod, nil
}

// createdPodOf returns the Pod that the Job controller creates of a Job that the
// strategy has prepared: the server reads its request, and gives it the defaults of a
// Pod, which are more than those of a template. The variable, the labels and the
// hostname that an Indexed Job's Pod has besides are left out: no fact depends on them.
func createdPodOf(job *batch.Job) (*v1.Pod, error) {
	template := &v1.PodTemplateSpec{}
	if err := legacyscheme.Scheme.Convert(&job.Spec.Template, template, nil); err != nil {
		return nil, err
	}
	sent := &v1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
	sent.SetGroupVersionKind(podKind)
	body, err := json.Marshal(sent)
	if err != nil {
		return nil, err
	}
	request := &v1.Pod{}
	if err := json.Unmarshal(body, request); err != nil {
		return nil, err
	}
	legacyscheme.Scheme.Default(request)
	prepared := &core.Pod{}
	if _, err := prepare(request, prepared, podstrategy.Strategy); err != nil {
		return nil, err
	}
	return createdPod(prepared, request)
}
