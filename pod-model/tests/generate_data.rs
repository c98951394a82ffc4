//! The program that writes the generated data, on small files. Whether the
//! committed data is up to date says the program itself, with `--check`.

#[path = "../examples/generate-data/gates.rs"]
mod gates;
#[path = "../examples/generate-data/short_names.rs"]
mod short_names;
#[path = "../examples/generate-data/trim.rs"]
mod trim;

use std::collections::BTreeMap;
use std::path::Path;

use pod_model::KubernetesVersion;
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
fn each_known_version_has_a_release_that_its_data_is_made_of() {
    let releases = include_str!("../../tests/cluster/versions").lines();
    let minors: Vec<&str> = releases
        .map(|own| own.rsplit_once('.').unwrap().0)
        .collect();
    let known = KubernetesVersion::ALL.map(|version| version.to_string());
    assert_eq!(minors, known);
}

#[test]
fn versions_become_one_text() {
    let versions = [31, 32].map(|minor| version(minor, swagger(minor)));
    let short = BTreeMap::from([("as".to_owned(), "a,aa".to_owned())]);
    let text = trim::trim(&versions, &short).unwrap();
    let expected = "\
# Kubernetes API 1.31.0 1.32.0, by examples/generate-data
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

/// Gates as the files of 1.31 and of later versions write them.
const KUBE_FEATURES: &str = r#"
const (
	// owner: @someone = "x"
	Typed featuregate.Feature = "Typed"
	Renamed featuregate.Feature = "CustomName"
	Converted = featuregate.Feature("Converted")
	Plain = "Plain"
	Late featuregate.Feature = "Late"
	Compatible featuregate.Feature = "Compatible"
)

var defaultKubernetesFeatureGates = map[featuregate.Feature]featuregate.FeatureSpec{
	Typed: {Default: true, PreRelease: featuregate.Beta}, // on

	genericfeatures.Other: {Default: true, PreRelease: featuregate.Beta},
}

var defaultVersionedKubernetesFeatureGates = map[featuregate.Feature]featuregate.VersionedSpecs{
	Renamed: {
		{Version: version.MustParse("1.20"), Default: false, PreRelease: featuregate.Alpha},
		// see elsewhere
		{Version: version.MustParse("1.32"), Default: true, PreRelease: featuregate.GA, LockToDefault: true}, // later
	},

	Converted: {
		{Version: version.MustParse("1.0"), Default: false, PreRelease: featuregate.Deprecated},
	},
	Plain: {
		{Version: version.MustParse("1.31"), Default: false, LockToDefault: true, PreRelease: featuregate.Beta},
	},
	Late: {
		{Version: version.MustParse("1.33"), Default: true, PreRelease: featuregate.Beta},
	},
	Compatible: {
		{Version: version.MustParse("1.32"), Default: false, PreRelease: featuregate.Beta},
		{Version: version.MustParse("1.32"), Default: true, PreRelease: featuregate.Beta, MinCompatibilityVersion: version.MustParse("1.32")},
	},
}

var defaultKubernetesFeatureGateDependencies = map[featuregate.Feature][]featuregate.Feature{
	Typed: {Plain},
}
"#;

/// A control plane of 1.32 is compatible with 1.31, so that `Compatible` is on in
/// 1.33 only.
#[test]
fn gates_become_one_table() {
    let mut versions =
        [31, 32, 33].map(|minor| (minor, gates::states(KUBE_FEATURES, minor).unwrap()));
    versions[2].1.remove("Plain");
    let expected = "\
//! The feature gates of Kubernetes 1.31.0 1.32.0, by `examples/generate-data`.

use super::state::{gates, state};

gates! {
    minors 31 32 33;
    Compatible: 32 Beta off, 33 Beta on;
    Converted: 31 Deprecated off;
    CustomName: 31 Alpha off, 32 Ga on locked;
    Late: 33 Beta on;
    Plain: 31 Beta off locked, 33 removed;
    Typed: 31 Beta on;
}
";
    assert_eq!(gates::table(&versions, "1.31.0 1.32.0"), expected);
}

#[test]
fn a_gate_that_is_written_in_another_way_is_an_error() {
    for (old, new) in [
        ("LockToDefault: true", "Locked: true"),
        ("featuregate.Alpha", "featuregate.Gamma"),
        ("version.MustParse", "version.Parse"),
        ("	Plain = ", "	Other = "),
        ("Default: false, ", ""),
        ("\t\t{Version", "\t\tspec({Version"),
        ("VersionedSpecs{", "Specs{"),
    ] {
        let go = KUBE_FEATURES.replace(old, new);
        assert_ne!(go, KUBE_FEATURES, "{old}");
        let go = if old == "VersionedSpecs{" {
            go.replace("FeatureSpec{", "Spec{")
        } else {
            go
        };
        assert!(gates::states(&go, 33).is_err(), "{new}");
    }
}
