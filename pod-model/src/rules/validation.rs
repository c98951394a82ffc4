//! Rules of the API server's validation: what the schema allows and creation
//! refuses. Their ids are upstream's classes of errors
//! (`k8s.io/apimachinery/pkg/util/validation/field`).

rules! {
    REQUIRED: Error, "required", "The API server requires a value" => {
        explanation: "The schema allows the field to be absent or empty, but the API server refuses a new object \
            without it. With `apply` it is a warning where an existing object may already have the value.",
        bad: pod!("  containers: [{name: web}]"),
        good: pod!("  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidatePodCreate; pkg/apis/batch/validation: ValidateJob (FieldValueRequired)",
    }
    INVALID: Error, "invalid", "The API server refuses a value" => {
        explanation: "The value has the right type, but the API server refuses it on creation: a name that is not a \
            DNS label, a port out of range, a negative duration, or fields that contradict each other.",
        bad: pod!("  containers: [{name: Web_1, image: nginx}]"),
        good: pod!("  containers: [{name: web-1, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidatePodCreate; pkg/apis/batch/validation: ValidateJob (FieldValueInvalid)",
    }
    FORBIDDEN_FIELD: Error, "forbidden-field", "A field may not be set here" => {
        explanation: "The field exists, but the API server does not allow it in this place or together with other \
            fields. An example is a readiness probe of an init container without `restartPolicy: Always`.",
        bad: pod!("  initContainers:\n\
\x20 - {name: prepare, image: busybox, readinessProbe: {tcpSocket: {port: 80}}}\n  containers: [{name: web, image: nginx}]"),
        good: pod!("  initContainers: [{name: prepare, image: busybox}]\n  containers:\n\
\x20 - {name: web, image: nginx, readinessProbe: {tcpSocket: {port: 80}}}"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidatePodCreate; pkg/apis/batch/validation: ValidateJob (FieldValueForbidden)",
    }
    DUPLICATE: Error, "duplicate", "A value that must be unique occurs twice" => {
        explanation: "Names of containers, volumes, ports and the like must be unique within the Pod or container. \
            The API server refuses the object on creation.",
        bad: pod!("  containers: [{name: web, image: nginx}, {name: web, image: httpd}]"),
        good: pod!("  containers: [{name: web, image: nginx}, {name: proxy, image: httpd}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidatePodCreate; pkg/apis/batch/validation: ValidateJob (FieldValueDuplicate)",
    }
    NOT_FOUND: Error, "not-found", "A reference within the object has no target" => {
        explanation: "A field names something that the same object must define and does not, such as a volume mount \
            without its volume. With `apply` it is a warning where an existing object may already define it.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   volumeMounts: [{name: data, mountPath: /data}]"),
        good: pod!("  volumes: [{name: data, emptyDir: {}}]\n  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   volumeMounts: [{name: data, mountPath: /data}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidateVolumeMounts (FieldValueNotFound)",
    }
    NOT_SUPPORTED: Error, "not-supported", "A value is not one of the supported values" => {
        explanation: "The field takes one of a fixed set of values, and this is none of them. Values are \
            case-sensitive. The help suggests the nearest value, or lists all of them.",
        bad: pod!("  restartPolicy: never\n  containers: [{name: web, image: nginx}]"),
        good: pod!("  restartPolicy: Never\n  containers: [{name: web, image: nginx}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/core/validation: ValidatePodCreate; pkg/apis/batch/validation: ValidateJob (FieldValueNotSupported)",
    }
    TOO_LONG: Error, "too-long", "A value is longer than allowed" => {
        explanation: "The API server limits the length of a text: 63 characters for `managedBy` of a Job, 256 KiB \
            for all annotations together. Before Kubernetes 1.36 a few limits of lists have the same error, such \
            as 20 items of `restartPolicyRules`.",
        bad: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec:\n  managedBy:\n    example.com/a-controller-with-a-name-that-has-more-than-63-letters\n  template:\n\
\x20   spec:\n\
\x20     restartPolicy: Never\n\
\x20     containers: [{name: migrate, image: busybox}]"),
        good: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec:\n  managedBy: example.com/a-controller\n  template:\n\
\x20   spec:\n\
\x20     restartPolicy: Never\n\
\x20     containers: [{name: migrate, image: busybox}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/batch/validation: validateJobSpec; pkg/apis/core/validation: ValidateAnnotations, validateContainerRestartPolicy (FieldValueTooLong)",
    }
    TOO_MANY: Error, "too-many", "A list has more items than allowed" => {
        explanation: "The API server limits the number of items: a Pod failure policy has at most 20 rules, and from \
            Kubernetes 1.36 on `restartPolicyRules` of a container, too.",
        bad: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec:\n  podFailurePolicy:\n    rules:\n    - &rule {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n    - *rule\n  template:\n\
\x20   spec:\n\
\x20     restartPolicy: Never\n\
\x20     containers: [{name: migrate, image: busybox}]"),
        good: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec:\n  podFailurePolicy:\n    rules:\n    - {action: Ignore, onPodConditions: [{type: DisruptionTarget}]}\n  template:\n\
\x20   spec:\n\
\x20     restartPolicy: Never\n\
\x20     containers: [{name: migrate, image: busybox}]"),
        upstream: "k8s.io/kubernetes/pkg/apis/batch/validation: validatePodFailurePolicy; pkg/apis/core/validation: validateContainerRestartPolicy (FieldValueTooMany)",
    }
    INVALID_IMAGE_NAME: Error, "invalid-image-name", "An image reference cannot be parsed" => {
        explanation: "The API server takes any text without spaces around it as an image. The kubelet cannot parse \
            this one, so the container waits with InvalidImageName until the image is corrected. Often a placeholder \
            was not replaced, or a letter is upper-case.",
        bad: pod!("  containers: [{name: web, image: \"<your-image>\"}]"),
        good: pod!("  containers: [{name: web, image: registry.example.com/team/web:1.2}]"),
        upstream: "k8s.io/kubernetes/pkg/kubelet/images: EnsureImageExists, applyDefaultImageTag",
    }
}
