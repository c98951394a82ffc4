use super::parse_value;
use crate::tree::{Kind, Number};

#[test]
fn values_end_where_the_next_begins() {
    let text = r#" {"a":[1,2.0,{}],"b":"\u00e9\ud83d\ude00\ud83d"}[]"#;
    let (tree, end) = parse_value(text, 0).unwrap().unwrap();
    assert_eq!(&text[end..], "[]");
    let a = tree.get(tree.root(), "a").unwrap();
    let numbers: Vec<_> = tree
        .elements(a)
        .iter()
        .map(|id| tree.kind(*id).clone())
        .collect();
    assert_eq!(numbers[1], Kind::Number(Number::Int(2)));
    let b = tree.get(tree.root(), "b").unwrap();
    assert_eq!(tree.str(b), Some("é😀\u{fffd}"));
    assert!(parse_value("  ", 0).unwrap().is_none());
}

#[test]
fn invalid_json_is_refused() {
    for text in [
        "{",
        "[1,]",
        "{\"a\" 1}",
        "{a:1}",
        "01x",
        "-",
        "1.",
        "1e",
        "tru",
        "\"\t\"",
        "\"\\'\"",
        "1e999",
        "]",
    ] {
        let result = parse_value(text, 0);
        // `01x` is the value 0, and the rest belongs to the next value.
        assert_eq!(result.is_ok(), text == "01x", "{text}: {result:?}");
    }
}
