//! Rules of `explain-env` about the sources of variables: ConfigMaps, Secrets, fields,
//! resources and files.

rules! {
    INVALID_SOURCE: Error, "invalid-source", "A variable's source is not exactly one source" => {
        explanation: "A `valueFrom` must name one source and have no `value` beside it; an entry of `envFrom` must name \
            one of `configMapRef` and `secretRef`. The API server refuses everything else.",
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
        explanation: "The object exists without the key, and the container waits with CreateContainerConfigError. \
            Keys of `binaryData` do not count. Add the key, correct it, or set `optional: true`.",
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
        explanation: "The ConfigMap, Secret or key is optional and does not exist, so its variables are not set. The \
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
        explanation: "The API server refuses the ConfigMap or Secret of the file, so its variable is not set. Keys \
            consist of letters, digits, `-`, `_` and `.`, have at most 253 characters, and do not begin with `..`.",
        bad: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {\"db host\": db}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {DB_HOST: db}"),
        upstream: "k8s.io/apimachinery/pkg/util/validation: IsConfigMapKey",
    }
    FORBIDDEN: Warning, "forbidden", "The cluster does not allow a look-up" => {
        explanation: "You may not read an object or list, so what it brings is not known, and the verdict is `unknown` \
            where nothing else is wrong. Ask for the right, or give the objects with `-f`.",
        bad: run!("kubectl pod-env web  # you may not get Secrets"),
        good: run!("kubectl pod-env -f web.yaml -f secrets.yaml --offline"),
        upstream: "k8s.io/apimachinery/pkg/api/errors: NewForbidden",
    }
    NOT_LOOKED_UP: Warning, "not-looked-up", "A source was not looked up" => {
        explanation: "With `--offline`, only the objects of the files are known. The ConfigMap or Secret is not among \
            them, so what it brings is not known. Add it with `-f`, or ask the cluster.",
        bad: pod!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "none: says what is not known",
    }
    REPLACED_BY_ENVFROM: Info, "replaced-by-envfrom", "A source of envFrom replaces variables of an earlier one" => {
        explanation: "Two entries of `envFrom` bring variables of the same name, and the last one counts. Use a \
            `prefix`, or remove the key from one of them, if that is not meant.",
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
        explanation: "An entry of `envFrom` was not read, and variables of earlier entries may be replaced by it: their values \
            are not certain.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   envFrom: [{configMapRef: {name: app}}, {configMapRef: {name: unread}}]", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        good: pod_and!("  containers:\n\
\x20 - {name: web, image: nginx, envFrom: [{configMapRef: {name: app}}]}", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: app}\ndata: {HOST: db}"),
        upstream: "k8s.io/kubernetes/pkg/kubelet: makeEnvironmentVariables",
    }
    ABSENT_FIELD: Warning, "absent-field", "A label or annotation of the downward API is not set" => {
        explanation: "A `fieldRef` names a label or annotation that the Pod does not have. The variable is set to the \
            empty string. Set it in the Pod's metadata, or correct the key.",
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
        upstream: "k8s.io/kubernetes/pkg/fieldpath: ExtractFieldPathAsString",
    }
    UNSUPPORTED_FIELD: Error, "unsupported-field", "The downward API does not offer a field" => {
        explanation: "A `fieldRef` can name `metadata.name`, `namespace`, `uid`, `labels['KEY']`, `annotations['KEY']`, \
            `spec.nodeName`, `spec.serviceAccountName`, and the addresses of Pod and host. The API server refuses other fields.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {fieldRef: {fieldPath: spec.priority}}}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validEnvDownwardAPIFieldPathExpressions",
    }
    UNSUPPORTED_RESOURCE: Error, "unsupported-resource", "The downward API does not offer a resource" => {
        explanation: "A `resourceFieldRef` can name the requests and limits of CPU, memory, ephemeral storage and huge \
            pages, and its divisor must be one of that resource's. The API server refuses others.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.disk}}}]"),
        good: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env:\n\
\x20   - {name: A, valueFrom: {resourceFieldRef: {resource: limits.memory}}}"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: validateContainerResourceFieldSelector",
    }
    UNKNOWN_CONTAINER: Error, "unknown-container", "A resourceFieldRef names a container that the Pod does not have" => {
        explanation: "The API server accepts it, and the container waits with CreateContainerConfigError. Name a container or \
            init container of the Pod, or leave `containerName` out for the container itself.",
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
        explanation: "`fileKeyRef` depends on the feature gate EnvFiles, which is off by default before Kubernetes 1.35: \
            the API server drops or refuses the field.",
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
        upstream: "k8s.io/kubernetes/pkg/features: EnvFiles",
        until: V1_34,
    }
    UNKNOWN_VOLUME: Error, "unknown-volume", "A fileKeyRef does not name an emptyDir volume of the Pod" => {
        explanation: "The file of a `fileKeyRef` lies in a volume of the Pod, which must be an emptyDir. The API server \
            refuses everything else.",
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
        explanation: "The kubelet reads the file when the container starts. The first init container finds an \
            empty volume and waits with CreateContainerConfigError, even if the key is optional. Write the file in an \
            init container that stands before it.",
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
        upstream: "k8s.io/kubernetes/pkg/kubelet/util/env: ParseEnv",
        since: V1_35,
    }
}
