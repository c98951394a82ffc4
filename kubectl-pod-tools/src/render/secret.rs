//! What is wrong in a Secret is told without what it holds: standard error ends
//! up in the logs of others.

use pod_model::{Finding, Location, Source};

/// The id of a finding whose values were taken out.
pub(super) const HIDDEN: &str = "in-a-secret";

/// How an object is named that is one for certain, however its kind is written.
pub(super) const OBJECT: &str = "secret/";

/// Whether the document around the place may be a Secret. It is its text that
/// is looked at, since a broken document has no kind yet.
pub(super) fn surrounds(source: &Source, location: &Location) -> bool {
    let text = source.text();
    let mut at = (location.span.start as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let from = text[..at].rfind("\n---").unwrap_or(0);
    let to = text[at..].find("\n---").map_or(text.len(), |end| at + end);
    let document = &text[from..to];
    let around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'');
    document.match_indices("Secret").any(|(start, word)| {
        let after = document[start + word.len()..].chars().next();
        let mut key = document[..start].trim_end_matches(around);
        // An anchor or a tag may stand before it.
        while let Some((before, word)) = key.rsplit_once(char::is_whitespace)
            && word.starts_with(['&', '!'])
        {
            key = before.trim_end_matches(around);
        }
        let key = key
            .strip_suffix(':')
            .map(|key| key.trim_end_matches(around));
        key.is_some_and(|key| key.ends_with("kind")) && !after.is_some_and(char::is_alphanumeric)
    })
}

/// The finding without the words that quote a value: `must be a string, not the
/// number 1234`.
pub(super) fn without_values(finding: &Finding) -> Finding {
    let mut hidden = finding.clone();
    hidden.id = HIDDEN;
    hidden.label = None;
    hidden.related.clear();
    if let Some((what, _value)) = finding.message.split_once(", not ") {
        what.clone_into(&mut hidden.message);
        hidden.help = None;
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::Span;

    #[test]
    fn only_the_document_that_is_one_is_a_secret() {
        let text = "kind: Pod\nsecretName: Secret\n---\n\"kind\" : \"Secret\"\nx: 1\n---\nkind: SecretStore\n";
        let source = Source::new("f", text);
        let at = |word: &str| {
            let start = text.find(word).unwrap();
            surrounds(&source, &source.location(Span::new(start, start + 1)))
        };
        assert!(at("x: 1") && at("\"kind\""));
        assert!(!at("Pod") && !at("SecretStore"));
        for kind in [
            "&k Secret",
            "!!str Secret",
            "!!str &k \"Secret\"",
            "\n  Secret",
        ] {
            let source = Source::new("f", format!("kind: {kind}\nx: 1\n"));
            assert!(
                surrounds(&source, &source.location(Span::new(0, 1))),
                "{kind}"
            );
        }
    }
}
