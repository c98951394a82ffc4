//! Rules of `explain-resources`: what requests and limits become on a node.

rules! {
    REFUSED_BY_ADMISSION: Error, "refused-by-admission", "The server refuses the Pod as the cluster is" => {
        explanation: "A Pod that is valid by itself is refused where a LimitRange bounds it, a quota is used up, or a class that it \
            names does not exist. A LimitRange fills in limits before the Pod is validated: with a bare `max`, a container that only \
            requests more than that gets a limit below its request. For a workload, the refusal comes when its controller creates \
            the Pods, and is an event of it.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"2\", memory: 4Gi}}", "apiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec:\n  limits: [{type: Container, max: {memory: 2Gi}}]"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"2\", memory: 2Gi}}", "apiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec:\n  limits: [{type: Container, max: {memory: 2Gi}}]"),
        upstream: "k8s.io/kubernetes/plugin/pkg/admission/limitranger: PodMutateLimitFunc, PodValidateLimitFunc; k8s.io/apiserver/pkg/admission/plugin/resourcequota: CheckRequest",
    }
    EMPTY_POD_RESOURCES: Warning, "empty-pod-resources", "Empty resources of the Pod hide those of its containers" => {
        explanation: "From 1.34 to 1.36 a Pod with `resources: {}` of its own is BestEffort, whatever its containers request: it has \
            2 CPU shares, no limits of its own, an oom_score_adj of 1000, and is evicted among the first. From 1.37 on empty \
            resources do not count. On other versions this is a hint.",
        bad: pod!("  resources: {}\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"1\", memory: 1Gi}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"1\", memory: 1Gi}}"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/v1/helper/qos: ComputePodQOS",
    }
    UNLIMITED_INIT_CONTAINER: Warning, "unlimited-init-container", "An init container takes the Pod's limit away" => {
        explanation: "The Pod's cgroup has a limit only if every container has one, init containers included, and it stays so after \
            they have ended. Then nothing bounds what the containers use together, such as files in memory volumes. Up to 1.36 \
            a sidecar with a limit before the init container gives it back, because the share of both counts.",
        bad: pod!("  initContainers:\n\
\x20 - {name: migrate, image: app}\n\
\x20 containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"1\", memory: 1Gi}}"),
        good: pod!("  initContainers:\n\
\x20 - {name: migrate, image: app, resources: {limits: {cpu: \"1\", memory: 1Gi}}}\n\
\x20 containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"1\", memory: 1Gi}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/cm: ResourceConfigForPod",
    }
    WHOLE_POD_LIMIT: Warning, "whole-pod-limit", "A container without a request has the share of the whole Pod" => {
        explanation: "A container without limits in a Pod that has limits of its own gets the Pod's. Without a CPU request its shares are \
            those of the Pod's whole limit: with a limit of 4 it has 4096 shares beside a container with 1024, and takes four \
            fifths of the CPU where both are busy, or three quarters with a new runtime.",
        bad: pod!("  resources: {limits: {cpu: \"4\", memory: 1Gi}}\n  containers:\n\
\x20 - {name: web, image: nginx, resources: {requests: {cpu: \"1\"}}}\n\
\x20 - {name: log, image: log}"),
        good: pod!("  resources: {limits: {cpu: \"4\", memory: 1Gi}}\n  containers:\n\
\x20 - {name: web, image: nginx, resources: {requests: {cpu: \"1\"}}}\n\
\x20 - {name: log, image: log, resources: {requests: {cpu: 100m}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: getCPULimit, calculateLinuxResources",
    }
    NO_MEMORY_LIMIT: Info, "no-memory-limit", "A container has no memory limit" => {
        explanation: "A container that leaks takes all memory of its node. The kernel then kills by oom_score_adj, and the kubelet evicts \
            Pods, which need not be the ones at fault. Windows kills nothing: it pages to disk, and all on the node becomes slow. Nothing \
            is found where the Pod as a whole is limited.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {requests: {memory: 1Gi}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {requests: {memory: 1Gi}, limits: {memory: 1Gi}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: generateLinuxContainerResources",
    }
    SMALL_CPU_LIMIT: Warning, "small-cpu-limit", "A CPU limit stops its container most of the time" => {
        explanation: "A limit is CPU time in each 100 ms, of all threads together: with 50m, they run 5 ms and wait 95 ms. Programs with many \
            threads, such as those in Go or Java, use it up in the first moment, also while they answer a probe. A limit under \
            10m is 10m.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: 50m, memory: 1Gi}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {requests: {cpu: 50m}, limits: {memory: 1Gi}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/cm: MilliCPUToQuota",
    }
    REQUEST_EXCEEDS_NODES: Error, "request-exceeds-nodes", "No node can hold the requests, however empty" => {
        explanation: "A node gives out what it can allocate: its capacity less what is kept for the system. A Pod that requests more than \
            any node has stays Pending until a larger node comes; so does one whose requests together no node has. With `nodeName` there \
            is no scheduler: the kubelet of that node rejects the Pod, which has then failed. Nodes are those of the cluster or of the input.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"8\", memory: 1Gi}}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus:\n  allocatable: {cpu: 3800m, memory: 14Gi, pods: \"110\"}"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {limits: {cpu: \"2\", memory: 1Gi}}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus:\n  allocatable: {cpu: 3800m, memory: 14Gi, pods: \"110\"}"),
        upstream: "k8s.io/kubernetes/pkg/scheduler/framework/plugins/noderesources: fitsRequest; k8s.io/kubernetes/pkg/kubelet/lifecycle: predicateAdmitHandler",
    }
}
