//! Places of fields, to the last column, however the field got there.

use super::{Document, read};
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::rules;
use crate::source::Span;

/// With anchors and merges, so that the YAML library reads it.
const MERGED: &str = "\
base: &base
  image: \"é: x\"   # a comment
  env: &env
  - {name: A, value: 'b c'}
pod:
  <<: *base
  name: c
  list: *env
two:
  <<: [*base, {image: own, extra: 12}]
  image: over
";

/// Without, so that it is read as simple YAML, but for the block.
const PLAIN: &str = "\
pod:
  image: \"é: x\"   # a comment
  name: ünï cödé # another
  none:
  list: [1, 'b c']
  last: yes
";

const BLOCK: &str = "\
text: |
  one
  é two
quoted: \"a
  b\"
folded: >-
  x
  y

next: 1
";

const JSON: &str =
    "{\"pod\": {\"image\": \"\\u00e9\", \"list\": [1, {\"a\": \"b\"}]},\n \"next\": null}";

fn document(text: &str) -> Document {
    read("f", text.as_bytes().to_vec()).documents.remove(0)
}

/// `line:column-line:column` and what stands there.
fn place(document: &Document, span: Span) -> (String, String) {
    let at = document.location(span);
    let text = document.source().slice(span);
    (
        format!(
            "{}:{}-{}:{}",
            at.line, at.column, at.end_line, at.end_column
        ),
        text.to_owned(),
    )
}

fn check(text: &str, rows: &[(&str, &str, &str)]) {
    let document = document(text);
    for (path, expected, written) in rows {
        let at = document.locate(&FieldPath::parse(path)).unwrap();
        let found = place(&document, at.span);
        assert_eq!(
            found,
            ((*expected).to_owned(), (*written).to_owned()),
            "{path}"
        );
        let numbers = (at.line, at.column, at.end_line, at.end_column);
        let json = serde_json::to_value(&at).unwrap();
        let field = |name: &str| u32::try_from(json[name].as_u64().unwrap()).unwrap();
        let told = (
            field("line"),
            field("column"),
            field("endLine"),
            field("endColumn"),
        );
        assert_eq!(told, numbers, "{path}");
    }
}

#[test]
fn a_value_ends_where_its_last_character_does() {
    check(
        PLAIN,
        &[
            ("pod.image", "2:10-2:16", "\"é: x\""),
            ("pod.name", "3:9-3:17", "ünï cödé"),
            // Nothing stands there: its name does.
            ("pod.none", "4:3-4:7", "none"),
            ("pod.list", "5:9-5:19", "[1, 'b c']"),
            ("pod.list[0]", "5:10-5:11", "1"),
            ("pod.list[1]", "5:13-5:18", "'b c'"),
            ("pod.last", "6:9-6:12", "yes"),
        ],
    );
    check(
        JSON,
        &[
            ("pod.image", "1:19-1:27", "\"\\u00e9\""),
            ("pod.list", "1:37-1:52", "[1, {\"a\": \"b\"}]"),
            ("pod.list[1]", "1:41-1:51", "{\"a\": \"b\"}"),
            ("pod.list[1].a", "1:47-1:50", "\"b\""),
            ("next", "2:10-2:14", "null"),
        ],
    );
    check(
        BLOCK,
        &[
            ("text", "1:7-3:8", "|\n  one\n  é two"),
            ("quoted", "4:9-5:5", "\"a\n  b\""),
            ("next", "10:7-10:8", "1"),
        ],
    );
}

#[test]
fn merged_and_aliased_values_have_the_place_of_their_source() {
    check(
        MERGED,
        &[
            ("base.image", "2:10-2:16", "\"é: x\""),
            ("pod.image", "2:10-2:16", "\"é: x\""),
            ("pod.env[0].value", "4:22-4:27", "'b c'"),
            ("pod.name", "7:9-7:10", "c"),
            // The alias itself; what is in it stands at the anchor.
            ("pod.list", "8:9-8:13", "*env"),
            ("pod.list[0].name", "4:12-4:13", "A"),
            ("two.image", "11:10-11:14", "over"),
            ("two.extra", "10:35-10:37", "12"),
            ("two.env[0].name", "4:12-4:13", "A"),
        ],
    );
}

#[test]
fn a_field_knows_its_name_its_merge_and_its_anchor() {
    let document = document(MERGED);
    for (path, key, merged_at) in [
        ("base.image", "2:3-2:8", None),
        ("pod.image", "2:3-2:8", Some("6:3-6:5")),
        ("pod.env", "3:3-3:6", Some("6:3-6:5")),
        ("pod.name", "7:3-7:7", None),
        ("two.image", "11:3-11:8", None),
        ("two.extra", "10:28-10:33", Some("10:3-10:5")),
        // Below a merged field nothing was merged.
        ("pod.env[0].name", "4:6-4:10", None),
    ] {
        let found = document.find(&FieldPath::parse(path)).unwrap();
        assert_eq!(place(&document, found.key.unwrap()).0, key, "{path}");
        let merged = found.merged_at.map(|at| place(&document, at));
        let merged = merged.as_ref().map(|(at, text)| {
            assert_eq!(text, "<<", "{path}");
            at.as_str()
        });
        assert_eq!(merged, merged_at, "{path}");
        assert_eq!(found.anchored, None, "{path}");
    }
    let found = document.find(&FieldPath::parse("pod.list")).unwrap();
    let (at, text) = place(&document, found.anchored.unwrap());
    assert!(at.starts_with("4:3-4:28"), "{at} {text:?}");
    // A list is pointed at by its name, an object without one by its first own key.
    let headline = |path: &str| {
        let found = document.find(&FieldPath::parse(path)).unwrap();
        place(&document, found.headline(document.tree())).0
    };
    assert_eq!(headline("pod.list"), "8:3-8:7");
    assert_eq!(headline("pod.env"), "3:3-3:6");
    assert_eq!(headline("pod.env[0]"), "4:6-4:10");
    assert_eq!(headline("pod.name"), "7:9-7:10");
}

