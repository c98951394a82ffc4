//! Rules of files: what can be read, and what an object must say to be one.

rules! {
    SYNTAX: Error, "syntax", "The text is not valid YAML or JSON" => {
        explanation: "The document cannot be read. kubectl would refuse it too, mostly with a line number of another \
            place; here the position is the one where reading failed. Everything else about the document is unknown.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web\nspec: {containers: []}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "sigs.k8s.io/yaml: YAMLToJSON; k8s.io/apimachinery/pkg/util/yaml: YAMLOrJSONDecoder",
    }
    MISSING_API_VERSION: Error, "missing-api-version", "The object has no apiVersion" => {
        explanation: "`apiVersion` and `kind` say which API an object belongs to. Without them neither kubectl nor the \
            API server can decode it.",
        bad: yaml!("kind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured: unstructuredJSONScheme.Decode",
    }
    MISSING_KIND: Error, "missing-kind", "The object has no kind" => {
        explanation: "`apiVersion` and `kind` say which API an object belongs to. Without them neither kubectl nor the \
            API server can decode it.",
        bad: yaml!("apiVersion: v1\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured: unstructuredJSONScheme.Decode",
    }
    UNKNOWN_KIND: Error, "unknown-kind", "The API has no such kind in this version" => {
        explanation: "The kind does not exist in the API group and version that `apiVersion` names, or not in the \
            Kubernetes version whose rules apply. Kinds of other groups, such as custom resources, are not judged.",
        bad: yaml!("apiVersion: v1\nkind: Job\nmetadata: {name: migrate}"),
        good: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec:\n\
\x20 template:\n\
\x20   spec:\n\
\x20     restartPolicy: Never\n\
\x20     containers: [{name: migrate, image: busybox}]"),
        upstream: "k8s.io/kubernetes/api/openapi-spec",
    }
    MISSING_NAME: Error, "missing-name", "The command needs the name of the object" => {
        explanation: "`apply` and `wait` ask the server for an object by its apiVersion, kind and name. With \
            `metadata.generateName` alone the server makes the name up on creation, so only `create` can use it.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/kubectl/pkg/cmd/apply: ApplyOptions.applyOneObject",
    }
    INVALID_OBJECT_NAME: Error, "invalid-object-name", "A name in what may be a Secret contains more than a name" => {
        explanation: "In a Secret with broken indentation, a line of a value can become part of the name, kind or \
            namespace. Names are shown in messages and URLs, so such an object is refused before anything is sent. \
            Check the indentation of the lines that follow.",
        bad: yaml!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n    swordfish"),
        good: yaml!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: swordfish"),
        upstream: "none: protects the values of Secrets",
    }
    TOO_DEEP: Error, "too-deep", "The object nests deeper than any object of the API" => {
        explanation: "Lists and maps are nested more than 500 deep, beyond what the decoders here follow. No object of the API \
            comes near it, so the object is not sent.",
        bad: run!("kubectl pod-tools create -f deep.json  # a value inside of 1,000 lists"),
        good: run!("kubectl pod-tools create -f web.json"),
        upstream: "none: protects the reader; encoding/json stops at 10,000",
    }
    BROKEN_LIST: Error, "broken-list", "A List has no list of items" => {
        explanation: "An object of kind `List`, or one with `items`, holds other objects. Its `items` must be a list, \
            and no item may be a list itself: kubectl cannot take it apart, and no server stores it.",
        bad: yaml!("apiVersion: v1\nkind: List\nitems: {name: web}"),
        good: yaml!("apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Namespace, metadata: {name: web}}]"),
        upstream: "k8s.io/cli-runtime/pkg/resource: FlattenListVisitor.Visit",
    }
}
