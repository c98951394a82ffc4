//! Lists that are read item by item hold what they hold when they are read at once.

use std::sync::Arc;

use super::document::Document;
use super::lazy::LazyManifest;
use super::read::read;
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::yaml::{ListBounds, LongText};

const BOUNDS: ListBounds = ListBounds {
    values: 1000,
    item: 4 << 20,
    run: 30,
};

/// A text in memory that is read in parts.
#[derive(Debug)]
struct InMemory(Vec<u8>);

impl LongText for InMemory {
    fn read(&self, start: usize, length: usize) -> Result<Vec<u8>, String> {
        let rest = self.0.get(start..).unwrap_or_default();
        Ok(rest[..length.min(rest.len())].to_vec())
    }
}

/// Everything that is said of an object.
fn shown(document: &Document, of_secrets: bool) -> String {
    let mut places = String::new();
    for path in ["", "kind", "metadata.name", "spec.x[1]", "é"] {
        let place = document.locate(&FieldPath::parse(path));
        places.push_str(&format!(
            " {}",
            place.map_or(String::new(), |place| format!(
                "{place}-{}:{}",
                place.end_line, place.end_column
            ))
        ));
    }
    let mut shown = format!(
        "{} {} {:?} {:?} {:?}{places}",
        document.index(),
        document.base(),
        document.api_version(),
        document.kind(),
        document.to_value().map_err(|error| error.message),
    );
    if of_secrets {
        let findings = crate::check(document, crate::KubernetesVersion::LATEST);
        let findings = serde_json::to_string(&findings).unwrap();
        shown.push_str(&format!(" {} {findings}", document.may_be_secret()));
    }
    shown
}

fn all(pieces: &LazyManifest, of_secrets: bool) -> (Vec<String>, Vec<Finding>) {
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for piece in 0..pieces.len() {
        let read = pieces.read(piece);
        documents.extend(read.documents.iter().map(|own| shown(own, of_secrets)));
        errors.extend(read.errors);
    }
    (documents, errors)
}

const LISTS: [&str; 14] = [
    r#"{"apiVersion":"v1","items":[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}},{"kind":"Pod","spec":{"x":[1,-2.5e3,0]}}],"kind":"List","metadata":{"resourceVersion":""}}"#,
    "{\n  \"kind\": \"PodList\", \"apiVersion\": \"v1\",\n  \"items\" : [ {\"metadata\": {\"name\": \"a\"},\n\"é\": \"\\u00e9\\ud83d\\ude00\"} , {\"kind\":\"Job\"}\t,\n{ } , [], 5, null, \"x\", true ] }\n",
    r#"{"kind":"List","apiVersion":"v1","items":[]}"#,
    r#"{"kind":"List","items":[{"kind":"Pod"}]} {"kind":"Pod","apiVersion":"v1"}{"kind":"List","items":[{"kind":"Job"}]}"#,
    r#"{"items":[{"kind":"Pod"}],"items":[{"kind":"Job"}],"kind":"List"}"#,
    r#"{"items":[{"kind":"Pod"}],"\u0069tems":[{"kind":"Job"}],"kind":"List"}"#,
    r#"{"items":[{"kind":"Pod"}]}"#,
    r#"{"items":null,"kind":"List"}"#,
    r#"{"items":{"a":1},"kind":"List"}"#,
    r#"{"kind":"Pod","apiVersion":"v1","items":[{"a":[{"b":{}}]},{"kind":"Pod","a":1,"a":2}]}"#,
    r#"{"kind":"List","items":[{"kind":"List","items":[{"kind":"Pod"}]},{"kind":"Pod","kind":"Secret","data":{}}]}"#,
    r#"{"kind":"List","items":[{"kind":"Pod","\u006bind":"Secret"},{"kind":"P\u006fd"}]}"#,
    r#"{"kind":"List","items":[{a: b}]}"#,
    r#"{"kind":"ConfigMapList","apiVersion":"v1","items":[{"data":{"a":"b"},"x":1},{"kind":"","apiVersion":""}]}"#,
];

