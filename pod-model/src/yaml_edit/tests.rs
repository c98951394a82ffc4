use serde_json::json;

use super::{EditedText, PlacedEdit, edit_text};
use crate::edit::{Change, Edit};
use crate::path::FieldPath;

fn edits(list: &[(&str, Change)]) -> Vec<PlacedEdit> {
    let one = |(path, change): &(&str, Change)| PlacedEdit {
        document: 0,
        edit: Edit {
            path: FieldPath::parse(path),
            change: change.clone(),
        },
    };
    list.iter().map(one).collect()
}

fn run(text: &str, list: &[(&str, Change)]) -> EditedText {
    edit_text(text.as_bytes(), &edits(list)).unwrap()
}

#[track_caller]
fn becomes(text: &str, list: &[(&str, Change)], expected: &str) {
    let edited = run(text, list);
    assert_eq!(edited.refused, [], "{text}");
    assert_eq!(
        String::from_utf8(edited.bytes).unwrap(),
        expected,
        "of {text}"
    );
}

fn set(value: impl Into<serde_json::Value>) -> Change {
    Change::Set(value.into())
}

fn all() -> Change {
    Change::Append(json!("ALL"))
}

#[test]
fn keys_are_inserted_into_blocks_as_the_file_indents() {
    let drop = [
        ("a.c[0].s.cap.drop", set(json!(["ALL"]))),
        ("a.s.t", set(true)),
    ];
    becomes(
        "a:\n  c:\n  - n: x # first\n    # about i\n    i: y\n    # tail\n  # of a\n# end\n",
        &drop,
        "a:\n  c:\n  - n: x # first\n    # about i\n    i: y\n    # tail\n    s:\n      cap:\n        drop:\n        - ALL\n  # of a\n  s:\n    t: true\n# end\n",
    );
    becomes(
        "a:\n    c:\n      - n: x\n    z: 1\n",
        &drop,
        "a:\n    c:\n      - n: x\n        s:\n            cap:\n                drop:\n                  - ALL\n    z: 1\n    s:\n        t: true\n",
    );
}

#[test]
fn empty_values_are_filled_where_they_stand() {
    let edit = [("s.r", set(true))];
    for (text, expected) in [
        ("s: {}\nt: 1\n", "s: {r: true}\nt: 1\n"),
        ("s: { } # c\n", "s: {r: true } # c\n"),
        ("s:\nt: 1\n", "s:\n  r: true\nt: 1\n"),
        ("s: # c\n  # d\nt: 1\n", "s: # c\n  # d\n  r: true\nt: 1\n"),
        ("s: null # c\n", "s: {r: true} # c\n"),
        ("s: ~\n", "s: {r: true}\n"),
        ("{s: , t: 1}\n", "{s: {r: true}, t: 1}\n"),
        ("t: 1\ns:", "t: 1\ns:\n  r: true"),
        ("t: 1", "t: 1\ns:\n  r: true"),
        (
            "t:\r\n  u: 1\r\ns:\r\n# e\r\n",
            "t:\r\n  u: 1\r\ns:\r\n  r: true\r\n# e\r\n",
        ),
        ("\u{feff}t: 1\r\n", "\u{feff}t: 1\r\ns:\r\n  r: true\r\n"),
        (
            "t: |+\n  a\n\n\n# c\n",
            "t: |+\n  a\n\n\n# c\ns:\n  r: true\n",
        ),
        (
            "t: |\n  a\n  # no comment\n\n",
            "t: |\n  a\n  # no comment\ns:\n  r: true\n\n",
        ),
        ("t: 1\n---\nu: 2\n", "t: 1\ns:\n  r: true\n---\nu: 2\n"),
        ("t: 1\n...\n", "t: 1\ns:\n  r: true\n...\n"),
    ] {
        becomes(text, &edit, expected);
    }
}

#[test]
fn scalars_keep_their_quotes() {
    for (text, expected) in [
        (
            "s: {t: 'Unconfined'} # c\n",
            "s: {t: 'RuntimeDefault'} # c\n",
        ),
        ("s:\n  t: \"Unconfined\"\n", "s:\n  t: \"RuntimeDefault\"\n"),
        (
            "s:\n  t:   Unconfined # c\n",
            "s:\n  t:   RuntimeDefault # c\n",
        ),
        (
            "s:\n  t: >-\n    Uncon\nu: 1\n",
            "s:\n  t: RuntimeDefault\nu: 1\n",
        ),
        (
            "{\"s\": {\"t\": 5}}",
            "{\"s\": {\"t\": \"RuntimeDefault\"}}",
        ),
    ] {
        becomes(text, &[("s.t", set("RuntimeDefault"))], expected);
    }
}

