//! Of JSON that goes on as YAML, each mistake is told by the decoder that kubectl
//! has then.

use super::parse_stream;

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
