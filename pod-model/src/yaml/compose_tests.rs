//! Tests of `compose`.

use super::compose::compose;
use super::error::SyntaxError;
use crate::path::FieldPath;
use crate::source::Span;
use crate::tree::{Kind, Number, Tree};

fn tree(text: &str) -> Tree {
    compose(text, 0).unwrap().unwrap()
}

fn refused(text: &str) -> SyntaxError {
    compose(text, 0).unwrap_err()
}

#[test]
fn every_value_knows_its_place() {
    let text = "# c\nspec:\n  containers:\n  - name: é😀\n    args: [x, \"y z\"] # why\n    script: |\n      a\n      b\n\n  hostNetwork: yes\n  empty:\n";
    let tree = tree(text);
    for (path, value) in [
        ("spec.containers[0].name", "é😀"),
        ("spec.containers[0].args", "[x, \"y z\"]"),
        ("spec.containers[0].args[1]", "\"y z\""),
        ("spec.containers[0].script", "|\n      a\n      b"),
        ("spec.hostNetwork", "yes"),
        ("spec.empty", ""),
        (
            "spec.containers",
            "- name: é😀\n    args: [x, \"y z\"] # why\n    script: |\n      a\n      b",
        ),
    ] {
        let found = tree.find(&FieldPath::parse(path)).unwrap();
        let span = found.value;
        assert_eq!(
            &text[span.start as usize..span.end as usize],
            value,
            "{path}"
        );
    }
    let key = tree.find(&FieldPath::parse("spec.empty")).unwrap().span();
    assert_eq!(&text[key.start as usize..key.end as usize], "empty");
}

#[test]
fn an_alias_has_two_places() {
    let text = "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n";
    let tree = tree(text);
    let slice = |s: Span| &text[s.start as usize..s.end as usize];
    let b = tree.find(&FieldPath::parse("b")).unwrap();
    assert_eq!(
        (slice(b.value), b.anchored.map(slice)),
        ("*x", Some("{k: 1}"))
    );
    let k = tree.find(&FieldPath::parse("c.k")).unwrap();
    assert_eq!(
        (k.key.map(slice), k.merged_at.map(slice)),
        (Some("k"), Some("<<"))
    );
}

#[test]
fn merges_depend_on_their_order() {
    for (text, json) in [
        (
            "a: &a {k: 1}\nb: {<<: *a, k: 2}\n",
            r#"{"a":{"k":1},"b":{"k":2}}"#,
        ),
        (
            "a: &a {k: 1}\nb: {k: 2, <<: *a}\n",
            r#"{"a":{"k":1},"b":{"k":1}}"#,
        ),
        (
            "- &a {k: 1}\n- &b {k: 2}\n- <<: [*a, *b]\n",
            r#"[{"k":1},{"k":2},{"k":1}]"#,
        ),
    ] {
        let tree = tree(text);
        assert_eq!(tree.to_json(tree.root()), json, "{text}");
        assert!(
            tree.duplicates().is_empty(),
            "a merged key is no duplicate: {text}"
        );
    }
    assert!(
        refused("a: &a [1]\nb: {<<: *a}\n")
            .message
            .contains("map merge")
    );
}

#[test]
fn the_last_of_equal_keys_wins_and_both_places_are_kept() {
    let lines: Vec<_> = (0..30).map(|i| format!("k{}: {i}", i % 20)).collect();
    let text = lines.join("\n");
    let tree = tree(&text);
    assert_eq!(tree.entries(tree.root()).len(), 20);
    assert_eq!(tree.duplicates().len(), 10);
    let k3 = tree.get(tree.root(), "k3").unwrap();
    assert_eq!(*tree.kind(k3), Kind::Number(Number::Int(23)));
    let d = &tree.duplicates()[3];
    assert_eq!((&*d.key, d.first.start < d.second.start), ("k3", true));
}

#[test]
fn aliases_neither_loop_nor_explode() {
    assert!(refused("a: &a [*a]\n").message.contains("contains itself"));
    assert!(refused("a: *b\n").message.contains("unknown anchor"));
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let last = i - 1;
        let row = vec![format!("*a{last}"); 10].join(", ");
        bomb.extend([format!("a{i}: &a{i} [{row}]\n")]);
    }
    assert!(refused(&bomb).message.contains("excessive aliasing"));
}

#[test]
fn escapes_are_those_of_go() {
    let tree = tree(
        r#"a: "it\'s \\/ \x41"
b: "\'\'"
"#,
    );
    assert_eq!(tree.to_json(tree.root()), r#"{"a":"it's \\/ A","b":"''"}"#);
    let error = refused(r#"a: "x\/y""#);
    assert_eq!((error.span.start, error.span.end), (5, 7));
}

#[test]
fn errors_say_where_and_what_to_do() {
    let tab = refused("a:\n\tb: 1\n");
    assert_eq!((tab.span.start, tab.label.as_deref()), (3, Some("a tab")));
    let control = refused("a: \u{1}\n");
    assert_eq!(control.span.start, 3);
    let key = refused("{{ name }}: 1\n");
    assert!(key.help.unwrap().contains("template"));
    let comma = refused("a: [!x, b]\n");
    assert_eq!(comma.span.start, 4);
}
