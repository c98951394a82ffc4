package reference

import (
	"context"
	"encoding/base64"
	"net"
	"reflect"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/kubelet"
	"k8s.io/kubernetes/pkg/kubelet/cm"
	"k8s.io/kubernetes/pkg/kubelet/configmap"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	"k8s.io/kubernetes/pkg/kubelet/network/dns"
	"k8s.io/kubernetes/pkg/kubelet/secret"
	kubeletutil "k8s.io/kubernetes/pkg/kubelet/util"
	"k8s.io/kubernetes/pkg/kubelet/volumemanager"
	"k8s.io/kubernetes/pkg/volume"
	"k8s.io/kubernetes/pkg/volume/util/hostutil"
	"k8s.io/kubernetes/pkg/volume/util/subpath"
	volumetypes "k8s.io/kubernetes/pkg/volume/util/types"

	"pod-tools.test/upstream/oracle"
)

func init() {
	oracle.Register("container", container)
	oracle.Register("base64", decodeBase64)
}

// containerRequest is a Pod as the kubelet gets it from the API server, and all
// that it looks up for one of its containers.
type containerRequest struct {
	Pod           *v1.Pod         `json:"pod"`
	Container     string          `json:"container"`
	Services      []*v1.Service   `json:"services"`
	ConfigMaps    []*v1.ConfigMap `json:"configMaps"`
	Secrets       []*v1.Secret    `json:"secrets"`
	Node          *v1.Node        `json:"node"`
	ClusterDomain string          `json:"clusterDomain"`
}

// container answers with what the kubelet hands to the runtime:
//
//	hostName, hostNameErr   of the Pod's sandbox
//	env, command, args      of the container
//	mounts                  the directory of each mount, below that of all volumes
//	err                     why the container is not made
//	probes                  the command of each exec probe, by its field
//
// It is asked of a Kubelet that was never started: only what it looks up is there.
func container(r containerRequest) (oracle.Answer, error) {
	kl := &kubelet.Kubelet{}
	set(kl, "serviceLister", services(r.Services))
	set(kl, "serviceHasSynced", cache.InformerSynced(func() bool { return true }))
	set(kl, "kubeClient", struct{ kubernetes.Interface }{})
	set(kl, "nodeLister", nodes{node: r.Node})
	set(kl, "nodeName", types.NodeName("n"))
	set(kl, "configMapManager", configMaps{maps: r.ConfigMaps})
	set(kl, "secretManager", secrets{secrets: r.Secrets})
	set(kl, "dnsConfigurer", dns.NewConfigurer(nil, nil, []net.IP{}, nil, r.ClusterDomain, ""))
	set(kl, "containerManager", cm.NewStubContainerManager())
	set(kl, "volumeManager", volumes{pod: r.Pod})
	set(kl, "hostutil", hostFiles{})
	set(kl, "subpather", subPaths{})

	out := oracle.Answer{}
	host, domain, err := kl.GeneratePodHostNameAndDomain(klog.Background(), r.Pod)
	if err == nil {
		host, err = kubeletutil.GetNodenameForKernel(host, domain, r.Pod.Spec.SetHostnameAsFQDN)
	}
	if err != nil {
		out["hostNameErr"] = err.Error()
	} else {
		out["hostName"] = host
	}
	asked := named(&r.Pod.Spec, r.Container)
	probes := map[string][]string{}
	for field, probe := range map[string]*v1.Probe{
		"startupProbe": asked.StartupProbe, "readinessProbe": asked.ReadinessProbe, "livenessProbe": asked.LivenessProbe,
	} {
		if probe != nil && probe.Exec != nil {
			probes[field] = kubecontainer.ExpandContainerCommandOnlyStatic(probe.Exec.Command, asked.Env)
		}
	}
	out["probes"] = probes
	options, _, err := kl.GenerateRunContainerOptions(context.Background(), r.Pod, asked, "", nil, nil)
	if err != nil {
		out["err"] = err.Error()
		return out, nil
	}
	env := map[string]string{}
	for _, variable := range options.Envs {
		env[variable.Name] = variable.Value
	}
	mounts := []string{}
	for _, mount := range options.Mounts {
		mounts = append(mounts, mount.HostPath)
	}
	command, args := kubecontainer.ExpandContainerCommandAndArgs(asked, options.Envs)
	out["env"], out["mounts"], out["command"], out["args"] = env, mounts, command, args
	return out, nil
}

func named(spec *v1.PodSpec, name string) *v1.Container {
	for i := range spec.InitContainers {
		if spec.InitContainers[i].Name == name {
			return &spec.InitContainers[i]
		}
	}
	for i := range spec.Containers {
		if spec.Containers[i].Name == name {
			return &spec.Containers[i]
		}
	}
	return nil
}

// set writes a field that only the kubelet's own package may name.
func set(kl *kubelet.Kubelet, name string, value any) {
	field := reflect.ValueOf(kl).Elem().FieldByName(name)
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
}

type services []*v1.Service

func (s services) List(labels.Selector) ([]*v1.Service, error) { return s, nil }

type nodes struct {
	corelisters.NodeLister
	node *v1.Node
}

func (n nodes) Get(string) (*v1.Node, error) { return n.node, nil }

type configMaps struct {
	configmap.Manager
	maps []*v1.ConfigMap
}

func (c configMaps) GetConfigMap(namespace, name string) (*v1.ConfigMap, error) {
	for _, m := range c.maps {
		if m.Namespace == namespace && m.Name == name {
			return m, nil
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "configmaps"}, name)
}

type secrets struct {
	secret.Manager
	secrets []*v1.Secret
}

func (s secrets) GetSecret(namespace, name string) (*v1.Secret, error) {
	for _, secret := range s.secrets {
		if secret.Namespace == namespace && secret.Name == name {
			return secret, nil
		}
	}
	return nil, apierrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, name)
}

// volumes are all mounted, each at /volumes and its name.
type volumes struct {
	volumemanager.VolumeManager
	pod *v1.Pod
}

func (v volumes) GetMountedVolumesForPod(volumetypes.UniquePodName) kubecontainer.VolumeMap {
	mounted := kubecontainer.VolumeMap{}
	for _, one := range v.pod.Spec.Volumes {
		mounted[one.Name] = kubecontainer.VolumeInfo{Mounter: directory{name: one.Name}}
	}
	return mounted
}

type directory struct {
	volume.Mounter
	name string
}

func (d directory) GetPath() string                  { return "/volumes/" + d.name }
func (d directory) GetAttributes() volume.Attributes { return volume.Attributes{} }

type hostFiles struct{ hostutil.HostUtils }

func (hostFiles) PathExists(string) (bool, error) { return true, nil }

type subPaths struct{ subpath.Interface }

func (subPaths) PrepareSafeSubpath(s subpath.Subpath) (string, func(), error) {
	return s.Path, nil, nil
}

type base64Request struct {
	Text string `json:"text"`
}

// decodeBase64 answers with the bytes, as numbers, that encoding/json makes of a
// string for a field of bytes.
func decodeBase64(r base64Request) (oracle.Answer, error) {
	bytes, err := base64.StdEncoding.DecodeString(r.Text)
	if err != nil {
		return nil, err
	}
	numbers := []int{}
	for _, b := range bytes {
		numbers = append(numbers, int(b))
	}
	return oracle.Answer{"bytes": numbers}, nil
}
