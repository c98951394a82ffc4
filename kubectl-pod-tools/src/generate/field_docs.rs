//! The meaning of fields of Pods and Jobs, with their defaults, which are those of
//! `pod_model::defaults`.

/// Fields of a Pod's or a Job's spec, without list indexes; the template of a Job reads as a Pod.
/// `container` stands for all lists of containers.
pub(super) const FIELDS: [(&str, &str); 79] = [
    (
        "spec.parallelism",
        "maximum number of Pods that run at the same time; 1 by default",
    ),
    (
        "spec.completions",
        "number of Pods that must succeed; 1 by default",
    ),
    (
        "spec.completionMode",
        "Indexed: each Pod has an index, in $JOB_COMPLETION_INDEX; NonIndexed by default",
    ),
    (
        "spec.backoffLimit",
        "retries before the Job fails; 6 by default",
    ),
    (
        "spec.backoffLimitPerIndex",
        "retries per index before the index fails",
    ),
    (
        "spec.maxFailedIndexes",
        "the Job fails when more indexes than this have failed",
    ),
    (
        "spec.activeDeadlineSeconds",
        "maximum run time; what still runs is then stopped and has failed; no limit by default",
    ),
    (
        "spec.ttlSecondsAfterFinished",
        "the Job and its Pods are deleted this long after the end; never by default",
    ),
    (
        "spec.suspend",
        "true: no Pods are created until this is false",
    ),
    (
        "spec.podFailurePolicy",
        "how failed Pods are handled; the first matching rule applies",
    ),
    (
        "spec.successPolicy",
        "when the Job succeeds before all Pods have succeeded",
    ),
    (
        "spec.podReplacementPolicy",
        "Failed: replace a Pod only when it has fully terminated",
    ),
    (
        "spec.managedBy",
        "the controller that manages this Job instead of Kubernetes' own",
    ),
    (
        "spec.restartPolicy",
        "Always restarts ended containers, OnFailure failed ones, Never none; with Never a Job keeps its failed Pods",
    ),
    (
        "spec.terminationGracePeriodSeconds",
        "seconds from the request to stop to the kill, preStop hook included; 30 by default",
    ),
    (
        "spec.serviceAccountName",
        "ServiceAccount of the Pod; `default` by default",
    ),
    (
        "spec.automountServiceAccountToken",
        "false: no credentials for the API server are mounted",
    ),
    (
        "spec.nodeName",
        "binds the Pod to this node, bypassing the scheduler",
    ),
    ("spec.nodeSelector", "only nodes with all these labels"),
    (
        "spec.schedulerName",
        "scheduler; default-scheduler by default",
    ),
    (
        "spec.priorityClassName",
        "priority when resources are short",
    ),
    (
        "spec.runtimeClassName",
        "container runtime that runs the Pod",
    ),
    (
        "spec.hostNetwork",
        "true: use the node's network, with its addresses and ports",
    ),
    (
        "spec.hostnameOverride",
        "host name as it is, whatever hostname and subdomain are; no DNS record",
    ),
    ("spec.tolerations", "taints of nodes that the Pod tolerates"),
    (
        "spec.topologySpreadConstraints",
        "spreads Pods evenly over nodes or zones",
    ),
    (
        "spec.topologySpreadConstraints.maxSkew",
        "maximum difference in Pods between the fullest and the emptiest domain",
    ),
    (
        "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        "only nodes that match one of the terms; checked at scheduling, not later",
    ),
    (
        "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution",
        "prefers nodes that match; a higher weight (1 to 100) counts more",
    ),
    ("spec.affinity.podAffinity", "near Pods with these labels"),
    (
        "spec.affinity.podAntiAffinity",
        "away from Pods with these labels",
    ),
    ("spec.imagePullSecrets", "credentials for the registry"),
    (
        "spec.resources",
        "requests and limits for all containers together",
    ),
    (
        "spec.initContainers",
        "run one after the other before the others; with restartPolicy Always it is a sidecar that keeps running",
    ),
    (
        "spec.securityContext.runAsUser",
        "user ID of all containers; the image's by default",
    ),
    (
        "spec.securityContext.runAsGroup",
        "group ID of all containers; the image's by default",
    ),
    (
        "spec.securityContext.runAsNonRoot",
        "true: the kubelet starts no container as root",
    ),
    (
        "spec.securityContext.fsGroup",
        "group that owns volumes; every process is a member",
    ),
    (
        "spec.securityContext.supplementalGroups",
        "additional groups of every process",
    ),
    (
        "spec.securityContext.seccompProfile",
        "allowed system calls; Unconfined by default",
    ),
    (
        "spec.securityContext.sysctls",
        "kernel parameters of the Pod's namespaces",
    ),
    (
        "spec.volumes.emptyDir",
        "an empty directory that lives as long as the Pod",
    ),
    ("spec.volumes.hostPath", "a file or directory of the node"),
    (
        "spec.volumes.persistentVolumeClaim",
        "storage that outlives the Pod",
    ),
    ("spec.volumes.image", "the files of an image, read-only"),
    ("spec.volumes.projected", "several sources in one directory"),
    (
        "spec.container.image",
        "without a tag or digest it is :latest",
    ),
    (
        "spec.container.imagePullPolicy",
        "Always asks the registry each time; the default is Always for :latest, otherwise IfNotPresent",
    ),
    (
        "spec.container.command",
        "overrides the image's entrypoint; $(VAR) is expanded, no shell runs",
    ),
    (
        "spec.container.args",
        "overrides the image's arguments; $(VAR) is expanded, no shell runs",
    ),
    (
        "spec.container.workingDir",
        "working directory of the program; the image's by default",
    ),
    ("spec.container.envFrom", "sets a variable for each key"),
    (
        "spec.container.env",
        "overrides envFrom; $(NAME) refers to a variable that is defined before",
    ),
    (
        "spec.container.ports",
        "documents ports and names them; an unlisted port is reachable, too",
    ),
    (
        "spec.container.ports.hostPort",
        "opens this port on the node, so a node can run only one such Pod",
    ),
    (
        "spec.container.resources",
        "requests decide the node and the CPU share; exceeding a limit throttles CPU or kills for memory",
    ),
    (
        "spec.container.livenessProbe",
        "restarts the container after this many failures in a row",
    ),
    (
        "spec.container.readinessProbe",
        "keeps traffic of Services away while it fails",
    ),
    (
        "spec.container.startupProbe",
        "delays the other probes until it has succeeded once",
    ),
    (
        "spec.container.initialDelaySeconds",
        "seconds from the start to the first attempt; 0 by default",
    ),
    (
        "spec.container.periodSeconds",
        "seconds between two attempts; 10 by default",
    ),
    (
        "spec.container.timeoutSeconds",
        "seconds until an attempt fails; 1 by default",
    ),
    (
        "spec.container.failureThreshold",
        "failures in a row until the probe fails; 3 by default",
    ),
    (
        "spec.container.successThreshold",
        "successes in a row until the probe succeeds; 1 by default",
    ),
    (
        "spec.container.lifecycle.postStart",
        "runs beside the program, right after its start; the container is killed if it fails",
    ),
    (
        "spec.container.lifecycle.preStop",
        "runs before the stop signal, within the grace period",
    ),
    (
        "spec.container.lifecycle.stopSignal",
        "signal that stops the program; the image's or SIGTERM by default",
    ),
    (
        "spec.container.restartPolicy",
        "overrides the Pod's; Always in an init container makes it a sidecar",
    ),
    (
        "spec.container.restartPolicyRules",
        "actions on exit codes; the first matching rule applies",
    ),
    (
        "spec.container.volumeMounts",
        "paths where the Pod's volumes are mounted",
    ),
    (
        "spec.container.stdin",
        "true: standard input stays open, so that a client can attach",
    ),
    (
        "spec.container.tty",
        "true: allocates a terminal; only useful with stdin",
    ),
    (
        "spec.container.securityContext.privileged",
        "true: all rights of root on the node",
    ),
    (
        "spec.container.securityContext.allowPrivilegeEscalation",
        "false: setuid programs gain no rights; true by default",
    ),
    (
        "spec.container.securityContext.capabilities",
        "Linux capabilities, added to or dropped from the runtime's default set",
    ),
    (
        "spec.container.securityContext.readOnlyRootFilesystem",
        "true: only volumes are writable",
    ),
    (
        "spec.container.securityContext.runAsNonRoot",
        "true: the kubelet does not start it as root",
    ),
    (
        "spec.container.securityContext.runAsUser",
        "user ID of the container; overrides the Pod's",
    ),
    (
        "spec.container.securityContext.seccompProfile",
        "allowed system calls; Unconfined by default",
    ),
];