#[test]
fn a_list_reads_the_same_item_by_item() {
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move |below: usize| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random % u64::try_from(below).unwrap()).unwrap()
    };
    let parts = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\u12",
        "0",
        "1",
        ".",
        "-",
        "e9",
        "e999",
        "null",
        "nul",
        " ",
        "\n",
        "\0",
        "é",
        "\u{feff}",
        "a",
        "\"items\"",
        "\"kind\"",
        "items",
        "{\"a\":1}",
        "---\n",
        "#",
    ];
    let mut broken = 0;
    for round in 0..4_000 {
        let mut text = LISTS[round % LISTS.len()].to_owned();
        for _ in 0..(round / LISTS.len()).min(1 + round % 2) {
            let mut at = next(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8) * next(2);
            text.replace_range(at..end, parts[next(parts.len())]);
        }
        let whole = read("f", text.clone().into_bytes());
        // Of an item by itself it is more certain that it is no Secret if a key stands twice.
        let mut trees = whole.documents.iter().map(Document::tree);
        let of_secrets = trees.all(|tree| tree.duplicates().is_empty());
        let shown = |own| shown(own, of_secrets);
        let expected: Vec<String> = whole.documents.iter().map(shown).collect();
        let own = LazyManifest::within("f", text.clone().into_bytes(), 0, BOUNDS);
        let (documents, errors) = all(&own, of_secrets);
        assert_eq!(documents, expected, "{text}");
        assert_eq!(errors, whole.errors, "{text}");
        broken += usize::from(!errors.is_empty());
        for piece in 0..own.len() {
            for document in own.read(piece).documents {
                let kind = document.kind().unwrap_or_default();
                assert!(kind.is_empty() || own.may_be(piece, &[kind]), "{text}");
            }
        }
        // As a part of a long text.
        let text_of = InMemory(whole.source.text().as_bytes().to_vec());
        if let Some(long) = LazyManifest::long_within("f", Arc::new(text_of), BOUNDS) {
            let (documents, errors) = all(&long, of_secrets);
            if errors.is_empty() {
                assert_eq!(documents, expected, "{text}");
            } else if let Some(error) = whole.errors.first()
                && !errors[0].message.ends_with("after the end of the list")
            {
                let place = |own: &Finding| own.location.as_ref().map(|at| (at.line, at.column));
                assert_eq!(place(&errors[0]), place(error), "{text}");
            }
        }
    }
    assert!((1_000..3_900).contains(&broken), "{broken}");
}

/// The message and the place of the first error of a long text.
fn refusal(text: &str, bounds: ListBounds) -> Option<String> {
    let text = InMemory(text.as_bytes().to_vec());
    let own = LazyManifest::long_within("f", Arc::new(text), bounds)?;
    let error = own.read(0).errors.into_iter().next();
    Some(error.map_or("fine".to_owned(), |error| {
        format!("{}: {}", error.location.unwrap(), error.message)
    }))
}

#[test]
fn an_item_of_a_long_list_has_the_limits_of_a_document() {
    let list = |items: &str| format!("\u{feff}{{\"kind\":\"List\",\n\"items\":[\n{items}]}}\n");
    let one = r#"{"kind":"Pod","metadata":{"name":"a"}}"#;
    let many = vec![one; 2000].join(",\n");
    let bounds = ListBounds {
        values: 20,
        item: 2 << 20,
        run: 100,
    };
    assert_eq!(refusal(&list(&many), bounds).unwrap(), "fine");
    let crowded = format!("{many},\n[{}1]", "1,".repeat(30));
    let found = refusal(&list(&crowded), bounds).unwrap();
    assert_eq!(found, "f:2003:42: document holds more than 20 values");
    let large = format!("{many},\n  \"{}\"", "x".repeat(3 << 20));
    let found = refusal(&list(&large), bounds).unwrap();
    assert_eq!(found, "f:2003:3: a value is larger than 2 MiB");
    let long = format!("{many},\n\"{}\"", "x".repeat(3 << 19));
    assert_eq!(refusal(&list(&long), bounds).unwrap(), "fine");
    // What is no list, or two, is left to those who read a document at once.
    for other in [
        "{}",
        "",
        "a: b",
        r#"{"items":[1]}"#,
        r#"{"items":[1],"items":[2],"kind":"List"}"#,
    ] {
        assert_eq!(refusal(other, bounds), None, "{other}");
    }
}
