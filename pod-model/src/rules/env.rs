//! Rules of `explain-env`: the environment that the kubelet builds.

rules! {
    UNRESOLVED_REFERENCE: Error, "unresolved-reference", "A $(NAME) refers to no variable that is defined before it" => {
        explanation: "The kubelet replaces `$(NAME)` in `env`, `command` and `args` by the variable's value. The \
            variable must come from `envFrom`, a Service or `env`; within `env`, from an earlier entry. Otherwise \
            the text stays as it is. In a `subPathExpr`, a missing or empty variable keeps the container from \
            starting. Define the variable, move it up, or write `$$(NAME)` for the text itself.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: URL, value: \"http://$(HOST)\"}, {name: HOST, value: db}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: HOST, value: db}, {name: URL, value: \"http://$(HOST)\"}]"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand; pkg/kubelet: makeEnvironmentVariables; pkg/kubelet/container: ExpandContainerCommandAndArgs, ExpandContainerVolumeMounts",
    }
    UNKNOWN_REFERENCE: Warning, "unknown-reference", "A $(NAME) may come from a source that was not read" => {
        explanation: "Nothing that was read defines the variable, but a ConfigMap, Secret or Service that was not \
            read may define it. So it is not known whether the reference is replaced.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app}}]\n\
\x20   env: [{name: URL, value: $(HOST)}]"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app}}]\n\
\x20   env: [{name: URL, value: $(HOST)}]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand; pkg/kubelet: makeEnvironmentVariables",
    }
    DUPLICATE_NAME: Warning, "duplicate-name", "Two entries of env have the same name" => {
        explanation: "The API server accepts this on `create`, and the last value counts. Server-side apply refuses \
            it. References between the two entries get the first value.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, value: one}, {name: A, value: two}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: A, value: two}]}]"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables; sigs.k8s.io/structured-merge-diff/v6/typed: validatingObjectWalker.visitListItems",
    }
    INVALID_NAME: Error, "invalid-name", "The API server refuses the name of a variable" => {
        explanation: "The name of a variable, or the prefix of an `envFrom`, has characters that this Kubernetes \
            version does not allow. Since 1.32 all printable ASCII characters except `=` are allowed. Up to 1.31 \
            only letters, digits, `-`, `_` and `.` are allowed. Such a name must not be `.`, and must not begin with \
            a digit or with `..`.",
        bad: pod!("  containers: [{name: web, image: nginx, env: [{name: \"A=B\", value: x}]}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: A_B, value: x}]}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidateEnv, ValidateEnvFrom; k8s.io/apimachinery/pkg/util/validation: IsEnvVarName, IsRelaxedEnvVarName",
    }
    SHELL_VARIABLE: Warning, "shell-variable", "A variable in a script is replaced by the shell" => {
        explanation: "In a script behind `sh -c`, the shell replaces `$NAME` and `${NAME}`, not Kubernetes. A \
            variable that nothing sets becomes empty; that is a warning. A variable of the container is only \
            mentioned as information.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, \"exec server --port $PORT\"]}"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, exec server --port 80]}"),
        upstream: "POSIX.1-2024, Shell Command Language, 2.6.2 Parameter Expansion",
    }
    SHELL_SUBSTITUTION: Info, "shell-substitution", "A $(…) in a script is left to the shell" => {
        explanation: "No variable has the name in `$(date)`, so Kubernetes leaves the text as it is, and the shell \
            runs the command. That is usually intended. A name in capitals, such as `$(HOST)`, is an \
            `unresolved-reference` instead.",
        bad: pod!("  containers: [{name: web, image: nginx, command: [sh, -c, echo $(date)]}]"),
        good: pod!("  containers: [{name: web, image: nginx, command: [sh, -c, date]}]"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand",
    }
    SHELL_PROCESS_ID: Info, "shell-process-id", "A $$ in a script becomes a single $" => {
        explanation: "`$$` is Kubernetes' escape for `$` in `command`, `args` and the commands of exec probes. The \
            shell gets a single `$` instead of its process id. Write `$$$$` for the process id.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, echo $$ > /tmp/pid]}"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, echo $$$$ > /tmp/pid]}"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand; pkg/kubelet/container: ExpandContainerCommandAndArgs, ExpandContainerCommandOnlyStatic",
    }
    NOT_EXPANDED: Warning, "not-expanded", "A $(NAME) in the command of a probe or hook is not expanded" => {
        explanation: "The kubelet replaces nothing in the command of a hook. In the command of a probe it knows only \
            the text that `env` gives a variable: `envFrom` does not count, `valueFrom` gives the empty string, and \
            references in the text are not replaced. Let a shell in the container replace the variable.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: PORT, value: \"80\"}]\n\
\x20   lifecycle: {preStop: {exec: {command: [drain, $(PORT)]}}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: PORT, value: \"80\"}]\n\
\x20   lifecycle: {preStop: {exec: {command: [sh, -c, \"drain ${PORT}\"]}}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: prober.runProbe; pkg/kubelet/container: ExpandContainerCommandOnlyStatic; pkg/kubelet/lifecycle: handlerRunner.Run",
    }
    NOT_SHELL_NAME: Info, "not-shell-name", "A POSIX shell cannot refer to a variable" => {
        explanation: "The variable is set, but a POSIX shell cannot refer to it: a name in a shell has only letters, \
            digits and `_`, and does not begin with a digit. Some shells, such as dash, also do not pass it on to \
            the programs that they start. In the manifest, `$(db.host)` refers to it.",
        bad: pod!("  containers: [{name: web, image: nginx, env: [{name: db.host, value: db}]}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: DB_HOST, value: db}]}]"),
        upstream: "POSIX.1-2024, Base Definitions, chapter 3: Name",
    }
    OVERRIDES_SERVICE_LINK: Warning, "overrides-service-link", "A variable replaces one of a Service" => {
        explanation: "The kubelet sets variables such as `DB_SERVICE_HOST` for each Service of the namespace that \
            has a cluster IP. A variable of `env` or `envFrom` with the same name wins. Rename it, or set \
            `enableServiceLinks: false`, which keeps only the variables of the Service `kubernetes`.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: DB_PORT, value: \"5432\"}]}", "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 5432}]}"),
        good: pod_and!("  enableServiceLinks: false\n  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: DB_PORT, value: \"5432\"}]}", "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 5432}]}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables, getServiceEnvVarMap; pkg/kubelet/envvars: FromServices",
    }
    OVERRIDES_PATH: Warning, "overrides-path", "A variable replaces the image's PATH" => {
        explanation: "The image's PATH says where its programs are. The variable replaces it. `$(PATH)` does not \
            stand for the old value, since Kubernetes does not know the image's variables. Write out all \
            directories.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: PATH, value: /app/bin}]}"),
        good: pod!("  containers: [{name: web, image: nginx, command: [/app/bin/server]}]"),
        upstream: "k8s.io/cri-api/pkg/apis/runtime/v1: ContainerConfig.envs; opencontainers/runtime-spec: process.env",
    }
    SERVICE_LINK_COLLISION: Warning, "service-link-collision", "Two Services make the same variable" => {
        explanation: "The names of two Services lead to the same variable. The kubelet takes the Services in random \
            order, so the value is random, too. Use the Services' DNS names, and set `enableServiceLinks: false`.",
        bad: pod_and!("  containers: [{name: web, image: nginx}]", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a-port-80-tcp}\nspec: {clusterIP: 10.0.0.2, ports: [{port: 80}]}"),
        good: pod_and!("  enableServiceLinks: false\n  containers: [{name: web, image: nginx}]", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a-port-80-tcp}\nspec: {clusterIP: 10.0.0.2, ports: [{port: 80}]}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: getServiceEnvVarMap; pkg/kubelet/envvars: FromServices",
    }
    INVALID_SUB_PATH: Error, "invalid-sub-path", "A subPathExpr does not lead to a directory of the volume" => {
        explanation: "A `subPathExpr` must be a relative path without `..`, before and after its variables are \
            replaced. The API server refuses a text that is not, and a `subPathExpr` beside a `subPath`. If the \
            value of a variable breaks the rule, the container waits with CreateContainerConfigError.",
        bad: pod!("  volumes: [{name: logs, emptyDir: {}}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: DIR, value: ../x}]\n\
\x20   volumeMounts: [{name: logs, mountPath: /logs, subPathExpr: $(DIR)}]"),
        good: pod!("  volumes: [{name: logs, emptyDir: {}}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: DIR, value: x}]\n\
\x20   volumeMounts: [{name: logs, mountPath: /logs, subPathExpr: $(DIR)}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidateVolumeMounts; pkg/kubelet: makeMounts; pkg/volume/validation: ValidatePathNoBacksteps",
    }
    FORBIDDEN_SUB_PATH: Error, "forbidden-sub-path", "An ephemeral container has a subPathExpr" => {
        explanation: "An ephemeral container can only mount a whole volume. The API server refuses its \
            `subPathExpr`.",
        bad: pod!("  volumes: [{name: logs, emptyDir: {}}]\n  containers: [{name: web, image: nginx}]\n  ephemeralContainers:\n\
\x20 - name: debug\n\
\x20   image: busybox\n\
\x20   volumeMounts: [{name: logs, mountPath: /logs, subPathExpr: x}]"),
        good: pod!("  volumes: [{name: logs, emptyDir: {}}]\n  containers: [{name: web, image: nginx}]\n  ephemeralContainers:\n\
\x20 - name: debug\n\
\x20   image: busybox\n\
\x20   volumeMounts: [{name: logs, mountPath: /logs}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateEphemeralContainers",
    }
    INVALID_HOSTNAME: Error, "invalid-hostname", "The host name of a Pod is not valid" => {
        explanation: "`hostname`, `subdomain` and the `serviceName` of a StatefulSet must be DNS labels. \
            `hostnameOverride` must be a DNS subdomain of at most 64 characters, without `hostNetwork` and \
            `setHostnameAsFQDN`. The API server refuses a Pod that breaks this. With `setHostnameAsFQDN`, the host \
            name and its domain have at most 64 characters together; otherwise the Pod waits with \
            FailedCreatePodSandBox.",
        bad: pod!("  hostname: Web_1\n  containers: [{name: web, image: nginx}]"),
        good: pod!("  hostname: web-1\n  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidatePodSpec, validatePodHostName; pkg/kubelet/util: GetNodenameForKernel",
    }
    UNUSED_HOSTNAME: Warning, "unused-hostname", "The host name in a Pod template is not used" => {
        explanation: "The controller sets the host name of each Pod. A StatefulSet writes the Pod's name into \
            `hostname` and its `serviceName` into `subdomain`. An indexed Job writes its name and the Pod's index \
            into `hostname`. What the template says there has no effect. Leave it out.",
        bad: yaml!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec: {hostname: primary, containers: [{name: db, image: postgres}]}"),
        good: yaml!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec: {containers: [{name: db, image: postgres}]}"),
        upstream: "k8s.io/kubernetes/pkg/controller/statefulset: initIdentity; pkg/controller/job: Controller.manageJob",
    }
    NO_CONTAINERS: Error, "no-containers", "The Pod has no containers" => {
        explanation: "A Pod needs at least one container; the API server refuses it otherwise. There is no \
            environment to explain.",
        bad: pod!("  containers: []"),
        good: pod!("  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateContainers",
    }
    VALUE_TOO_LONG: Error, "value-too-long", "A variable is longer than Linux allows" => {
        explanation: "`NAME=value` and its closing NUL byte take more than 128 KiB, the limit of Linux for a single \
            string. The container cannot start. Mount the value as a file.",
        bad: run!("kubectl pod-env -f web.yaml  # a ConfigMap of 200 KiB in one variable"),
        good: run!("kubectl pod-env -f web.yaml  # the ConfigMap is mounted as a volume"),
        upstream: "Linux, include/uapi/linux/binfmts.h: MAX_ARG_STRLEN",
    }
    ARGUMENT_TOO_LONG: Error, "argument-too-long", "An argument is longer than Linux allows" => {
        explanation: "A single string of `command` or `args` takes more than 128 KiB after its references are \
            replaced. Linux does not take a longer string, so the container cannot start. Mount the text as a file.",
        bad: run!("kubectl pod-env -f web.yaml  # args: [$(A)$(A)], where A has 100 KiB"),
        good: run!("kubectl pod-env -f web.yaml  # args: [--config, /etc/config]"),
        upstream: "Linux, include/uapi/linux/binfmts.h: MAX_ARG_STRLEN",
    }
    ENVIRONMENT_TOO_LONG: Error, "environment-too-long", "Arguments and environment together are longer than Linux allows" => {
        explanation: "All arguments and variables together, with a pointer for each, take more than 2 MiB. That is a \
            quarter of the usual stack limit of 8 MiB. The container cannot start. Mount long values as files.",
        bad: run!("kubectl pod-env -f web.yaml  # twenty variables of 120 KiB"),
        good: run!("kubectl pod-env -f web.yaml  # the values are mounted as a volume"),
        upstream: "Linux, fs/exec.c: bprm_stack_limits",
    }
    NUL_BYTE: Error, "nul-byte", "A value has a NUL byte" => {
        explanation: "A string of the environment ends at its first NUL byte, so no value can contain one. The \
            container cannot start; with containerd it ends with StartError. Mount the value as a file.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{secretRef: {name: key}}]}", "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {KEY: YQBi}"),
        good: pod!("  volumes: [{name: key, secret: {secretName: key}}]\n  containers:\n\
\x20 - {name: web, image: nginx, volumeMounts: [{name: key, mountPath: /key}]}"),
        upstream: "opencontainers/runc/libcontainer: prepareEnv; containerd/internal/cri/server: errorStartReason",
    }
    NOT_UTF8: Error, "not-utf8", "A value is not UTF-8" => {
        explanation: "Since Kubernetes 1.34 the kubelet cannot pass such a value to the container runtime, and the \
            container waits with CreateContainerError. Up to 1.33 the result depends on the runtime, which is a \
            warning. Mount the value as a file, or encode it.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{secretRef: {name: key}}]}", "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {KEY: /w==}"),
        good: pod!("  volumes: [{name: key, secret: {secretName: key}}]\n  containers:\n\
\x20 - {name: web, image: nginx, volumeMounts: [{name: key, mountPath: /key}]}"),
        upstream: "google.golang.org/protobuf/proto: Marshal; k8s.io/cri-api/pkg/apis/runtime/v1: KeyValue",
    }
}
