//! Rules of `explain-security`: as whom a container runs, and which policy refuses its Pod.

/// A Pod that meets the level restricted, whose container has the rest of the text.
macro_rules! restricted {
    ($rest:literal) => {
        $crate::rules::Example::Manifest(concat!(
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n",
            "  securityContext:\n",
            "    runAsNonRoot: true\n",
            "    runAsUser: 1000\n",
            "    seccompProfile: {type: RuntimeDefault}\n",
            "  containers:\n",
            "  - name: web\n",
            "    image: nginx\n",
            "    securityContext:\n",
            "      allowPrivilegeEscalation: false\n",
            "      capabilities: {drop: [ALL]}",
            $rest,
            "\n"
        ))
    };
}

rules! {
    NON_ROOT_REFUSED: Error, "non-root-refused", "A container that must not run as root would run as root" => {
        explanation: "With `runAsNonRoot: true` the kubelet looks at the user before it creates the container. \
            `runAsUser: 0`, an image whose user is root or none, and an image whose user is a name and not a number are \
            refused: the container waits with CreateContainerConfigError. The kubelet does not look into the image's \
            `/etc/passwd`. Set `runAsUser` to a number above 0.",
        bad: pod!("  securityContext: {runAsNonRoot: true, runAsUser: 0}\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx"),
        good: restricted!(""),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: verifyRunAsNonRoot, getImageUser",
    }
    UNKNOWN_IMAGE_USER: Info, "unknown-image-user", "The user of the image decides whether a container starts" => {
        explanation: "With `runAsNonRoot: true` and no `runAsUser` the kubelet looks at the image's user, which no manifest \
            has. It must be a number above 0: a name, such as `nginx`, is refused like root. Give the image's config with \
            `--image-config`, or set `runAsUser`.",
        bad: pod!("  securityContext: {runAsNonRoot: true}\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx"),
        good: restricted!(""),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: verifyRunAsNonRoot, getImageUser",
    }
    UNUSED_CAPABILITY: Warning, "unused-capability", "A process that is not root has no capabilities" => {
        explanation: "`capabilities.add` puts a capability into the bounding set. Linux gives the program of a user other \
            than root an empty effective set, and Kubernetes sets no ambient capabilities: the process cannot use it. Only \
            a program whose file has the capability (`setcap`) can, and only without \
            `allowPrivilegeEscalation: false`. Remove it, or run as root. Low ports often need none: see `low-port`.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   securityContext: {runAsUser: 1000, capabilities: {add: [NET_ADMIN]}}"),
        good: restricted!(""),
        upstream: "containerd/internal/cri/opts: WithCapabilities; capabilities(7): transformation of capabilities during execve()",
    }
    UNKNOWN_CAPABILITY: Warning, "unknown-capability", "A capability is unknown to Linux" => {
        explanation: "The runtime puts `CAP_` before each name, so that `CAP_CHOWN` becomes `CAP_CAP_CHOWN`, which does not \
            exist. A capability that does not exist is neither added nor dropped. Write the names as `capabilities(7)` does, \
            without `CAP_`.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   securityContext: {runAsUser: 0, capabilities: {add: [CAP_NET_ADMIN]}}"),
        good: restricted!(""),
        upstream: "containerd/internal/cri/opts: WithCapabilities; capabilities(7)",
    }
    DROP_ALL_SPELLING: Warning, "drop-all-spelling", "drop: [all] does not satisfy the level restricted" => {
        explanation: "The runtime drops all capabilities for `all` in any case. The Pod Security check compares the text: \
            only `ALL` satisfies the level restricted.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   securityContext: {capabilities: {drop: [all]}}"),
        good: restricted!(""),
        upstream: "k8s.io/pod-security-admission/policy: capabilitiesRestrictedV1Dot22; containerd/internal/cri/opts: WithCapabilities",
    }
    PRIVILEGED_CONTAINER: Warning, "privileged-container", "A privileged container has the rights of the node" => {
        explanation: "`privileged: true` gives all capabilities, all devices of the node, writable `/sys` and cgroups, and an \
            unmasked `/proc`. Seccomp and AppArmor do not apply, and `capabilities` and `procMount` have no effect. Whoever \
            controls the container controls the node. Add the one capability or device that is needed instead.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   securityContext: {privileged: true}"),
        good: restricted!(""),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: determineEffectiveSecurityContext; containerd/internal/cri/server: buildContainerSpec",
    }
    UNSAFE_SYSCTL: Warning, "unsafe-sysctl", "A node refuses the sysctl unless it is configured" => {
        explanation: "The kubelet sets only sysctls that are safe: in a namespace of the Pod, and harmless to others. The list \
            grows with the versions. Another one needs `--allowed-unsafe-sysctls` on the node; without it the Pod fails with \
            the reason SysctlForbidden. One that has no namespace, or whose namespace the Pod shares with the node, is \
            refused anyway.",
        bad: pod!("  securityContext: {sysctls: [{name: net.core.somaxconn, value: \"1024\"}]}\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx"),
        good: pod!("  securityContext:\n\
\x20   runAsNonRoot: true\n\
\x20   runAsUser: 1000\n\
\x20   seccompProfile: {type: RuntimeDefault}\n\
\x20   sysctls: [{name: net.ipv4.tcp_syncookies, value: \"1\"}]\n\
\x20 containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   securityContext:\n\
\x20     allowPrivilegeEscalation: false\n\
\x20     capabilities: {drop: [ALL]}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/sysctl: SafeSysctlAllowlist, patternAllowlist.Admit",
    }
    POD_SECURITY_VIOLATION: Info, "pod-security-violation", "The Pod does not meet a Pod Security level" => {
        explanation: "A check of the Pod Security Standards fails. The levels are privileged (everything), baseline (no known \
            privilege escalation) and restricted (hardened). It is an error where `--level` asks for the level or the \
            namespace enforces it, a warning where the namespace warns, and information otherwise.",
        bad: pod!("  hostNetwork: true\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx"),
        good: restricted!(""),
        upstream: "k8s.io/pod-security-admission/policy: Evaluator.EvaluatePod",
    }
    POD_SECURITY_REFUSED: Error, "pod-security-refused", "The namespace refuses the Pod" => {
        explanation: "The namespace has the label `pod-security.kubernetes.io/enforce`, and the Pod does not meet its level. \
            The API server refuses the Pod. It takes a Job, Deployment or other owner, at most with a warning; then each of \
            its Pods is refused, and the owner has none (FailedCreate). A level that is misspelt enforces restricted.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels: {pod-security.kubernetes.io/enforce: restricted}"),
        good: restricted!(""),
        upstream: "k8s.io/pod-security-admission/admission: Admission.ValidatePod, ValidatePodController, EvaluatePod",
    }
    POD_SECURITY_LABEL: Warning, "pod-security-label", "A Pod Security label of the namespace cannot be read" => {
        explanation: "A level must be `privileged`, `baseline` or `restricted`, a version `latest` or such as `v1.37`. With an \
            enforce level that cannot be read, restricted is enforced. With a warn or audit level that cannot be read, \
            nothing is warned of or recorded. A version that cannot be read is the latest. The API server refuses such \
            labels (422), but not those that were there before: a Namespace of a file with one is an error. \
            Nothing reads a label with another key, such as `pod-security.kubernetes.io/enforced`.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx", "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n  labels: {pod-security.kubernetes.io/warn: restrictive}"),
        good: restricted!(""),
        upstream: "k8s.io/pod-security-admission/api: PolicyToEvaluate, ParseLevel, ParseVersion",
    }
    LOW_PORT: Warning, "low-port", "A process that is not root cannot listen on a port below 1024" => {
        explanation: "Linux lets only a process with NET_BIND_SERVICE listen on a port below `net.ipv4.ip_unprivileged_port_start`, \
            and a process that is not root has no capabilities. containerd sets that start to 0 for Pods from 2.0 on by default, \
            but not for Pods in the node's network. Set the sysctl `net.ipv4.ip_unprivileged_port_start` of the Pod to 0, or \
            listen on a higher port.",
        bad: pod!("  hostNetwork: true\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   ports: [{containerPort: 80}]\n\
\x20   securityContext: {runAsUser: 1000}"),
        good: restricted!("\n    ports: [{containerPort: 8080}]"),
        upstream: "containerd/internal/cri/server: sandboxContainerSpec; ip-sysctl: ip_unprivileged_port_start",
    }
    UNUSED_FS_GROUP: Warning, "unused-fs-group", "fsGroup changes no volume of the Pod" => {
        explanation: "`fsGroup` gives the files of some volumes to a group: emptyDir, those with files of the API, and block \
            storage. The kubelet leaves a hostPath and NFS as they are, so that the group helps only if the files have \
            it already. Set the owner on the node or the server.",
        bad: pod!("  securityContext: {fsGroup: 2000}\n  volumes: [{name: data, hostPath: {path: /srv}}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   volumeMounts: [{name: data, mountPath: /data}]"),
        good: pod!("  securityContext:\n\
\x20   fsGroup: 2000\n\
\x20   runAsNonRoot: true\n\
\x20   runAsUser: 1000\n\
\x20   seccompProfile: {type: RuntimeDefault}\n\
\x20 volumes: [{name: data, emptyDir: {}}]\n\
\x20 containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   volumeMounts: [{name: data, mountPath: /data}]\n\
\x20   securityContext:\n\
\x20     allowPrivilegeEscalation: false\n\
\x20     capabilities: {drop: [ALL]}"),
        upstream: "k8s.io/kubernetes/pkg/volume: SetVolumeOwnership and its callers, the SetUp of each plugin",
    }
    SECCOMP_ANNOTATION: Warning, "seccomp-annotation", "An annotation for seccomp has no effect" => {
        explanation: "Since Kubernetes 1.27 the kubelet does not read `seccomp.security.alpha.kubernetes.io/pod` and \
            `container.seccomp.security.alpha.kubernetes.io/NAME`: without the field the container runs unconfined, unless the \
            kubelet has `seccompDefault`. Use `securityContext.seccompProfile`.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n  annotations: {seccomp.security.alpha.kubernetes.io/pod: runtime/default}\nspec:\n  containers:\n  - name: web\n    image: nginx"),
        good: restricted!(""),
        upstream: "k8s.io/kubernetes/pkg/kubelet/kuberuntime: getSeccompProfile",
    }
    ESCALATION_FORBIDDEN: Info, "escalation-forbidden", "SYS_ADMIN does not allow privilege escalation" => {
        explanation: "The API's documentation says that `allowPrivilegeEscalation` is always true with CAP_SYS_ADMIN. It is not: \
            `allowPrivilegeEscalation: false` sets no_new_privs whatever else is set. The API server refuses `false` only \
            beside `privileged: true` and beside the literal text `CAP_SYS_ADMIN`, not beside `SYS_ADMIN`.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   securityContext:\n\
\x20     runAsUser: 0\n\
\x20     allowPrivilegeEscalation: false\n\
\x20     capabilities: {add: [SYS_ADMIN]}"),
        good: restricted!(""),
        upstream: "k8s.io/kubernetes/pkg/securitycontext: AddNoNewPrivileges; pkg/apis/core/validation: ValidateSecurityContext",
    }
    HOST_CONTROL: Warning, "host-control", "A host path gives control of the node" => {
        explanation: "A container that mounts the node's root, `/etc`, `/proc`, the kubelet's directory or the socket of the \
            container runtime can become root on the node, whatever its own user and capabilities are; with a \
            socket, or a directory in which there is one, even if it is mounted read-only. Directories of the node's programs count if \
            they can be written to. Mount the one file that is needed.",
        bad: pod!("  volumes:\n\
\x20 - {name: run, hostPath: {path: /run/containerd/containerd.sock}}\n\
\x20 containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   volumeMounts: [{name: run, mountPath: /run/containerd/containerd.sock}]"),
        good: restricted!(""),
        upstream: "none: Linux permissions of the files",
    }
}
