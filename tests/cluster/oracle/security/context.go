package security

import (
	"context"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	podutil "k8s.io/kubernetes/pkg/api/v1/pod"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	// Its functions are linked by their names.
	_ "k8s.io/kubernetes/pkg/kubelet/kuberuntime"
	"k8s.io/kubernetes/pkg/kubelet/lifecycle"
	"k8s.io/kubernetes/pkg/kubelet/sysctl"

	"pod-tools.test/upstream/oracle"
)

func init() { oracle.Register("securityContext", securityContext) }

// contextRequest is a Pod, and the user of its image: a number, a name, or neither.
type contextRequest struct {
	Manifest string `json:"manifest"`
	UID      *int64 `json:"uid"`
	Username string `json:"username"`
}

// service is a container runtime that only says what it is.
type service struct{ internalapi.RuntimeService }

func (service) Version(context.Context, string) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{RuntimeName: "a"}, nil
}

// helper knows nothing of the Pod beside its spec.
type helper struct{ kubecontainer.RuntimeHelper }

func (helper) GetExtraSupplementalGroupsForPod(*v1.Pod) []int64 { return nil }

// securityContext answers with what the kubelet asks of the runtime for each container, by
// name, and with its verdict on runAsNonRoot and on each sysctl. The user is the image's, as
// the kubelet has it: 0 if there is neither number nor name.
func securityContext(r contextRequest) (oracle.Answer, error) {
	object, _, err := oracle.DecodeObject(r.Manifest)
	if err != nil {
		return nil, err
	}
	pod := object.(*v1.Pod)
	uid := r.UID
	if uid == nil && r.Username == "" {
		uid = new(int64)
	}
	manager, err := newFake(context.Background(), service{}, helper{})
	if err != nil {
		return nil, err
	}
	containers := map[string]any{}
	podutil.VisitContainers(&pod.Spec, podutil.AllContainers, func(c *v1.Container, _ podutil.ContainerType) bool {
		asked, failed := determine(manager, pod, c, uid, r.Username)
		if failed != nil {
			containers[c.Name] = oracle.Answer{"err": failed.Error()}
			return true
		}
		answer := described(asked)
		if refused := verify(pod, c, uid, r.Username); refused != nil {
			answer["nonRoot"] = refused.Error()
		}
		containers[c.Name] = answer
		return true
	})
	verdicts, err := sysctls(pod)
	if err != nil {
		return nil, err
	}
	return oracle.Answer{"containers": containers, "sysctls": verdicts}, nil
}

func described(sc *runtimeapi.LinuxContainerSecurityContext) oracle.Answer {
	id := func(value *runtimeapi.Int64Value) any {
		if value == nil {
			return nil
		}
		return value.Value
	}
	profile := func(profile *runtimeapi.SecurityProfile) any {
		if profile == nil {
			return nil
		}
		return []string{profile.ProfileType.String(), profile.LocalhostRef}
	}
	out := oracle.Answer{
		"user": id(sc.RunAsUser), "username": sc.RunAsUsername, "group": id(sc.RunAsGroup),
		"groups": sc.SupplementalGroups, "policy": sc.SupplementalGroupsPolicy.String(),
		"privileged": sc.Privileged, "readOnly": sc.ReadonlyRootfs, "noNewPrivs": sc.NoNewPrivs,
		"seccomp": profile(sc.Seccomp), "appArmor": profile(sc.Apparmor),
		"masked": sc.MaskedPaths, "readOnlyPaths": sc.ReadonlyPaths,
		"namespaces": []string{sc.NamespaceOptions.Network.String(), sc.NamespaceOptions.Pid.String(), sc.NamespaceOptions.Ipc.String()},
	}
	if sc.Capabilities != nil {
		out["add"], out["drop"] = sc.Capabilities.AddCapabilities, sc.Capabilities.DropCapabilities
	}
	if o := sc.SelinuxOptions; o != nil {
		out["seLinux"] = []string{o.User, o.Role, o.Type, o.Level}
	}
	return out
}

// sysctls asks a kubelet that allows the safe ones alone, about each by itself.
func sysctls(pod *v1.Pod) ([]string, error) {
	allowed, err := sysctl.NewAllowlist(sysctl.SafeSysctlAllowlist(context.Background()))
	if err != nil {
		return nil, err
	}
	verdicts := []string{}
	if pod.Spec.SecurityContext == nil {
		return verdicts, nil
	}
	for _, own := range pod.Spec.SecurityContext.Sysctls {
		one := &v1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "a"}, Spec: v1.PodSpec{
			HostNetwork: pod.Spec.HostNetwork, HostIPC: pod.Spec.HostIPC, HostUsers: pod.Spec.HostUsers,
			SecurityContext: &v1.PodSecurityContext{Sysctls: []v1.Sysctl{own}},
		}}
		verdict := admitted(allowed, &lifecycle.PodAdmitAttributes{Pod: one})
		verdicts = append(verdicts, verdict.Message)
	}
	return verdicts, nil
}

// manager is upstream's kubeGenericRuntimeManager.
type manager = unsafe.Pointer
