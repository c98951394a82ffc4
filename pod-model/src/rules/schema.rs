//! Rules of the API's schema: fields, types, and lists with keys.

rules! {
    UNKNOWN_FIELD: Error, "unknown-field", "The API has no such field" => {
        explanation: "The type has no such field in this Kubernetes version. With strict validation the API server \
            refuses the object; otherwise it drops the field. The help suggests the nearest known field, or the \
            place where a field of that name belongs.",
        bad: pod!("  containers: [{name: web, image: nginx, imagePullPolice: Always}]"),
        good: pod!("  containers: [{name: web, image: nginx, imagePullPolicy: Always}]"),
        upstream: "k8s.io/kubernetes/api/openapi-spec/swagger.json; sigs.k8s.io/json: UnmarshalStrict",
    }
    DUPLICATE_KEY: Error, "duplicate-key", "A mapping has the same key twice" => {
        explanation: "Only the last of two equal keys counts; the other one is lost. With strict validation the API \
            server refuses such an object. kubectl drops the first key when it converts YAML to JSON, so the API \
            server does not see it.",
        bad: pod!("  containers: [{name: web, image: nginx, image: httpd}]"),
        good: pod!("  containers: [{name: web, image: nginx}]"),
        upstream: "sigs.k8s.io/json: UnmarshalStrict; sigs.k8s.io/yaml: YAMLToJSONStrict",
    }
    WRONG_TYPE: Error, "wrong-type", "A value has a type that its field does not take" => {
        explanation: "The API server cannot decode the value. It is a number where the field takes a string, or a \
            string where it takes a list. Or a number is out of range, or a quantity, time or base64 text is \
            malformed. In YAML, unquoted `5`, `true` and `no` are not strings.",
        bad: pod!("  containers: [{name: web, image: nginx, env: [{name: PORT, value: 8080}]}]"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, env: [{name: PORT, value: \"8080\"}]}"),
        upstream: "sigs.k8s.io/json: Unmarshal; k8s.io/apimachinery/pkg/api/resource: Quantity.UnmarshalJSON",
    }
    MISSING_FIELD: Error, "missing-field", "A required field is absent" => {
        explanation: "The schema requires the field, and no default fills it in. An object without a name and a Pod \
            template without a spec break this rule, too.",
        bad: pod!("  containers: [{name: web, image: nginx, ports: [{name: http}]}]"),
        good: pod!("  containers:\n\
\x20 - {name: web, image: nginx, ports: [{name: http, containerPort: 80}]}"),
        upstream: "k8s.io/kubernetes/api/openapi-spec/swagger.json: `required`",
    }
    EMPTY_ITEM: Error, "empty-item", "An item of a list is empty" => {
        explanation: "A `-` with nothing behind it is a null item. The API server fills it with zero values and then \
            refuses those. Server-side apply cannot tell which item it is. Often the indentation of the item's \
            fields is wrong.",
        bad: pod!("  containers:\n  -\n  - {name: web, image: nginx}"),
        good: pod!("  containers:\n  - {name: web, image: nginx}"),
        upstream: "sigs.k8s.io/structured-merge-diff/v6/typed: listItemToPathElement",
    }
    DUPLICATE_ITEM: Error, "duplicate-item", "Two items of a list have the same key" => {
        explanation: "Server-side apply identifies the items of many lists by a key, such as the `name` of an \
            environment variable. It identifies the items of a set by their value. `apply` refuses two items with \
            the same key; `create` may accept them.",
        bad: pod!("  containers:\n\
\x20 - name: web\n\
\x20   image: nginx\n\
\x20   env: [{name: A, value: one}, {name: A, value: two}]"),
        good: pod!("  containers: [{name: web, image: nginx, env: [{name: A, value: two}]}]"),
        upstream: "sigs.k8s.io/structured-merge-diff/v6/typed: validatingObjectWalker.visitListItems",
    }
    MISSING_ITEM_KEY: Error, "missing-item-key", "An item of a list lacks the fields that make its key" => {
        explanation: "Server-side apply identifies the items of this list by a key. The item has none of the key's \
            fields, so `apply` refuses it.",
        bad: yaml!("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\nsecrets: [{namespace: test}]"),
        good: yaml!("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: robot}\nsecrets: [{name: token}]"),
        upstream: "sigs.k8s.io/structured-merge-diff/v6/typed: keyedAssociativeListItemToPathElement",
    }
}
