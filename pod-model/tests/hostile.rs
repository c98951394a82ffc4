//! No input panics, hangs or points outside its text.

use pod_model::manifest::read;
use pod_model::yaml::{ParsedStream, decode_bytes, parse_stream};
use pod_model::{Kind, KubernetesVersion, NodeId, Tree, validation};
use proptest::prelude::*;

/// Pieces that a YAML scanner treats in a special way.
const PIECES: &[&str] = &[
    "a",
    ": ",
    "- ",
    "\n",
    "  ",
    "\t",
    "[",
    "]",
    "{",
    "}",
    ",",
    "'",
    "\"",
    "|",
    ">",
    "|2-",
    "&a ",
    "*a",
    "!x",
    "!!int ",
    "<<",
    "? ",
    "#",
    "---",
    "---\n",
    "...\n",
    "%YAML 1.1\n",
    "\\",
    "\\'",
    "\\/",
    "\\u00e9",
    "é",
    "😀",
    "\u{85}",
    "\u{2028}",
    "\r\n",
    "\r",
    "\0",
    "\u{7f}",
    "0x1F",
    "1_0",
    ".5",
    "1e400",
    "yes",
    "~",
    "null",
    "2001-01-01",
    "@",
    "`",
    "key:\n    ",
];

fn check_tree(tree: &Tree, text: &str) {
    let mut stack: Vec<NodeId> = vec![tree.root()];
    let mut seen = 0;
    while let Some(id) = stack.pop() {
        seen += 1;
        if seen > 10_000 {
            return;
        }
        let span = tree.span(id);
        let range = span.start as usize..span.end as usize;
        assert!(
            text.get(range.clone()).is_some(),
            "{range:?} does not fit {text:?}"
        );
        match tree.kind(id) {
            Kind::Sequence(elements) => stack.extend(elements),
            Kind::Mapping(entries) => {
                for entry in entries {
                    let range = entry.key_span.start as usize..entry.key_span.end as usize;
                    assert!(text.get(range).is_some(), "key {} in {text:?}", entry.key);
                    stack.push(entry.value);
                }
            }
            _ => {}
        }
    }
}

fn check(bytes: Vec<u8>) {
    let text = decode_bytes(bytes.clone());
    let ParsedStream {
        documents, errors, ..
    } = parse_stream(&text);
    for error in &errors {
        assert!(
            text.get(error.span.start as usize..error.span.end as usize)
                .is_some(),
            "{error:?} in {text:?}"
        );
    }
    for document in &documents {
        check_tree(&document.tree, &text);
        let json = document.tree.to_json(document.tree.root());
        let again = parse_stream(&json).documents;
        // JSON in, the same JSON out: printing loses nothing.
        if json.starts_with(['{', '[']) && errors.is_empty() {
            let printed = again.first().map(|d| d.tree.to_json(d.tree.root()));
            assert_eq!(printed.as_deref(), Some(&*json));
        }
    }
    for document in read("x", bytes).documents {
        let _ = document.decode::<k8s_openapi::api::core::v1::Pod>();
        let _ = validation::check(&document, KubernetesVersion::LATEST);
    }
}

/// Random pieces have one such key in some ten thousand cases.
#[test]
fn keys_with_line_breaks_of_yaml_are_read_again() {
    for line_break in ['\u{85}', '\u{2028}', '\u{2029}'] {
        check(format!("- {{---{line_break}'}}").into_bytes());
        check(format!("- {{\"a\\n{line_break}\": 1}}").into_bytes());
        check(format!("- ? \"a{line_break}b\"\n  : 1").into_bytes());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn pieces_of_yaml(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40)) {
        check(pieces.concat().into_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check(bytes);
    }

    #[test]
    fn any_text(text in "\\PC{0,80}") {
        check(text.into_bytes());
    }
}

#[test]
fn nesting_is_refused_before_it_hurts() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        for depth in [9_000, 11_000, 200_000] {
            let text = format!("{}x{}\n", open.repeat(depth), close.repeat(depth));
            let ParsedStream {
                documents, errors, ..
            } = parse_stream(&text);
            assert_eq!(documents.is_empty(), !errors.is_empty(), "{open} {depth}");
            assert!(
                depth < 10_000 || !errors.is_empty(),
                "{open} {depth} was accepted"
            );
        }
    }
    let json = format!("{{\"a\":{}", "[".repeat(1_000_000));
    assert!(!parse_stream(&json).errors.is_empty());
}

#[test]
fn many_keys_take_no_quadratic_time() {
    // 200,000 keys compared one by one would be 20 billion comparisons.
    let yaml = (0..200_000)
        .map(|i| format!("k{i}: 1"))
        .collect::<Vec<_>>()
        .join("\n");
    let json = format!(
        "{{{}}}",
        (0..200_000)
            .map(|i| format!("\"k{i}\":1"))
            .collect::<Vec<_>>()
            .join(",")
    );
    for text in [yaml, json] {
        let ParsedStream {
            documents, errors, ..
        } = parse_stream(&text);
        assert!(errors.is_empty());
        assert_eq!(
            documents[0].tree.entries(documents[0].tree.root()).len(),
            200_000
        );
    }
}

#[test]
fn many_mistakes_take_no_quadratic_time() {
    // Lists in which every element is compared with all before it, or is wrong.
    let many = |element: &str| vec![element; 20_000].join(",");
    let text = format!(
        r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"a"}},"spec":{{
            "schedulingGates":[{gates}],"tolerations":[{tolerations}],"volumes":[{volumes}],
            "topologySpreadConstraints":[{constraints}],"securityContext":{{"sysctls":[{sysctls}]}},
            "containers":[{{"name":"a","image":"i","volumeMounts":[{mounts}],"volumeDevices":[{devices}],
                "resizePolicy":[{policies}],"env":[{env}],"ports":[{ports}]}}]}}}}"#,
        gates = many(r#"{"name":"a"}"#),
        tolerations = many(r#"{"key":"a b"}"#),
        volumes = many(r#"{"name":"v","emptyDir":{},"nfs":{"server":"","path":""}}"#),
        constraints = many(r#"{"maxSkew":0,"topologyKey":"a","whenUnsatisfiable":"x"}"#),
        sysctls = many(r#"{"name":"a","value":""}"#),
        mounts = many(r#"{"name":"w","mountPath":"/a"}"#),
        devices = many(r#"{"name":"x","devicePath":"/a"}"#),
        policies = many(r#"{"resourceName":"cpu","restartPolicy":"x"}"#),
        env = many(
            r#"{"name":"a","valueFrom":{"fileKeyRef":{"volumeName":"y","path":"p","key":"k"}}}"#
        ),
        ports = many(r#"{"containerPort":1,"hostPort":1,"name":"a"}"#),
    );
    let manifest = read("x", text.into_bytes());
    let findings = validation::check(&manifest.documents[0], KubernetesVersion::LATEST);
    // Nobody reads more.
    assert_eq!(findings.len(), 1_000);
}

#[test]
fn more_values_than_an_object_can_have_are_refused() {
    let ParsedStream {
        documents, errors, ..
    } = parse_stream(&format!("[{}]", "1,".repeat(3_100_000)));
    assert!(documents.is_empty());
    assert!(errors[0].message.contains("values"), "{:?}", errors[0]);
}
