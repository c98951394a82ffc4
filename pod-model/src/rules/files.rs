//! Rules of files: what can be read, and what an object must say to be one.

rules! {
    SYNTAX: Error, "syntax", "The text is not valid YAML or JSON" => {
        explanation: "The document cannot be read, so nothing else about it is known. kubectl refuses it too, often \
            with the line number of another place. The position shown here is where reading failed.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web\nspec: {containers: []}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "sigs.k8s.io/yaml: YAMLToJSON; k8s.io/apimachinery/pkg/util/yaml: YAMLOrJSONDecoder",
    }
    MISSING_API_VERSION: Error, "missing-api-version", "The object has no apiVersion" => {
        explanation: "`apiVersion` and `kind` say which API an object belongs to. Without an `apiVersion`, kubectl \
            cannot validate the object and the API server cannot decode it.",
        bad: yaml!("kind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/kubectl/pkg/validation: getObjectKind; k8s.io/apimachinery/pkg/runtime/serializer/json: Serializer.Decode",
    }
    MISSING_KIND: Error, "missing-kind", "The object has no kind" => {
        explanation: "`apiVersion` and `kind` say which API an object belongs to. Without a `kind`, neither kubectl \
            nor the API server can decode the object.",
        bad: yaml!("apiVersion: v1\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured: unstructuredJSONScheme.Decode; k8s.io/apimachinery/pkg/runtime/serializer/json: Serializer.Decode",
    }
    UNKNOWN_KIND: Error, "unknown-kind", "The API has no such kind in this version" => {
        explanation: "The API group and version in `apiVersion` have no such kind, or not in the selected Kubernetes \
            version. An `apiVersion` that is not of the form GROUP/VERSION breaks this rule, too. Kinds of other \
            groups, such as custom resources, are not checked.",
        bad: yaml!("apiVersion: v1\nkind: Job\nmetadata: {name: migrate}"),
        good: yaml!("apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec:\n\
\x20 template:\n\
\x20   spec:\n\
\x20     restartPolicy: Never\n\
\x20     containers: [{name: migrate, image: busybox}]"),
        upstream: "k8s.io/kubernetes/api/openapi-spec/swagger.json; k8s.io/apimachinery/pkg/runtime/schema: ParseGroupVersion",
    }
    MISSING_NAME: Error, "missing-name", "The command needs the name of the object" => {
        explanation: "`apply` and `wait` ask the API server for an object by its apiVersion, kind and name. \
            `metadata.generateName` is only the beginning of a name, which the API server completes on creation. \
            Only `create` can use it: it accepts the bad example, which `apply` and `wait -f` refuse.",
        bad: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {generateName: web-}\nspec: {containers: [{name: web, image: nginx}]}"),
        good: yaml!("apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web, image: nginx}]}"),
        upstream: "k8s.io/kubectl/pkg/cmd/apply: ApplyOptions.applyOneObject",
    }
    INVALID_OBJECT_NAME: Error, "invalid-object-name", "A name in a possible Secret contains more than a name" => {
        explanation: "In a Secret with broken indentation, a line of a value can become part of the apiVersion, \
            kind, name or namespace. These appear in messages and URLs, so the object is refused before anything is \
            sent. Check the indentation of the lines that follow.",
        bad: yaml!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n    swordfish"),
        good: yaml!("apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  password: swordfish"),
        upstream: "none: pod-tools' own protection of the values of Secrets",
    }
    TOO_DEEP: Error, "too-deep", "The object nests deeper than any object of the API" => {
        explanation: "Lists and maps may be nested at most 500 levels deep. No object of the API comes near that, so \
            pod-tools does not send the object.",
        bad: run!("kubectl pod-tools create -f deep.json  # a value inside of 1,000 lists"),
        good: run!("kubectl pod-tools create -f deep.json  # a value inside of 10 lists"),
        upstream: "none: a limit of pod-tools; encoding/json stops at 10,000 levels",
    }
    BROKEN_LIST: Error, "broken-list", "A List has no list of items" => {
        explanation: "An object of kind `List`, or one with `items`, holds other objects. Its `items` must be a \
            list, and an item must not be a list of objects itself. kubectl cannot split up anything else, and no \
            API server stores it.",
        bad: yaml!("apiVersion: v1\nkind: List\nitems: {name: web}"),
        good: yaml!("apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: Namespace, metadata: {name: web}}]"),
        upstream: "k8s.io/apimachinery/pkg/apis/meta/v1/unstructured: unstructuredJSONScheme.Decode; k8s.io/cli-runtime/pkg/resource: FlattenListVisitor.Visit",
    }
}
