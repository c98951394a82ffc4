//! The program that writes the schema, on a small swagger file. Whether the
//! embedded file is up to date says the program itself, with `--check`.

#[path = "../examples/generate-schema/short_names.rs"]
mod short_names;
#[path = "../examples/generate-schema/trim.rs"]
mod trim;

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

fn swagger(minor: u8) -> Value {
    let mut fields = json!({
        "spec": {"$ref": "#/definitions/a.Spec", "description": "long"},
        "when": {"$ref": "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.Time"},
        "many": {"type": "array", "items": {"$ref": "#/definitions/a.Spec"},
            "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name", "port", "protocol", "other"]},
        "told": {"type": "array", "items": {"type": "string"}, "x-kubernetes-list-type": "set"},
        "words": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
    });
    // Only the second version has it.
    if minor == 32 {
        fields["fresh"] = json!({"type": "integer", "format": "int64"});
    }
    let kind = json!({"group": "g.io", "version": "v1", "kind": "A"});
    json!({
        "definitions": {
            "a.A": {"properties": fields, "required": ["spec"],
                "x-kubernetes-group-version-kind": [kind, {"group": "", "version": "v1", "kind": "DeleteOptions"}]},
            "a.Spec": {"type": "object"},
            "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"type": "string", "format": "date-time"},
        },
        "paths": {
            "/apis/g.io/v1/namespaces/{namespace}/as/{name}": {"get": {"x-kubernetes-group-version-kind": kind}},
            "/apis/g.io/v1/watch/bs/{name}": {"get": {"x-kubernetes-group-version-kind": kind}},
        },
    })
}

/// A version in which the keys `port` and, as in the API, a text have defaults.
fn version(minor: u8, swagger: Value) -> trim::Version {
    let default = |field: &str, default: Value| (("a.Spec".to_owned(), field.to_owned()), default);
    trim::Version {
        minor,
        name: format!("1.{minor}.0"),
        swagger,
        defaults: [
            default("port", json!(0)),
            default("protocol", json!("TCP")),
            default("other", json!("")),
        ]
        .into(),
    }
}

#[test]
fn versions_become_one_text() {
    let versions = [31, 32].map(|minor| version(minor, swagger(minor)));
    let short = BTreeMap::from([("as".to_owned(), "a,aa".to_owned())]);
    let text = trim::trim(&versions, &short).unwrap();
    let expected = "\
# Kubernetes API 1.31.0 1.32.0, by examples/generate-schema
=a.A
:g.io/v1 A as n ~a,aa
fresh l 32-32
many [@a.Spec =name,port:0,protocol:TCP,other:
spec @a.Spec !
told [s $
when t
words {[s
=a.Spec
";
    assert_eq!(text, expected);
}

#[test]
fn a_type_that_nobody_foresaw_is_an_error() {
    let mut odd = swagger(31);
    odd["definitions"]["a.Spec"]["properties"] = json!({"x": {"type": "string", "format": "new"}});
    let error = trim::trim(&[version(31, odd)], &BTreeMap::new());
    assert_eq!(
        error.unwrap_err(),
        "a.Spec.x: unknown type `string` of format `new`"
    );
}

#[test]
fn short_names_stand_in_the_registries() {
    let go = "x := DefaultQualifiedResource: api.Resource(\"pods\"),\n\
        func (r *REST) ShortNames() []string {\n\treturn []string{\"po\", \"pp\"}\n}\n";
    assert_eq!(
        short_names::read(go),
        Some(("pods".to_owned(), "po,pp".to_owned()))
    );
    assert_eq!(short_names::read("Resource(\"pods\")"), None);
    let mut names = BTreeMap::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    short_names::short_names(&folder, &mut names).unwrap();
    assert_eq!(names, BTreeMap::new(), "a folder without Go source");
}
