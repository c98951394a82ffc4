//! Of JSON that goes on as YAML, each mistake is told by the decoder that kubectl
//! has then.

use super::parse_stream;
use crate::source::Span;
use crate::tree::{Kind, Tree};

#[test]
fn after_a_yaml_document_the_mistakes_are_yamls() {
    let table = [
        ("---\nk: *x\n", "invalid character '-' in numeric literal"),
        (
            "---\nk: v\n----\n",
            "invalid character '-' in numeric literal",
        ),
        (
            "---\nkind: Pod\n---\nk: *x\n",
            "unknown anchor 'x' referenced",
        ),
        ("---\nkind: Pod\n---\n: {a\n", "did not find expected key"),
        (
            "---\nkind: Pod\n---\nk: v\n---- x\n",
            "invalid Yaml document separator: - x",
        ),
        (
            "---\n# nothing\n---\nk: [\n",
            "did not find expected node content",
        ),
    ];
    for (rest, message) in table {
        let text = format!("{{\"kind\": \"Secret\"}}\n{rest}");
        let parsed = parse_stream(&text);
        let told: Vec<_> = parsed.errors.iter().map(|e| e.message.as_str()).collect();
        assert_eq!(told.first(), Some(&message), "{text:?}");
        let span = parsed.errors[0].span.start as usize;
        let is_json = message.starts_with("invalid character");
        assert_eq!(
            text[..span].matches("---").count() == 0,
            is_json,
            "{text:?}"
        );
    }
}

#[test]
fn a_wrong_separator_stands_where_its_words_do() {
    for (text, expected) in [
        ("--- x\n", &["x"][..]),
        ("---- \n", &["-"]),
        ("k: v\n---   x y  \n", &["x y"]),
        (
            "k: v\n---\nl: w\n---x\n---\nm: 1\n--- \u{e9} z\n",
            &["x", "\u{e9} z"],
        ),
        ("k: v\n--- # fine\n--- one\n--- two\n", &["one", "two"]),
    ] {
        let told = parse_stream(text).errors;
        let told: Vec<_> = told
            .iter()
            .filter(|error| error.message.contains("separator"))
            .map(|error| &text[error.span.start as usize..error.span.end as usize])
            .collect();
        assert_eq!(told, expected, "{text:?}");
    }
}

/// From [`super::stream::parse_stream`]'s size for threads on, too.
#[test]
fn a_large_text_without_a_document_has_none() {
    let blank = " ".repeat(300 << 10);
    for text in [
        format!("--- x{blank}\n"),
        format!("--- x\n---\n--- y{blank}\n"),
    ] {
        let parsed = parse_stream(&text);
        assert_eq!(parsed.documents.len(), 0);
        assert!(!parsed.errors.is_empty());
    }
}

/// Every place in a tree.
fn places(tree: &Tree) -> Vec<Span> {
    let mut places = Vec::new();
    for node in &tree.nodes {
        places.push(node.span);
        if let Kind::Mapping(entries) = &node.kind {
            for entry in entries {
                places.push(entry.key_span);
                places.extend(entry.merged_at);
            }
        }
    }
    for duplicate in &tree.duplicates {
        places.extend([duplicate.first, duplicate.second]);
    }
    places
}

#[test]
fn a_later_document_has_its_places_in_the_whole_text() {
    let text = "base: &b {x: 1}\nown:\n  <<: *b\n  y: 2\n  y: 3\nlist: [*b]\n";
    let alone = places(&parse_stream(text).documents[0].tree);
    assert!(alone.len() > 15, "{alone:?}");
    for before in ["a: 1\n---\n", "a: 1\n---\nb: [2, 3]\n---\n"] {
        let parsed = parse_stream(&format!("{before}{text}"));
        let found = places(&parsed.documents.last().unwrap().tree);
        let base = before.len();
        let expected: Vec<_> = alone
            .iter()
            .map(|own| Span::new(own.start as usize + base, own.end as usize + base))
            .collect();
        assert_eq!(found, expected);
    }
}
