//! Rules of create and apply: what is sent, and what the server answers.

rules! {
    SERVER_FIELD: Error, "server-field", "A field is set that only the server writes" => {
        explanation: "The file was probably written by `kubectl get -o yaml`. `create` refuses a `resourceVersion`; \
            kubectl removes it instead. `apply` refuses `managedFields`, and a `resourceVersion` that is not a \
            number. The API server ignores other such fields, like `uid` and `status`. `create` mentions them as \
            information if the file has a `uid`.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web, resourceVersion: \"5\"}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/apiserver/pkg/storage/etcd3: store.Create; k8s.io/apiserver/pkg/registry/generic/registry: Store.Update; k8s.io/apimachinery/pkg/util/managedfields/internal: structuredMergeManager.Apply",
    }
    NAMESPACE_MISMATCH: Error, "namespace-mismatch", "The object is in another namespace than the command" => {
        explanation: "The manifest names one namespace, and `-n` names another. kubectl refuses that too. Leave out \
            one of them.",
        bad: run!("kubectl pod-tools create -n test -f web.yaml  # it has `namespace: prod`"),
        good: run!("kubectl pod-tools create -n prod -f web.yaml"),
        upstream: "k8s.io/cli-runtime/pkg/resource: RequireNamespace",
    }
    GATED_FIELD: Warning, "gated-field", "A field requires a feature gate that is off by default" => {
        explanation: "The version has the field, but only for clusters that turn its feature gate on. Others drop the field \
            before they look at it, or refuse the object. `create` warns once for each gate of an object; \
            `--kubernetes-version` chooses another version than the server's.",
        bad: pod!("  containers: [{name: web, image: nginx, lifecycle: {stopSignal: SIGQUIT}}]\n  os: {name: linux}"),
        good: pod!("  containers: [{name: web, image: nginx}]\n  os: {name: linux}"),
        upstream: "k8s.io/kubernetes/pkg/api/pod: DropDisabledPodFields",
    }
    HELD_BACK: Info, "held-back", "Valid objects are not sent because their file is broken" => {
        explanation: "`create` sends nothing that follows the first syntax error of a file, as kubectl does. `apply` \
            sends nothing at all from a file with a syntax error: the broken part may belong to an object before it.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: later}"),
        good: yaml!("apiVersion: v1\nkind: Namespace\nmetadata: {name: later}"),
        upstream: "k8s.io/cli-runtime/pkg/resource: StreamVisitor.Visit",
    }
    CONFLICT: Error, "conflict", "Another field manager owns a field" => {
        explanation: "Server-side apply refuses to change a field that another manager, such as a controller or another \
            tool, has set to another value. Leave the field out of the manifest, or take it over with \
            `--force-conflicts`.",
        bad: run!("kubectl pod-tools apply -f web.yaml  # `kubectl edit` changed the image"),
        good: run!("kubectl pod-tools apply -f web.yaml --force-conflicts"),
        upstream: "k8s.io/apimachinery/pkg/util/managedfields/internal: NewConflictError",
    }
    REFUSED_BY_SERVER: Error, "refused-by-server", "The server refused the object" => {
        explanation: "The API server or an admission controller answered with an error. If the answer names fields, \
            each one is shown at its line. Otherwise the message is shown for the whole object.",
        bad: run!("kubectl pod-tools create -f web.yaml  # a Pod `web` exists"),
        good: run!("kubectl pod-tools create -f web.yaml  # after `kubectl delete pod web`"),
        upstream: "k8s.io/apimachinery/pkg/api/errors: NewInvalid, NewAlreadyExists, NewForbidden",
    }
}
