//! Rules of admission: what the API server does to a Pod before it stores it.

rules! {
    REFUSED_ON_CREATE: Error, "refused-on-create", "The API server refuses the Pod" => {
        explanation: "The Pod that admission makes of this one is not stored: validation refuses it, or a plugin such as \
            LimitRanger, RuntimeClass or Priority. Of a Job, Deployment or other owner the object itself may be taken, and \
            its Pods are refused later (FailedCreate). The message names the part of the server and the HTTP status; a \
            server ends at the first refusal, here all are listed.",
        bad: pod_and!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   resources: {requests: {memory: 4Gi}}", "apiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec:\n  limits:\n  - {type: Container, max: {memory: 2Gi}}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  securityContext:\n    runAsNonRoot: true\n    runAsUser: 1000\n    seccompProfile: {type: RuntimeDefault}\n  containers:\n  - name: web\n    image: nginx\n    resources: {requests: {memory: 1Gi}}\n    securityContext:\n      allowPrivilegeEscalation: false\n      capabilities: {drop: [ALL]}\n---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec:\n  limits:\n  - {type: Container, max: {memory: 2Gi}}"),
        upstream: "k8s.io/kubernetes/pkg/kubeapiserver/options: AllOrderedPlugins; pkg/apis/core/validation: ValidatePodCreate",
    }
}
