//! Rules of `explain-env`: the environment that the kubelet builds.

rules! {
    UNRESOLVED_REFERENCE: Error, "unresolved-reference", "A $(NAME) refers to no variable that is defined before it" => {
        explanation: "In `env`, `command` and `args` the kubelet replaces `$(NAME)` by the variable's value. Only \
            variables from `envFrom`, Services and earlier entries of `env` count; otherwise the text stays as it is. In a \
            `subPathExpr` a missing or empty variable keeps the container from starting. Define the variable earlier, \
            or write `$$(NAME)` for the text.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: URL, value: \"http://$(HOST)\"}, {name: HOST, value: db}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: HOST, value: db}, {name: URL, value: \"http://$(HOST)\"}]"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand; pkg/kubelet: makeEnvironmentVariables",
    }
    UNKNOWN_REFERENCE: Warning, "unknown-reference", "A $(NAME) may come from a source that was not read" => {
        explanation: "Nothing that was read defines the variable, but a ConfigMap, Secret or Service that could not be \
            read may define it. Whether the reference is replaced is not known.",
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
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    DUPLICATE_NAME: Warning, "duplicate-name", "Two entries of env have the same name" => {
        explanation: "The API server accepts it on `create`, and the last value counts; server-side apply refuses it. \
            References between the two see the first value.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, value: one}, {name: A, value: two}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: A, value: two}]}]"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    INVALID_NAME: Error, "invalid-name", "The API server refuses the name of a variable" => {
        explanation: "A variable's name, or the prefix of an `envFrom`, has characters that this Kubernetes version does \
            not allow. Since 1.32 all printable ASCII characters but `=` are allowed; before, letters, digits, `-`, `_` and `.`, \
            not beginning with a digit or with `..`.",
        bad: pod!("  containers: [{name: web, image: nginx, env: [{name: \"A=B\", value: x}]}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: A_B, value: x}]}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidateEnv; k8s.io/apimachinery/pkg/util/validation: IsEnvVarName, IsRelaxedEnvVarName",
    }
    SHELL_VARIABLE: Warning, "shell-variable", "A variable in a script is replaced by the shell" => {
        explanation: "In a script behind `sh -c`, `$NAME` and `${NAME}` are the shell's, not Kubernetes'. A variable that \
            nothing sets becomes empty, which is a warning; one that is set is only mentioned.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, \"exec server --port $PORT\"]}"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, exec server --port 80]}"),
        upstream: "POSIX.1-2024, Shell Command Language, 2.6.2 Parameter Expansion",
    }
    SHELL_SUBSTITUTION: Info, "shell-substitution", "A $(…) in a script is left to the shell" => {
        explanation: "`$(date)` in a script is no reference to a variable: Kubernetes leaves it as it is, and the shell \
            runs the command. That is mostly what is meant.",
        bad: pod!("  containers: [{name: web, image: nginx, command: [sh, -c, echo $(date)]}]"),
        good: pod!("  containers: [{name: web, image: nginx, command: [sh, -c, date]}]"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand",
    }
    SHELL_PROCESS_ID: Info, "shell-process-id", "A $$ in a script becomes a single $" => {
        explanation: "`$$` is Kubernetes' escape for `$` in `command`, `args` and the commands of probes, so the shell does \
            not see its own process id. Write `$$$$` for that.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, echo $$ > /tmp/pid]}"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, command: [sh, -c, echo $$$$ > /tmp/pid]}"),
        upstream: "k8s.io/kubernetes/third_party/forked/golang/expansion: Expand",
    }
    NOT_EXPANDED: Warning, "not-expanded", "A $(NAME) in the command of a probe or hook is not expanded" => {
        explanation: "The kubelet runs the command of a hook as it stands, and that of a probe with the text of `env` \
            only: `envFrom` and `valueFrom` do not count, and a value's own references are not replaced. Let a shell \
            in the container replace the variable.",
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
        upstream: "k8s.io/kubernetes/pkg/kubelet/prober: prober.runProbe; pkg/kubelet/lifecycle: handlerRunner.Run",
    }
    NOT_SHELL_NAME: Info, "not-shell-name", "A POSIX shell cannot refer to a variable" => {
        explanation: "The variable is set, but `$db.host` is not a name in a shell, and some shells do not hand such \
            variables on to programs. `$(db.host)` refers to it in the manifest.",
        bad: pod!("  containers: [{name: web, image: nginx, env: [{name: db.host, value: db}]}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: DB_HOST, value: db}]}]"),
        upstream: "POSIX.1-2024, Base Definitions, 3.216 Name",
    }
    OVERRIDES_SERVICE_LINK: Warning, "overrides-service-link", "A variable replaces one that a Service brings" => {
        explanation: "The kubelet sets variables such as `DB_SERVICE_HOST` for each Service of the namespace. A variable of `env` or \
            `envFrom` with the same name wins. Rename it, or set `enableServiceLinks: false`.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: DB_PORT, value: \"5432\"}]}", "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 5432}]}"),
        good: pod_and!("  enableServiceLinks: false\n  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: DB_PORT, value: \"5432\"}]}", "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 5432}]}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/envvars: FromServices",
    }
    OVERRIDES_PATH: Warning, "overrides-path", "A variable replaces the image's PATH" => {
        explanation: "Programs of the image are looked for in its PATH. `$(PATH)` does not stand for it, since Kubernetes does \
            not know the image's variables: write out all directories.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: PATH, value: /app/bin}]}"),
        good: pod!("  containers: [{name: web, image: nginx, command: [/app/bin/server]}]"),
        upstream: "k8s.io/cri-api: ContainerConfig.envs; opencontainers/runtime-spec: process.env",
    }
    SERVICE_LINK_COLLISION: Warning, "service-link-collision", "Two Services make the same variable" => {
        explanation: "The names of two Services lead to the same variable with different values; which one wins is \
            chance. Use the Services' DNS names, and set `enableServiceLinks: false`.",
        bad: pod_and!("  containers: [{name: web, image: nginx}]", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a-port-80-tcp}\nspec: {clusterIP: 10.0.0.2, ports: [{port: 80}]}"),
        good: pod_and!("  enableServiceLinks: false\n  containers: [{name: web, image: nginx}]", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {clusterIP: 10.0.0.1, ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: a-port-80-tcp}\nspec: {clusterIP: 10.0.0.2, ports: [{port: 80}]}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/envvars: FromServices",
    }
    INVALID_SUB_PATH: Error, "invalid-sub-path", "A subPathExpr does not lead to a directory of the volume" => {
        explanation: "After its variables are replaced, a `subPathExpr` must be a relative path without `..`. Otherwise the API \
            server refuses the Pod, or the container waits with CreateContainerConfigError.",
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
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeMounts; pkg/volume/validation: ValidatePathNoBacksteps",
    }
    FORBIDDEN_SUB_PATH: Error, "forbidden-sub-path", "An ephemeral container has a subPathExpr" => {
        explanation: "An ephemeral container can mount a volume as a whole only. The API server refuses its `subPathExpr`.",
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
    INVALID_HOSTNAME: Error, "invalid-hostname", "The Pod cannot have its host name" => {
        explanation: "The `hostname` or `hostnameOverride` is not a DNS name, or the Pod's name cannot become one. The API \
            server refuses the Pod, or the kubelet cannot create it.",
        bad: pod!("  hostname: Web_1\n  containers: [{name: web, image: nginx}]"),
        good: pod!("  hostname: web-1\n  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: GeneratePodHostNameAndDomain; pkg/apis/core/validation: validateHostnameOverride",
    }
    UNUSED_HOSTNAME: Warning, "unused-hostname", "A host name of a template is not used" => {
        explanation: "The controller gives each Pod its own host name: a StatefulSet by name, ordinal and `serviceName`, an indexed Job \
            by name and index. `hostname` and `subdomain` of the template have no effect. Leave them out.",
        bad: yaml!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec: {hostname: primary, containers: [{name: db, image: postgres}]}"),
        good: yaml!("apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec: {containers: [{name: db, image: postgres}]}"),
        upstream: "k8s.io/kubernetes/pkg/controller/statefulset: initIdentity; pkg/controller/job: manageJob",
    }
    NO_CONTAINERS: Error, "no-containers", "The Pod has no containers" => {
        explanation: "A Pod needs at least one container; the API server refuses it without. There is no environment to explain.",
        bad: pod!("  containers: []"),
        good: pod!("  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateContainers",
    }
    VALUE_TOO_LONG: Error, "value-too-long", "A variable is longer than Linux allows" => {
        explanation: "`NAME=value` with its NUL byte takes more than 128 KiB, the kernel's limit for a single string: the container \
            cannot start. Mount the value as a file.",
        bad: run!("kubectl pod-env -f web.yaml  # a ConfigMap of 200 KiB in one variable"),
        good: run!("kubectl pod-env -f web.yaml  # the ConfigMap is mounted as a volume"),
        upstream: "Linux, include/uapi/linux/binfmts.h: MAX_ARG_STRLEN",
    }
    ARGUMENT_TOO_LONG: Error, "argument-too-long", "An argument is longer than Linux allows" => {
        explanation: "A single string of `command` or `args` takes more than 128 KiB after its references are replaced: the container \
            cannot start. Mount the text as a file.",
        bad: run!("kubectl pod-env -f web.yaml  # args: [$(A)$(A)], where A has 100 KiB"),
        good: run!("kubectl pod-env -f web.yaml  # args: [--config, /etc/config]"),
        upstream: "Linux, include/uapi/linux/binfmts.h: MAX_ARG_STRLEN",
    }
    ENVIRONMENT_TOO_LONG: Error, "environment-too-long", "Arguments and environment together are longer than Linux allows" => {
        explanation: "All strings together, with a pointer for each, take more than 2 MiB, a quarter of the usual stack limit: \
            the container cannot start. Mount what is long as files.",
        bad: run!("kubectl pod-env -f web.yaml  # twenty variables of 120 KiB"),
        good: run!("kubectl pod-env -f web.yaml  # the values are mounted as a volume"),
        upstream: "Linux, fs/exec.c: bprm_stack_limits",
    }
    NUL_BYTE: Error, "nul-byte", "A value has a NUL byte" => {
        explanation: "A string of the environment ends at its first NUL byte, so none can hold one: the container fails with StartError. Mount \
            the value as a file.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{secretRef: {name: key}}]}", "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {KEY: YQBi}"),
        good: pod!("  volumes: [{name: key, secret: {secretName: key}}]\n  containers:\n\
\x20 - {name: web, image: nginx, volumeMounts: [{name: key, mountPath: /key}]}"),
        upstream: "opencontainers/runc, libcontainer: prepareEnv",
    }
    NOT_UTF8: Error, "not-utf8", "A value is not UTF-8" => {
        explanation: "Since Kubernetes 1.34 the kubelet cannot hand such a value to the container runtime: the container \
            waits with CreateContainerError. Before, it depends on the runtime what becomes of it, which is a warning. Mount the value as a file, or \
            encode it.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{secretRef: {name: key}}]}", "apiVersion: v1\nkind: Secret\nmetadata: {name: key}\ndata: {KEY: /w==}"),
        good: pod!("  volumes: [{name: key, secret: {secretName: key}}]\n  containers:\n\
\x20 - {name: web, image: nginx, volumeMounts: [{name: key, mountPath: /key}]}"),
        upstream: "google.golang.org/protobuf/proto: Marshal; k8s.io/cri-api: KeyValue",
    }
}