#[test]
fn flow_collections_and_json_keep_their_style() {
    let edit = [("s.r", set(json!({"t": "x"}))), ("l", all())];
    for (text, expected) in [
        (
            "{l: [a], s: {b: 1}}\n",
            "{l: [a, ALL], s: {b: 1, r: {t: x}}}\n",
        ),
        (
            "{l: [], s: {b: 1,}}\n",
            "{l: [ALL], s: {b: 1, r: {t: x}}}\n",
        ),
        (
            "{\"l\":[\"a\"],\"s\":{\"b\":1}}",
            "{\"l\":[\"a\",\"ALL\"],\"s\":{\"b\":1,\"r\":{\"t\":\"x\"}}}",
        ),
        (
            "{\n\t\"l\": [\n\t\t\"a\"\n\t],\n\t\"s\": {\n\t\t\"b\": 1\n\t}\n}\n",
            "{\n\t\"l\": [\n\t\t\"a\",\n\t\t\"ALL\"\n\t],\n\t\"s\": {\n\t\t\"b\": 1,\n\t\t\"r\": {\n\t\t\t\"t\": \"x\"\n\t\t}\n\t}\n}\n",
        ),
        (
            "l: [\n  a # c\n]\ns: {\n  b: 1, # d\n}\n",
            "l: [\n  a, # c\n  ALL\n]\ns: {\n  b: 1, # d\n  r: {\n    t: x\n  },\n}\n",
        ),
        (
            "{\"b\": 1}",
            "{\"b\": 1, \"s\": {\"r\": {\"t\": \"x\"}}, \"l\": [\"ALL\"]}",
        ),
        (
            "l:\n- 'a' # c\ns:\n  b: 1\n",
            "l:\n- 'a' # c\n- 'ALL'\ns:\n  b: 1\n  r:\n    t: x\n",
        ),
        ("{}", "{s: {r: {t: x}}, l: [ALL]}"),
    ] {
        becomes(text, &edit, expected);
    }
}

#[test]
fn entries_and_elements_go_with_their_lines() {
    let one = [("s.b", Change::Remove)];
    for (text, expected) in [
        (
            "s:\n  a: 1\n  # b\n  b: 2 # c\n  # d\n  d: 3\n",
            "s:\n  a: 1\n  # b\n  # d\n  d: 3\n",
        ),
        ("s:\n  b:\n    x: 1\n    y: 2\n  d: 3\n", "s:\n  d: 3\n"),
        ("s:\n  b: 1\nt: 1\n", "s: {}\nt: 1\n"),
        ("s: # c\n  b: 1\nt: 1\n", "s: {} # c\nt: 1\n"),
        ("s:\n  b: 1", "s: {}"),
        ("s:\n  a: 1\n  b: 1", "s:\n  a: 1"),
        ("s: {b: 1}\n", "s: {}\n"),
        ("s: {a: 1, b: 1}\n", "s: {a: 1}\n"),
        ("s: {b: 1, a: 1}\n", "s: {a: 1}\n"),
        (
            "{\n  \"s\": {\n    \"a\": 1,\n    \"b\": 2\n  }\n}\n",
            "{\n  \"s\": {\n    \"a\": 1\n  }\n}\n",
        ),
        (
            "{\n  \"s\": {\n    \"b\": 2,\n    \"a\": 1\n  }\n}\n",
            "{\n  \"s\": {\n    \"a\": 1\n  }\n}\n",
        ),
        ("{\"s\":{\"a\":1,\"b\":2}}", "{\"s\":{\"a\":1}}"),
    ] {
        becomes(text, &one, expected);
    }
    let first = [("l[0]", Change::Remove)];
    for (text, expected) in [
        ("l:\n- a # c\n# d\n- b\n", "l:\n# d\n- b\n"),
        ("l:\n- a\n", "l: []\n"),
        ("l: [a]\n", "l: []\n"),
        ("l: [a, b]\n", "l: [b]\n"),
        ("l:\n- x: 1\n  y: 2\n- b\n", "l:\n- b\n"),
    ] {
        becomes(text, &first, expected);
    }
    let of_item = [("l[0].h", Change::Remove)];
    for (text, expected) in [
        ("l:\n- h: 1\n  c: 2\n", "l:\n- c: 2\n"),
        ("l:\n- c: 2\n  h: 1\n", "l:\n- c: 2\n"),
        (
            "l:\n  - h: 1 # x\n    # c\n    c: 2\n",
            "l:\n  -\n    # c\n    c: 2\n",
        ),
        ("l:\n- h: 1\n", "l:\n- {}\n"),
    ] {
        becomes(text, &of_item, expected);
    }
}

#[test]
fn a_field_takes_the_place_of_another() {
    let edit = [("v[0].hostPath", Change::Replace("emptyDir", json!({})))];
    for (text, expected) in [
        (
            "v:\n- name: a\n  hostPath:\n    path: /x\n  # c\n",
            "v:\n- name: a\n  emptyDir: {}\n  # c\n",
        ),
        (
            "v:\n- hostPath: {path: /x} # c\n  name: a\n",
            "v:\n- emptyDir: {} # c\n  name: a\n",
        ),
        (
            "{\"v\":[{\"hostPath\":{\"path\":\"/\"}}]}",
            "{\"v\":[{\"emptyDir\":{}}]}",
        ),
    ] {
        becomes(text, &edit, expected);
    }
}

