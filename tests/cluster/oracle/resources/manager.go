package resources

import (
	"context"
	"reflect"
	"unsafe"

	libcontainercgroups "github.com/opencontainers/cgroups"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	internalapi "k8s.io/cri-api/pkg/apis"
	runtimeapi "k8s.io/cri-api/pkg/apis/runtime/v1"
	kubecontainer "k8s.io/kubernetes/pkg/kubelet/container"
	// Its functions are linked by their names.
	_ "k8s.io/kubernetes/pkg/kubelet/kuberuntime"

	"pod-tools.test/upstream/oracle"
)

// service is a container runtime that only says what it is.
type service struct{ internalapi.RuntimeService }

func (service) Version(context.Context, string) (*runtimeapi.VersionResponse, error) {
	return &runtimeapi.VersionResponse{RuntimeName: "x"}, nil
}

// manager is upstream's kubeGenericRuntimeManager.
type manager struct {
	at        unsafe.Pointer
	memoryQoS bool
}

// sizes are those of huge pages that the node has.
//
//go:linkname sizes github.com/opencontainers/cgroups.hugePageSizes
var sizes []string

//go:linkname weight k8s.io/kubernetes/pkg/kubelet/cm.getCPUWeight
func weight(shares *uint64) uint64

// runnerOffset is where the manager has its runner: behind a string, two interfaces and two pointers.
const runnerOffset = 8 * unsafe.Sizeof(uintptr(0))

func newManager(node Node) (manager, error) {
	libcontainercgroups.HugePageSizes()
	sizes = []string{"64KB", "2MB", "1GB"}
	at, err := newFake(context.Background(), service{})
	if err != nil {
		return manager{}, err
	}
	// The type has no name outside its package, but the runner holds the manager as an interface.
	runner := *(*kubecontainer.HandlerRunner)(unsafe.Add(at, runnerOffset))
	kind := reflect.ValueOf(runner).Elem().FieldByName("commandRunner").Elem().Type().Elem()
	fields := reflect.NewAt(kind, at).Elem()
	field := func(name string) reflect.Value {
		f := fields.FieldByName(name)
		return reflect.NewAt(f.Type(), f.Addr().UnsafePointer()).Elem()
	}
	field("cpuCFSQuota").SetBool(node.Quota)
	machine := reflect.New(field("machineInfo").Type().Elem())
	machine.Elem().FieldByName("MemoryCapacity").SetUint(node.Memory)
	field("machineInfo").Set(machine)
	factor := field("memoryThrottlingFactor")
	switch {
	case factor.Kind() != reflect.Pointer:
		factor.SetFloat(node.Factor)
	case node.Factor != 0:
		factor.Set(reflect.ValueOf(&node.Factor))
	}
	if policy := fields.FieldByName("memoryReservationPolicy"); policy.IsValid() && node.Tiered {
		field("memoryReservationPolicy").SetString("TieredReservation")
	}
	allocatable := func() v1.ResourceList {
		return v1.ResourceList{v1.ResourceMemory: *resource.NewQuantity(node.Allocatable, resource.BinarySI)}
	}
	field("getNodeAllocatable").Set(reflect.ValueOf(allocatable))
	return manager{at, node.MemoryQoS}, nil
}

func (m manager) container(pod *v1.Pod, container *v1.Container) oracle.Answer {
	r := generate(m.at, pod, container, m.memoryQoS)
	pages := map[string]uint64{}
	for _, one := range r.HugepageLimits {
		pages[one.PageSize] = one.Limit
	}
	return oracle.Answer{
		"cpuShares": r.CpuShares, "cpuQuota": r.CpuQuota, "cpuPeriod": r.CpuPeriod, "memory": r.MemoryLimitInBytes,
		"unified": r.Unified, "hugePages": pages, "oomScoreAdj": r.OomScoreAdj,
	}
}

// Weights asks for the weights of CPU shares, as the runtime library of this version makes them.
type Weights struct {
	Shares []uint64 `json:"shares"`
}

func init() { oracle.Register("cpuWeights", weights) }

func weights(w Weights) (oracle.Answer, error) {
	out := make([]uint64, len(w.Shares))
	for i, shares := range w.Shares {
		out[i] = libcontainercgroups.ConvertCPUSharesToCgroupV2Value(shares)
	}
	return oracle.Answer{"weights": out}, nil
}