#[test]
fn a_place_in_a_later_document_counts_from_the_files_beginning() {
    let text = format!("# é\na: 1\n---\n{MERGED}");
    let manifest = read("f", text.into_bytes());
    let document = &manifest.documents[1];
    for (path, expected) in [
        ("pod.image", "5:10-5:16"),
        ("two.extra", "13:35-13:37"),
        ("pod.list", "11:9-11:13"),
    ] {
        let path = FieldPath::parse(path);
        let at = document.locate(&path).unwrap();
        assert_eq!(place(document, at.span).0, expected, "{path}");
        let found = document.find(&path).unwrap();
        let merged = found.merged_at.map(|at| place(document, at).1);
        assert!(merged.is_none_or(|text| text == "<<"), "{path}");
        let key = place(document, found.key.unwrap()).1;
        assert_eq!(path.to_string().rsplit('.').next(), Some(key.as_str()));
    }
}

#[test]
fn an_object_of_a_list_has_its_path_in_the_document() {
    let list = "kind: List\nitems:\n- kind: A\n- kind: B\n---\nkind: C\n---\nkind: Odd\nitems: [{kind: D}]\n";
    let documents = read("f", list.as_bytes().to_vec()).documents;
    let found = documents.iter().map(|document| {
        (
            document.kind().unwrap(),
            document.index(),
            document.base().to_string(),
        )
    });
    let expected = [
        ("A", 0, "items[0]"),
        ("B", 0, "items[1]"),
        ("C", 1, ""),
        ("D", 2, "items[0]"),
    ];
    let expected = expected.map(|(kind, index, base)| (kind, index, base.to_owned()));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

/// However a value is written: as it is, in quotes, with escapes, as a block.
#[test]
fn a_part_of_a_value_is_shown_where_it_stands() {
    let part = |text: &str, range: std::ops::Range<usize>| {
        let document = document(text);
        let path = FieldPath::parse("a");
        let value = document.find(&path).unwrap().node;
        let value = document.tree().str(value).unwrap().to_owned();
        let finding = Finding::new(&rules::INVALID, path, "y").part(&value, range);
        let found = document.place(vec![finding]).remove(0);
        let at = found.location.unwrap();
        let shown = document.source().slice(at.span).to_owned();
        (at.line, at.column, shown)
    };
    for (text, range, column, shown) in [
        ("a: xyz\n", 1..3, 5, "yz"),
        ("a: 'xyz'\n", 1..3, 6, "yz"),
        ("a: \"xyz\"\n", 0..3, 5, "xyz"),
        // Of several that read alike the one that is meant,
        ("a: xxxx\n", 1..2, 5, "x"),
        ("a: 'xxxx'\n", 2..3, 7, "x"),
        // also where what stands before it is written otherwise.
        ("a: \"\\x41xyxy\"\n", 3..5, 11, "xy"),
        ("a: 'it''s x'\n", 5..6, 11, "x"),
        // What cannot be seen as it reads: the whole value.
        ("a: \"\\x41b\"\n", 0..2, 4, "\"\\x41b\""),
    ] {
        assert_eq!(part(text, range), (1, column, shown.to_owned()), "{text}");
    }
    assert_eq!(
        part("b: 1\na: |\n  one\n  two\n", 4..7),
        (4, 3, "two".to_owned())
    );
}

/// The search for parts of an escaped value is bounded; an unescaped value has all of
/// its parts.
#[test]
fn many_parts_of_a_value_are_found_where_it_reads_as_it_is_written() {
    let words: Vec<String> = (0..300).map(|n| format!("w{n};")).collect();
    let value = words.concat();
    for (text, exact) in [
        (format!("a: {value}\n"), 300),
        (format!("a: '{value}'\n"), 300),
        (format!("a: \"{value}\"\n"), 300),
        (format!("a: \"\\x20{value}\"\n"), 100),
    ] {
        let document = document(&text);
        let path = FieldPath::parse("a");
        let read = document.find(&path).unwrap().node;
        let read = document.tree().str(read).unwrap().to_owned();
        let mut start = read.len() - value.len();
        let mut findings = Vec::new();
        for word in &words {
            let range = start..start + word.len();
            findings.push(Finding::new(&rules::INVALID, path.clone(), "y").part(&read, range));
            start += word.len();
        }
        let placed = document.place(findings);
        let shown = placed.iter().zip(&words).take_while(|(finding, word)| {
            let span = finding.location.as_ref().unwrap().span;
            document.source().slice(span) == word.as_str()
        });
        assert_eq!(shown.count(), exact, "{}", &text[..8]);
    }
}