#[test]
fn shared_nodes_are_edited_once_or_left_as_they_are() {
    let both = [("c[0].s.x", set(false)), ("c[1].s.x", set(false))];
    let text = "c:\n- n: a\n  s: &s\n    k: 1\n- n: b\n  s: *s # same\n";
    becomes(
        text,
        &both,
        "c:\n- n: a\n  s: &s\n    k: 1\n    x: false\n- n: b\n  s: *s # same\n",
    );
    becomes(
        text,
        &both[1..],
        "c:\n- n: a\n  s: &s\n    k: 1\n- n: b\n  s: {<<: *s, x: false} # same\n",
    );
    let edited = run(text, &both[..1]);
    assert_eq!(edited.bytes, text.as_bytes());
    assert_eq!(edited.refused[0].path.to_string(), "c[0].s");
    assert!(edited.refused[0].message.contains("anchored"));

    let merged = "c:\n- &c\n  n: a\n  s:\n    k: 1\n- <<: *c\n  n: b\n";
    becomes(
        merged,
        &both,
        "c:\n- &c\n  n: a\n  s:\n    k: 1\n    x: false\n- <<: *c\n  n: b\n",
    );
    becomes(
        merged,
        &both[1..],
        "c:\n- &c\n  n: a\n  s:\n    k: 1\n- <<: *c\n  n: b\n  s:\n    k: 1\n    x: false\n",
    );
    let scalar = "c:\n- s: {x: &t true}\n- s: {x: *t}\nz: *t\n";
    let edited = run(scalar, &both);
    assert_eq!(edited.refused.len(), 1);
    assert_eq!(
        edited.bytes,
        b"c:\n- s: {x: &t true}\n- s: {x: false}\nz: *t\n"
    );
}

#[test]
fn items_of_lists_and_other_documents_stay() {
    let text = "kind: List\nitems:\n- a: 1\n- a: 2\n---\nb: 1\n";
    let mut list = edits(&[("items[1].s.x", set(1)), ("b", set(2))]);
    list[1].document = 1;
    let edited = edit_text(text.as_bytes(), &list).unwrap();
    assert_eq!(
        String::from_utf8(edited.bytes).unwrap(),
        "kind: List\nitems:\n- a: 1\n- a: 2\n  s:\n    x: 1\n---\nb: 2\n"
    );
    assert_eq!(edited.hunks.len(), 2);
}

#[test]
fn duplicate_keys_are_edited_at_the_last_and_not_removed() {
    becomes("s: 1\ns: 2\n", &[("s", set(3))], "s: 1\ns: 3\n");
    let edited = run("s: 1\ns: 2\nt: 1\n", &[("s", Change::Remove)]);
    assert!(edited.refused[0].message.contains("twice"));
}

#[test]
fn broken_and_foreign_files_are_refused() {
    let edit = edits(&[("s", set(1))]);
    let refused = |bytes: &[u8]| edit_text(bytes, &edit).unwrap_err();
    assert!(refused(b"a: [\n").contains("cannot be read"));
    assert!(refused(b"a: 1\n---\nb: [\n").contains("cannot be read"));
    assert!(refused(b"\xff\xfea\0").contains("UTF-16"));
    assert!(refused(b"a: \xff\n").contains("byte 3"));
}

/// The span of a mapping ends with what stands in it last, and that may be a merge.
#[test]
fn a_merge_that_ends_a_mapping_stays_in_it() {
    let head = "x: &x\n  i: 1\ny: &y\n  j: 2\n";
    let edits = [("a.c[0].s", set(true)), ("a.t", set(true))];
    for (merge, added) in [
        ("    <<: *x\n", "    <<: *x\n    s: true\n"),
        (
            "    <<: [*x, *y] # both\n",
            "    <<: [*x, *y] # both\n    s: true\n",
        ),
        (
            "    <<:\n    - *x\n    - *y\n",
            "    <<:\n    - *x\n    - *y\n    s: true\n",
        ),
        ("    <<: {k: 1}\n", "    <<: {k: 1}\n    s: true\n"),
    ] {
        let text = |own: &str, t: &str| format!("{head}a:\n  c:\n  - n: z\n{own}{t}# end\n");
        becomes(&text(merge, ""), &edits, &text(added, "  t: true\n"));
    }
}

#[test]
fn a_new_key_of_an_anchored_mapping_is_left_to_the_merge() {
    let edits = [("c[0].s", set(true)), ("c[1].s", set(true))];
    becomes(
        "c:\n- &b\n  n: x\n  i: y\n- <<: *b\n  n: z\n",
        &edits,
        "c:\n- &b\n  n: x\n  i: y\n  s: true\n- <<: *b\n  n: z\n",
    );
    // Another value is written, and one that does not come by the merge.
    let edits = [
        ("c[0].s", set(true)),
        ("c[1].s", set(false)),
        ("c[1].t", set(1)),
    ];
    becomes(
        "c:\n- &b\n  n: x\n  i: y\n- <<: *b\n  n: z\n",
        &edits,
        "c:\n- &b\n  n: x\n  i: y\n  s: true\n- <<: *b\n  n: z\n  s: false\n  t: 1\n",
    );
}
