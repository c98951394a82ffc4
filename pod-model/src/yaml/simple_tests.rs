//! The simple scanner agrees with the YAML library, spans included.

use proptest::prelude::*;

use super::compose::{compose_any, compose_simple};

/// Returns whether the document is simple; if so, both ways agree on it.
fn agrees(text: &str) -> bool {
    let Some(tree) = compose_simple(text, 3) else {
        return false;
    };
    let library = compose_any(text, 3);
    assert_eq!(library, Ok(Some(tree)), "{text}");
    true
}

#[test]
fn manifests_are_simple() {
    let pod = "\
# A comment
apiVersion: v1
kind: Pod   # another
metadata:
  name: web-1
  labels: {app: web, tier: \"0\", empty: {}, list: [a, 'b', [], {c: d}]}

  annotations:
spec:
  nodeName:
  containers:
  - name: app
    image: registry.example.com:5000/team/app@sha256:abc
    command: [\"/bin/app\", \"--listen\", \":8080\"]
    args:
    - --url=$(URL)
    - -1
    -   - nested
        - list
    env:
      - name: URL
        value: 'postgres://$(HOST):5432/app #1'
      - value: yes
        name: B # c
  restartPolicy: Never
";
    assert!(agrees(pod));
    assert!(agrees("a: 1"));
    assert!(agrees("- a: 1\n  b:\n- c\n"));
    assert!(agrees("  a: 1\n  b: 2\n"));
    assert!(agrees("a:\n- b\n- c\nd:\n  - e\n"));
    assert!(agrees("a:\n    b: 1\n    c:\nd: -\u{2d}x\n"));
}

#[test]
fn other_documents_are_left_to_the_library() {
    for text in [
        "",
        "# nothing\n",
        "a",
        "{a: b}\n",
        "a: |\n  b\n",
        "a: b\n  c\n",
        "a: \"b\n  c\"\n",
        "a: \"\\x41\"\n",
        "a: 'b''c'\n",
        "a: &x b\n",
        "a: !!str b\n",
        "? a\n: b\n",
        "a:\n  b\n",
        "- \n",
        "-\n  a: 1\n",
        "a: b: c\n",
        "a: {b: c\n  }\n",
        "a: {b}\n",
        "a: [b: c]\n",
        "a: [b,]\n",
        "a: é\n",
        "a:\tb\n",
        "\"a\": b\n",
        "a: \"b\" c\n",
        "a: \"b\"#c\n",
        "a:\n  b: 1\n c: 2\n",
        "a: 1\n- b\n",
        "- a\nb: 1\n",
        "a: - b\n",
        "%YAML 1.1\n",
        "a: 1\n...\n",
    ] {
        assert!(compose_simple(text, 0).is_none(), "{text}");
    }
}

const CONTENTS: &[&str] = &[
    "a: 1",
    "b: two words",
    "c:",
    "a:",
    "- x",
    "- ",
    "-",
    "- a: 1",
    "- b:",
    "- - y",
    "-  - z: 1",
    "# c",
    "",
    "d: # c",
    "e: {a: b, c: [d, 'e']}",
    "f: [a, {}, \"g: h\"]",
    "g: \"q # r\" # s",
    "h: 'x' ",
    "i: a#b",
    "j: a #b",
    "k: http://l",
    "l: m:",
    "m: n: o",
    "n: {a: b",
    "o: [a b]",
    "p: -1",
    "q: - r",
    "r: ~",
    "s: yes",
    "t: 0644",
    "u: \"a\"\"b\"",
    "v: 'a''b'",
    "w: |",
    "x: {}",
    "y: [ ]",
    "z: { a: b , c: d }",
    "plain",
    "\"quoted\"",
    "true: 1",
    "1: 2",
    "1.5: x",
    "~: y",
    "null: z",
    "<<: {a: b}",
    "- {a: b}",
    "- [c]",
    "- 'd'",
    "- e # f",
    "...",
    "aa: 2001-01-01",
    "bb: a:b",
    "cc: [a:b]",
    "dd: {a:b}",
    "ee: [a, b",
    "ff: ]",
    "gg: [-1]",
    "hh: [a]]",
    "- -",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// Lines at random columns: mostly wrong, and often just right.
    #[test]
    fn an_own_tree_is_the_librarys(
        lines in prop::collection::vec((0..4usize, prop::sample::select(CONTENTS)), 1..8),
        odd in 0..8usize,
    ) {
        let mut text = String::new();
        for (i, (level, content)) in lines.iter().enumerate() {
            let column = 2 * level + usize::from(i == odd);
            text.push_str(&format!("{:column$}{content}\n", ""));
        }
        agrees(&text);
        agrees(text.trim_end_matches('\n'));
    }

    /// Lines where a careful person puts them: nearly all documents are simple.
    #[test]
    fn a_tree_of_random_values_is_the_librarys(value in value(), indentless in any::<bool>()) {
        let mut text = String::new();
        block(&value, 0, indentless, &mut text);
        prop_assert!(agrees(&text), "{}", text);
    }
}

#[derive(Clone, Debug)]
enum Value {
    Scalar(&'static str),
    List(Vec<Value>),
    Map(Vec<(&'static str, Value)>),
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = || {
        prop::sample::select(
            &[
                "x", "1", "''", "\"a: b\"", "{a: b}", "[]", "yes # no", "$(A)/b",
            ][..],
        )
        .prop_map(Value::Scalar)
    };
    let names = &["name", "app.kubernetes.io/name", "x-y_z", "1", "true"][..];
    let inner = scalar().prop_recursive(4, 40, 5, move |inner| {
        let key = prop::sample::select(names);
        let map = prop::collection::vec((key, inner.clone()), 1..5).prop_map(Value::Map);
        let list = prop::collection::vec(inner, 1..5).prop_map(Value::List);
        prop_oneof![map, list]
    });
    prop::collection::vec((prop::sample::select(names), inner), 1..5).prop_map(Value::Map)
}

/// Writes a collection as lines from a column on; the first line's indentation
/// is there.
fn block(value: &Value, column: usize, indentless: bool, out: &mut String) {
    let indent = |out: &mut String, i: usize| {
        if i > 0 {
            out.push_str(&" ".repeat(column));
        }
    };
    match value {
        Value::Scalar(text) => out.push_str(&format!("{text}\n")),
        Value::List(list) => {
            for (i, value) in list.iter().enumerate() {
                indent(out, i);
                out.push_str("- ");
                block(value, column + 2, indentless, out);
            }
        }
        Value::Map(map) => {
            for (i, (key, value)) in map.iter().enumerate() {
                indent(out, i);
                out.push_str(key);
                out.push(':');
                let inner = match value {
                    Value::Scalar(text) => {
                        out.push_str(&format!(" {text}\n"));
                        continue;
                    }
                    Value::List(_) if indentless => column,
                    Value::List(_) | Value::Map(_) => column + 2,
                };
                out.push_str(&format!("\n{}", " ".repeat(inner)));
                block(value, inner, indentless, out);
            }
        }
    }
}
