//! The number of steps grows linearly with the input: an input of twice the size takes
//! about twice the steps.
#![allow(
    clippy::format_collect,
    reason = "a text of a test need not be written quickly"
)]

use serde_json::json;

use crate::count::count;
use crate::finding::Finding;
use crate::manifest::{Document, read};
use crate::path::FieldPath;
use crate::rules;
use crate::version::KubernetesVersion;

const FEW: usize = 200;

/// Steps for an input with so many things, and for one with twice as many.
fn both(steps: impl Fn(usize) -> usize) -> (usize, usize) {
    (steps(FEW), steps(2 * FEW))
}

#[track_caller]
fn grows_evenly(shape: &str, steps: impl Fn(usize) -> usize) {
    let (few, many) = both(steps);
    assert!(few > FEW, "{shape}: {few} steps are none");
    assert!(many * 10 <= few * 23, "{shape}: {few} steps become {many}");
}

/// Does the work of a command for each object of an input.
fn asked(text: &str) {
    let manifest = read("f", text.as_bytes().to_vec());
    for document in &manifest.documents {
        let _ = document.is_too_deep();
        let _ = document.may_be_secret();
        let _ = crate::check(document, KubernetesVersion::LATEST);
        let _ = document.place(document.unnamed("apply"));
    }
}

fn list(n: usize, item: impl Fn(usize) -> String) -> String {
    let items: String = (0..n).map(item).collect();
    format!("apiVersion: v1\nkind: List\nitems:\n{items}")
}

fn line(n: usize, pod: impl Fn(usize) -> serde_json::Value) -> String {
    let items: Vec<serde_json::Value> = (0..n).map(pod).collect();
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

fn pod(at: usize) -> String {
    format!(
        "- apiVersion: v1\n  kind: Pod\n  metadata: {{name: a-{at}}}\n  spec: {{containers: [{{name: a, image: b}}]}}\n"
    )
}

#[test]
fn items_of_a_list_share_what_is_asked_of_the_whole() {
    grows_evenly("Pods of a List", |n| count(|| asked(&list(n, pod))));
    grows_evenly("empty Lists of a List", |n| {
        let empty = |_| "- {apiVersion: v1, kind: List, items: []}\n".to_owned();
        count(|| asked(&list(n, empty)))
    });
    grows_evenly("Lists of a List", |n| {
        let one = |at| {
            format!(
                "- {{apiVersion: v1, kind: List, items: [{{kind: Pod, metadata: {{name: a-{at}}}}}]}}\n"
            )
        };
        count(|| asked(&list(n, one)))
    });
    grows_evenly("items of a ConfigMapList", |n| {
        let items: String = (0..n)
            .map(|at| format!("- {{metadata: {{name: a-{at}}}}}\n"))
            .collect();
        let text = format!("apiVersion: v1\nkind: ConfigMapList\nitems:\n{items}");
        count(|| asked(&text))
    });
    grows_evenly("documents of a stream", |n| {
        let one = |at| format!("---\nkind: Pod\napiVersion: v1\nmetadata: {{name: a-{at}}}\n");
        count(|| asked(&(0..n).map(one).collect::<String>()))
    });
}

#[test]
fn keys_that_stand_twice_are_looked_for_in_their_own_item() {
    for kind in ["Pod", "Sealed", "PodTemplate", "SecretList"] {
        grows_evenly(kind, |n| {
            let one = |at| {
                format!(
                    "- {{apiVersion: v1, kind: {kind}, kind: {kind}, metadata: {{name: a-{at}}}}}\n"
                )
            };
            count(|| asked(&list(n, one)))
        });
    }
    // Deep in them, and in JSON.
    grows_evenly("deeper", |n| {
        let one = |at| {
            format!(
                "- {{apiVersion: v1, kind: Pod, metadata: {{name: a-{at}}}, spec: {{x: {{y: 1, y: 2}}}}}}\n"
            )
        };
        count(|| asked(&list(n, one)))
    });
    grows_evenly("in JSON", |n| {
        let one = |at: usize| {
            format!(
                "{{\"kind\":\"Sealed\",\"kind\":\"Sealed\",\"metadata\":{{\"name\":\"a-{at}\"}}}}"
            )
        };
        let items: Vec<String> = (0..n).map(one).collect();
        let text = format!(
            "{{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{}]}}",
            items.join(",")
        );
        count(|| asked(&text))
    });
}

#[test]
fn a_place_in_a_long_line_is_found_without_reading_all_of_it() {
    let pod = |extra: serde_json::Value| {
        move |at: usize| {
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("a-{at}")},
                "spec": {"containers": [{"name": "a", "image": "b"}], "x": extra}})
        }
    };
    for extra in [json!(1), json!("é"), json!({"a": [1, 2]})] {
        grows_evenly("unknown fields", |n| {
            count(|| asked(&line(n, pod(extra.clone()))))
        });
    }
}

/// Steps to place findings about parts of one value.
fn places(document: &Document, value: &str) -> usize {
    let path = FieldPath::root().field("v");
    let finding =
        |at: usize| Finding::new(&rules::INVALID, path.clone(), "m").part(value, at..at + 4);
    let findings = (0..value.len() / 4).map(|i| finding(i * 4)).collect();
    count(|| drop(document.place(findings)))
}

#[test]
fn parts_of_a_long_value_are_found_without_reading_all_of_it() {
    for (what, begin, end) in [
        ("plain", "kind: Pod\nv: ", "\n"),
        ("double quotes", "kind: Pod\nv: \"", "\"\n"),
        ("single quotes", "kind: Pod\nv: '", "'\n"),
        ("JSON", "{\"kind\": \"Pod\", \"v\": \"", "\"}"),
    ] {
        grows_evenly(what, |n| {
            let value = "$(X)".repeat(n * 10);
            let manifest = read("f", format!("{begin}{value}{end}").into_bytes());
            places(&manifest.documents[0], &value)
        });
    }
}

#[test]
fn errors_of_one_document_do_not_each_read_all_of_it() {
    for separator in ["--- x", "-----BEGIN A", "---- "] {
        grows_evenly(separator, |n| {
            let text = format!("{separator}\na: 1\n").repeat(n);
            count(|| drop(read("f", text.into_bytes())))
        });
    }
    grows_evenly("documents with an error each", |n| {
        let text = "---\na: [\n".repeat(n);
        count(|| drop(read("f", text.into_bytes())))
    });
}
