//! Rules of `explain-env` about the sources of variables: ConfigMaps, Secrets, fields,
//! resources and files.

rules! {
    INVALID_SOURCE: Error, "invalid-source", "A variable does not have exactly one source" => {
        explanation: "A `valueFrom` must name exactly one source, with no `value` beside it. An entry of `envFrom` \
            must name either `configMapRef` or `secretRef`. The API server refuses everything else.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - {name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateEnvVarValueFrom, ValidateEnvFrom",
    }
    MISSING_CONFIGMAP: Error, "missing-configmap", "A required ConfigMap does not exist" => {
        explanation: "The container waits with CreateContainerConfigError until the ConfigMap exists in the Pod's \
            namespace. Create it, correct the name, or set `optional: true`.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    MISSING_SECRET: Error, "missing-secret", "A required Secret does not exist" => {
        explanation: "The container waits with CreateContainerConfigError until the Secret exists in the Pod's \
            namespace. Create it, correct the name, or set `optional: true`.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{secretRef: {name: db}}]}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{secretRef: {name: db}}]}", "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {PASSWORD: swordfish}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    MISSING_KEY: Error, "missing-key", "A required key is not in its ConfigMap or Secret" => {
        explanation: "The ConfigMap or Secret exists without the key, and the container waits with \
            CreateContainerConfigError. Keys of `binaryData` do not count. Add the key, correct it, or set \
            `optional: true`.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - {name: HOST, valueFrom: {configMapKeyRef: {name: app, key: hots}}}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {host: db}"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - {name: HOST, valueFrom: {configMapKeyRef: {name: app, key: host}}}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {host: db}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    OPTIONAL_MISSING: Info, "optional-missing", "An optional source does not exist" => {
        explanation: "The ConfigMap, Secret or key is optional and does not exist, so it sets no variable. The \
            container starts.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app, optional: true}}]"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app, optional: true}}]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    INVALID_KEY: Error, "invalid-key", "A key of a ConfigMap or Secret is not valid" => {
        explanation: "The file has a ConfigMap or Secret with a key that the API server refuses, so there is no \
            variable of that name. Keys consist of letters, digits, `-`, `_` and `.`, and have at most 253 \
            characters. They are not `.`, and do not begin with `..`.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {\"db host\": db}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {DB_HOST: db}"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidateConfigMap, ValidateSecret; k8s.io/apimachinery/pkg/util/validation: IsConfigMapKey",
    }
    FORBIDDEN: Warning, "forbidden", "The cluster does not let you read an object" => {
        explanation: "You may not read an object or a list, so its values are not known. The verdict is `unknown` \
            unless something else is wrong. Ask for the right to read it, or give the objects with `-f`.",
        bad: run!("kubectl pod-env web  # you may not get Secrets"),
        good: run!("kubectl pod-env -f web.yaml -f secrets.yaml --offline"),
        upstream: "k8s.io/apimachinery/pkg/api/errors: NewForbidden",
    }
    NOT_LOOKED_UP: Warning, "not-looked-up", "A source was not looked up" => {
        explanation: "With `--offline`, only the objects of the files are known. The ConfigMap or Secret is not \
            among them, so its values are not known. Add it with `-f`, or leave out `--offline`.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "none: marks what is not known",
    }
    REPLACED_BY_ENVFROM: Info, "replaced-by-envfrom", "A source of envFrom replaces variables of an earlier one" => {
        explanation: "Two entries of `envFrom` set variables of the same name, and the last one counts. If that is \
            not intended, use a `prefix`, or remove the key from one of them.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app}}, {secretRef: {name: db}}]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {HOST: other}"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom:\n\
\x20   - {configMapRef: {name: app}}\n\
\x20   - {secretRef: {name: db}, prefix: DB_}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {HOST: other}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    MAY_BE_REPLACED: Warning, "may-be-replaced", "A source that was not read may replace variables" => {
        explanation: "An entry of `envFrom` was not read. It may replace variables of the entries before it, so \
            their values are not certain.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app}}, {configMapRef: {name: unread}}]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    ABSENT_FIELD: Warning, "absent-field", "A label or annotation of the downward API is not set" => {
        explanation: "A `fieldRef` names a label or annotation that the Pod does not have. The variable becomes the \
            empty string. Set the label or annotation in the Pod's metadata, or correct the key.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: TIER\n\
\x20     valueFrom: {fieldRef: {fieldPath: \"metadata.labels['tier']\"}}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {tier: front}}\nspec:\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: TIER\n\
\x20     valueFrom: {fieldRef: {fieldPath: \"metadata.labels['tier']\"}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: podFieldSelectorRuntimeValue; pkg/fieldpath: ExtractFieldPathAsString",
    }
    UNSUPPORTED_FIELD: Error, "unsupported-field", "The downward API does not offer a field" => {
        explanation: "A `fieldRef` of `env` can name `metadata.name`, `metadata.namespace`, `metadata.uid`, \
            `metadata.labels['KEY']`, `metadata.annotations['KEY']`, `spec.nodeName`, `spec.serviceAccountName`, \
            `status.hostIP`, `status.hostIPs`, `status.podIP` and `status.podIPs`. The API server refuses other \
            fields.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.priority}}}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateObjectFieldSelector",
    }
    UNSUPPORTED_RESOURCE: Error, "unsupported-resource", "The downward API does not offer a resource" => {
        explanation: "A `resourceFieldRef` can name the requests and limits of CPU, memory, ephemeral storage and \
            huge pages. Its divisor is `1m` or `1` for CPU, and `1` or a unit such as `1k` or `1Mi` for the others. \
            The API server refuses anything else.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.disk}}}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - {name: A, valueFrom: {resourceFieldRef: {resource: limits.memory}}}"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateContainerResourceFieldSelector, validateContainerResourceDivisor",
    }
    UNKNOWN_CONTAINER: Error, "unknown-container", "A resourceFieldRef names a container that the Pod does not have" => {
        explanation: "The API server accepts the name, and the container waits with CreateContainerConfigError. Name \
            a container or init container of the Pod, or leave out `containerName` to mean this container.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom:\n\
\x20       resourceFieldRef: {containerName: wbe, resource: limits.memory}"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom:\n\
\x20       resourceFieldRef: {containerName: web, resource: limits.memory}"),
        upstream: "k8s.io/kubernetes/pkg/api/v1/resource: ExtractResourceValueByContainerName",
    }
    FEATURE_GATE: Error, "feature-gate", "A field is not on by default in this version" => {
        explanation: "`fileKeyRef` requires the feature gate EnvFiles, which is off by default in Kubernetes 1.34 \
            and does not exist before. The API server drops the field, and then refuses the `valueFrom` that has no \
            source any more. With strict validation, a server before 1.34 refuses the unknown field itself.",
        bad: pod!("  volumes: [{name: config, emptyDir: {}}]\n  initContainers:\n\
\x20 - name: write\n\
\x20   image: busybox\n\
\x20   volumeMounts: [{name: config, mountPath: /c}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom: {fileKeyRef: {volumeName: config, path: app.env, key: A}}"),
        good: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {configMapKeyRef: {name: app, key: A}}}]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {A: x}"),
        upstream: "k8s.io/kubernetes/pkg/features: EnvFiles; pkg/api/pod: dropFileKeyRefInUse; pkg/apis/core/validation: validateEnvVarValueFrom",
        until: V1_34,
    }
    UNKNOWN_VOLUME: Error, "unknown-volume", "A fileKeyRef does not name an emptyDir volume of the Pod" => {
        explanation: "A `fileKeyRef` reads its file from a volume of the Pod, which must be an emptyDir. The API \
            server refuses any other volume.",
        bad: pod!("  initContainers: [{name: write, image: busybox}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom: {fileKeyRef: {volumeName: config, path: app.env, key: A}}"),
        good: pod!("  volumes: [{name: config, emptyDir: {}}]\n  initContainers:\n\
\x20 - name: write\n\
\x20   image: busybox\n\
\x20   volumeMounts: [{name: config, mountPath: /c}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom: {fileKeyRef: {volumeName: config, path: app.env, key: A}}"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateFileKeyRefVolumes",
        since: V1_35,
    }
    FILE_NOT_WRITTEN: Error, "file-not-written", "No earlier container can have written the file of a fileKeyRef" => {
        explanation: "The kubelet reads the file when it creates the container. For the first init container the \
            volume is still empty, so that container waits with CreateContainerConfigError, even if the key is \
            optional. Let an earlier init container write the file.",
        bad: pod!("  volumes: [{name: config, emptyDir: {}}]\n  initContainers:\n\
\x20 - name: migrate\n\
\x20   image: busybox\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom: {fileKeyRef: {volumeName: config, path: app.env, key: A}}\n  containers: [{name: web, image: nginx}]"),
        good: pod!("  volumes: [{name: config, emptyDir: {}}]\n  initContainers:\n\
\x20 - name: write\n\
\x20   image: busybox\n\
\x20   volumeMounts: [{name: config, mountPath: /c}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - name: A\n\
\x20     valueFrom: {fileKeyRef: {volumeName: config, path: app.env, key: A}}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables; pkg/kubelet/util/env: ParseEnv",
        since: V1_35,
    }
}
