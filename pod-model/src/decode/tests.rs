use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};

use super::{DecodeError, decode_value};
use crate::manifest::read;

fn pod(text: &str) -> Result<Pod, DecodeError> {
    read("pod.yaml", text.as_bytes().to_vec()).documents[0].decode()
}

#[test]
fn pods_decode_through_aliases_and_whole_floats() {
    let text = "apiVersion: v1\nkind: Pod\nspec:\n  terminationGracePeriodSeconds: 3.0\n  containers:\n  \
        - &a {name: a, command: [x]}\n  - <<: *a\n    name: b\n  - *a\n";
    let spec = pod(text).unwrap().spec.unwrap();
    assert_eq!(spec.termination_grace_period_seconds, Some(3));
    let names: Vec<_> = spec.containers.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "a"]);
    assert_eq!(spec.containers[1].command, spec.containers[0].command);
}

#[test]
fn amounts_that_are_numbers_have_the_text_of_json() {
    for (number, expected) in [
        ("1e30", "1e+30"),
        ("1e20", "100000000000000000000"),
        ("2.5e-7", "2.5e-7"),
        ("0.5", "0.5"),
        ("010", "8"),
    ] {
        let text = format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    resources: {{requests: {{cpu: {number}}}}}\n"
        );
        let spec = pod(&text).unwrap().spec.unwrap();
        let requests = spec.containers[0]
            .resources
            .as_ref()
            .unwrap()
            .requests
            .clone();
        assert_eq!(requests.unwrap()["cpu"].0, expected, "{number}");
    }
}

#[test]
fn errors_have_the_path_and_span_of_the_value() {
    let text = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    env:\n    - name: A\n      value: 1\n";
    let error = pod(text).unwrap_err();
    assert_eq!(error.path.to_string(), "spec.containers[0].env[0].value");
    assert_eq!(
        &text[error.span.start as usize..error.span.end as usize],
        "1"
    );
}

#[test]
fn lists_are_refused_as_objects() {
    #[derive(Debug, serde::Deserialize)]
    struct Outer {
        _name: String,
        _inner: Option<Inner>,
    }
    #[derive(Debug, serde::Deserialize)]
    struct Inner {
        _token: String,
    }
    for (text, path) in [
        ("[a, {_token: t}]", ""),
        ("{_name: a, _inner: [t]}", "_inner"),
        ("{_name: a, _inner: []}", "_inner"),
    ] {
        let error = read("a", text.into()).documents[0]
            .decode::<Outer>()
            .unwrap_err();
        assert_eq!(error.path.to_string(), path, "{error:?}");
        assert!(
            error.message.starts_with("invalid type: sequence"),
            "{error:?}"
        );
    }
}

#[test]
fn bytes_are_decoded_as_in_go() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata:\n  \
        BLOCK: |\n    aGVs\n    bG8=\n  FOLDED: >-\n    aGVs\n\n    bG8=\n  CRLF: \"aGVs\\r\\nbG8=\\r\\n\"\n  \
        BITS: aGVsbG9=\n  LIST: [104, 101, 108, 108, 111]\n  NONE: null\n  EMPTY: ''\n";
    let secret: Secret = read("s", text.into()).documents[0].decode().unwrap();
    for (key, bytes) in secret.data.unwrap() {
        let expected = if matches!(key.as_str(), "NONE" | "EMPTY") {
            &b""[..]
        } else {
            b"hello"
        };
        assert_eq!(bytes.0, expected, "{key}");
    }
    let text = "kind: ConfigMap\nbinaryData: {a: \"aGVs\\nbG8=\"}\n";
    let map: ConfigMap = read("c", text.into()).documents[0].decode().unwrap();
    assert_eq!(map.binary_data.unwrap()["a"].0, b"hello");
    for wrong in ["aGVs bG8=", "aGVsbG8", "aGVs\\tbG8=", "aGVs_bG8", "="] {
        let text = format!("kind: Secret\ndata: {{a: \"{wrong}\"}}\n");
        let error = read("s", text.into()).documents[0].decode::<Secret>();
        let error = error.unwrap_err();
        assert_eq!(error.path.to_string(), "data.a", "{wrong}");
        assert_eq!(error.message, "expected base64, found other text");
    }
    // `null` is 0, as an element of a slice in Go.
    for (list, bytes) in [
        ("[]", &b""[..]),
        ("[null]", b"\0"),
        ("[104, null, 105]", b"h\0i"),
        ("[0, 255, ~]", b"\0\xff\0"),
    ] {
        let text = format!("kind: Secret\ndata: {{a: {list}}}\n");
        let secret = read("s", text.into()).documents[0].decode::<Secret>();
        assert_eq!(secret.unwrap().data.unwrap()["a"].0, bytes, "{list}");
    }
    for wrong in ["[256]", "[-1]", "[1.5]", "[a]", "{b: c}", "1", "true"] {
        let text = format!("kind: Secret\ndata: {{a: {wrong}}}\n");
        let error = read("s", text.into()).documents[0].decode::<Secret>();
        assert!(error.is_err(), "{wrong}");
    }
}

#[test]
fn errors_of_json_values_have_the_same_paths() {
    let value = serde_json::json!({"spec": {"containers": [{"name": "a"}, {"name": "b", "ports": [{"containerPort": "x"}]}]}});
    let error = decode_value::<Pod>(&value).unwrap_err();
    let path = "spec.containers[1].ports[0].containerPort";
    assert_eq!(error.path.to_string(), path);
    let value = serde_json::json!({"spec": {"containers": [{"name": "a"}]}});
    let pod: Pod = decode_value(&value).unwrap();
    assert_eq!(pod.spec.unwrap().containers[0].name, "a");
}

#[test]
fn null_is_the_zero_value_in_lists_and_maps() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {labels: {a: }, finalizers: [null]}\nspec:\n  \
        securityContext: {supplementalGroups: [null]}\n  containers:\n  -\n  - name: b\n    args: [a, ~]\n    \
        env: [null, {name: A}]\n    resources: {limits: {cpu: }}\n";
    let pod = pod(text).unwrap();
    assert_eq!(pod.metadata.labels.unwrap()["a"], "");
    assert_eq!(pod.metadata.finalizers.unwrap(), [""]);
    let spec = pod.spec.unwrap();
    let groups = spec.security_context.unwrap().supplemental_groups;
    assert_eq!(groups.unwrap(), [0]);
    assert_eq!(
        spec.containers[0],
        k8s_openapi::api::core::v1::Container::default()
    );
    let second = &spec.containers[1];
    assert_eq!(second.args.as_deref().unwrap(), ["a", ""]);
    let names: Vec<_> = second
        .env
        .iter()
        .flatten()
        .map(|e| e.name.as_str())
        .collect();
    assert_eq!(names, ["", "A"]);
    let limits = second.resources.as_ref().unwrap().limits.as_ref().unwrap();
    assert_eq!(limits["cpu"].0, "0");
}

#[test]
fn null_stays_null_in_untyped_values() {
    let text = "kind: X\nspec: [null, {a: }]\n";
    let value = read("x", text.into()).documents[0].to_value().unwrap();
    assert_eq!(value["spec"], serde_json::json!([null, {"a": null}]));
}

#[test]
fn too_deep_values_are_errors_unless_skipped() {
    let deep = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {}1{}\n",
        "[".repeat(9000),
        "]".repeat(9000)
    );
    assert!(
        read("x", deep.clone().into_bytes()).documents[0]
            .to_value()
            .is_err()
    );
    let skipped = deep.replace("metadata", "unknown");
    assert!(pod(&skipped).is_ok());
}
