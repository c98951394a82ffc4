//! Rules of `explain-scheduling`: where a Pod can run, and why not there.

rules! {
    NO_NODE_FITS: Error, "no-node-fits", "The scheduler finds no node for the Pod" => {
        explanation: "Each node is refused by at least one plugin of the scheduler, or the Pod is held back before any node is \
            looked at, as by a scheduling gate. The Pod stays Pending. The report has every reason for each node, and \
            the single changes that would free most nodes. The scheduler's own event has only the first reason for a node.",
        bad: pod_and!("  nodeSelector: {disktype: ssd}\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {disktype: hdd}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        good: pod_and!("  nodeSelector: {disktype: hdd}\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {disktype: hdd}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/kubernetes/pkg/scheduler: Scheduler.findNodesThatFitPod; pkg/scheduler/framework/runtime: RunFilterPlugins",
    }
    UNKNOWN_NODE_LABEL: Warning, "unknown-node-label", "No node has a label that the Pod asks for" => {
        explanation: "`nodeSelector` and the required node affinity choose nodes by their labels, and spread constraints and \
            the affinity to Pods count Pods in the domains of a label. No node has this key, or none has this value of it. Often it is mistyped: the most similar \
            label that nodes have is named. A preference for a label that no node has changes nothing; that is a hint.",
        bad: pod_and!("  nodeSelector: {disktyp: ssd}\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {disktype: ssd}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        good: pod_and!("  nodeSelector: {disktype: ssd}\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {disktype: ssd}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/component-helpers/scheduling/corev1/nodeaffinity: GetRequiredNodeAffinity",
    }
    EMPTY_AFFINITY_TERM: Warning, "empty-affinity-term", "A term of the node affinity matches no node" => {
        explanation: "A term without expressions looks as if it matched every node, but it matches none. Terms of the required node \
            affinity are alternatives, so an empty one beside others changes nothing, and one alone keeps the Pod off all \
            nodes. Leave the term out, and with the last one the required affinity: the API takes no list without terms.",
        bad: pod_and!("  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n        nodeSelectorTerms: [{}]\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {disktype: ssd}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {disktype: ssd}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/component-helpers/scheduling/corev1/nodeaffinity: isEmptyNodeSelectorTerm, LazyErrorNodeSelector.Match",
    }
    PREFERENCE_FAILS_CYCLE: Error, "preference-fails-cycle", "A preferred term makes the scheduler fail" => {
        explanation: "The API server accepts values of a preferred term that are no labels, such as `Gt: [\"-5\"]`. The scheduler \
            cannot parse the term. As soon as two nodes fit it compares them, fails with \"running PreScore plugin NodeAffinity\", \
            and tries again later with the same result. With one fitting node the Pod is scheduled. Remove the value.",
        bad: pod_and!("  affinity:\n    nodeAffinity:\n      preferredDuringSchedulingIgnoredDuringExecution:\n      - weight: 1\n        preference:\n          matchExpressions: [{key: rank, operator: Gt, values: [\"-5\"]}]\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {rank: \"1\"}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b, labels: {rank: \"2\"}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        good: pod_and!("  affinity:\n    nodeAffinity:\n      preferredDuringSchedulingIgnoredDuringExecution:\n      - weight: 1\n        preference:\n          matchExpressions: [{key: rank, operator: Gt, values: [\"5\"]}]\n  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a, labels: {rank: \"1\"}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b, labels: {rank: \"2\"}}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/kubernetes/pkg/scheduler/framework/plugins/nodeaffinity: NodeAffinity.PreScore",
    }
    NOT_EVALUATED: Warning, "not-evaluated", "A plugin that decides could not be evaluated" => {
        explanation: "Resource claims (DynamicResources) are not modelled, and volumes need claims, classes and volumes that the input \
            does not have. A node that no other plugin refuses may still be refused, so the answer is \"unknown\" and never \"fits\". Give \
            what is missing with `-f`, or ask a cluster.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx}\n  volumes:\n  - {name: data, persistentVolumeClaim: {claimName: data}}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx}\n  volumes:\n  - {name: data, emptyDir: {}}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/kubernetes/pkg/scheduler/framework/plugins: dynamicresources, volumebinding",
    }
    KUBELET_REFUSES: Error, "kubelet-refuses", "The kubelet of a node refuses the Pod" => {
        explanation: "With `spec.nodeName` no scheduler is asked. The kubelet of that node checks what the Pod needs and, if it does not \
            fit, makes the Pod Failed for good, with a reason such as OutOfcpu or NodeAffinity. Leave `nodeName` out, and use a \
            node selector. With a scheduler, too, a kubelet refuses what no plugin looks at: another `os.name` than the node's, and \
            `supplementalGroupsPolicy: Strict` where the runtime does not have it.",
        bad: pod_and!("  nodeName: a\n  containers:\n\
\x20 - {name: web, image: nginx, resources: {requests: {cpu: \"8\"}}}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, resources: {requests: {cpu: \"2\"}}}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/lifecycle: predicateAdmitHandler.Admit",
    }
    DAEMON_POD_STUCK: Warning, "daemon-pod-stuck", "A node gets a Pod of the DaemonSet that does not fit there" => {
        explanation: "The DaemonSet controller looks at the node's name, at the node affinity and at taints only. It makes a Pod for \
            each node that passes, bound to that node by its affinity, and leaves the rest to the scheduler. Where requests, \
            ports or volumes do not fit, the Pod stays Pending, and no other node can take it.",
        bad: yaml!("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}}\n    spec:\n      containers:\n      - {name: agent, image: agent:1, resources: {requests: {cpu: \"6\"}}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\nstatus: {allocatable: {cpu: \"8\", memory: 8Gi, pods: \"110\"}}"),
        good: yaml!("apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: agent}}\n  template:\n    metadata: {labels: {app: agent}}\n    spec:\n      containers:\n      - {name: agent, image: agent:1, resources: {requests: {cpu: 100m}}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\nstatus: {allocatable: {cpu: \"8\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/kubernetes/pkg/controller/daemon: NodeShouldRunDaemonPod",
    }
    UNREAD_NODES: Warning, "unread-nodes", "The nodes, or the Pods on them, are not known" => {
        explanation: "Without nodes nobody can say where a Pod fits, and without the Pods on them nobody can say what is left. Listing \
            nodes, and Pods of all namespaces, are rights of their own, which many users do not have. Offline they come from files: \
            `kubectl get nodes -o yaml > nodes.yaml`, `kubectl get pods -A -o yaml > pods.yaml`.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx}", "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}"),
        upstream: "k8s.io/kubernetes/pkg/scheduler/backend/cache: cacheImpl.UpdateSnapshot",
    }
}
