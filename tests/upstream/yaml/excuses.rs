//! The differences from kubectl's decoder that are known, each with its reason
//! and the number of times the random inputs show it.

use crate::compare::{Place, Sent, is_of_the_parser};

/// The difference of two readings of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Apart {
    /// One takes what the other refuses.
    Answer,
    /// Other documents are sent.
    Documents,
    /// The same documents, and other words or another place for the refusal.
    Words,
}

/// One reason. It excuses differences of its kinds and no others.
pub(crate) struct Excuse {
    pub(crate) reason: &'static str,
    kinds: &'static [Apart],
    applies: fn(&str, &Sent, &Sent) -> bool,
}

/// Whichever is taken, it cannot be compared: the order of a Go map is any.
pub(crate) const BY_CHANCE: &str =
    "the keys 1, 1.0 and \"1\" are three, of which kubectl takes one by chance";

/// Returns whether chance decides what kubectl makes of an input that both take.
pub(crate) fn is_by_chance(input: &str, ours: &Sent, theirs: &Sent) -> bool {
    let are_taken = ours.refusal.is_none() && theirs.refusal.is_none();
    let are_merged = input.contains("\"1\"") && input.contains("1:");
    are_taken && (ours.is_ambiguous || are_merged)
}

/// Number of occurrences of each reason, in `INPUTS` random inputs. A number may only
/// become smaller.
pub(crate) const COUNTS: &[(&str, usize)] = &[
    ("`a:,` inside a flow collection", 29),
    ("`a? ` inside a flow collection", 23),
    ("a byte order mark inside the text", 2),
    ("a number beyond JSON that a later equal key replaces", 4),
    ("a number that the answer cannot hold", 2),
    ("a tag of flow indicators", 25),
    (
        "a version that go-yaml does not know, in a document of directives alone",
        49,
    ),
    (
        "a word like a literal of JSON is wrong as a whole, to Go from its first wrong letter on",
        9,
    ),
    (
        "go-yaml tells no offset behind the second JSON document",
        609,
    ),
    (
        "kubectl drops what follows the end of a document, we refuse it",
        1708,
    ),
    (
        "of a key that may go on and a character that begins nothing, the YAML library tells the key",
        2,
    ),
    (
        "of two mistakes that the decoder finds, go-yaml comes to the other one first",
        2,
    ),
    (
        "of two mistakes the first is told, go-yaml scans the whole document before it decodes any of it",
        716,
    ),
    (
        "the YAML library scans a token further than go-yaml before it parses",
        81,
    ),
    (
        "the escape \\/ is told after the other mistakes of a document",
        1,
    ),
    (BY_CHANCE, 103),
    (
        "the line feed that is added at the end ends a JSON string",
        14,
    ),
    (
        "what follows a JSON object, with no line feed at the end",
        3,
    ),
];

/// The same of the table of broken streams.
pub(crate) const COUNTS_OF_BROKEN_STREAMS: &[(&str, usize)] = &[
    (
        "a version that go-yaml does not know, in a document of directives alone",
        2,
    ),
    ("go-yaml tells no offset behind the second JSON document", 1),
    (
        "kubectl drops what follows the end of a document, we refuse it",
        12,
    ),
    (
        "the line feed that is added at the end ends a JSON string",
        2,
    ),
];

/// All but the marked ones come from the scanner of the YAML library, and nobody
/// writes them on purpose.
pub(crate) const EXCUSES: &[Excuse] = &[
    // On purpose: half of a value may stand behind the end.
    Excuse {
        reason: "kubectl drops what follows the end of a document, we refuse it",
        kinds: &[Apart::Answer, Apart::Documents, Apart::Words],
        applies: |_, ours, theirs| {
            ours.is_dropped
                && ours.documents.len() <= theirs.documents.len()
                && ours.has_first_documents_of(theirs)
        },
    },
    // Both are told to the person, one after the other.
    Excuse {
        reason: "of two mistakes the first is told, go-yaml scans the whole document before it decodes any of it",
        kinds: &[Apart::Words],
        applies: |_, ours, theirs| is_decoders(ours) && is_scanners(theirs),
    },
    Excuse {
        reason: "go-yaml tells no offset behind the second JSON document",
        kinds: &[Apart::Words],
        applies: |input, ours, theirs| {
            // What is null is no document and counts nevertheless.
            (ours.documents.len() > 1 || input.contains("null"))
                && theirs.is_at(&Place::Nowhere)
                && ours.class() == theirs.class()
        },
    },
    Excuse {
        reason: "a word like a literal of JSON is wrong as a whole, to Go from its first wrong letter on",
        kinds: &[Apart::Words],
        applies: |_, ours, theirs| {
            ours.class() == "invalid character looking for beginning of value"
                && theirs.class().starts_with("invalid character in literal ")
        },
    },
    Excuse {
        reason: "the line feed that is added at the end ends a JSON string",
        kinds: &[Apart::Words],
        applies: |input, ours, theirs| {
            ours.class() == "invalid character in string literal"
                && theirs.class() == "unexpected end of JSON input"
                && !input.ends_with('\n')
        },
    },
    Excuse {
        reason: "what follows a JSON object, with no line feed at the end",
        kinds: &[Apart::Answer, Apart::Documents],
        applies: |input, _, _| input.trim_start().starts_with('{') && !input.ends_with('\n'),
    },
    Excuse {
        reason: "a number beyond JSON that a later equal key replaces",
        kinds: &[Apart::Answer],
        applies: |_, ours, theirs| {
            ours.class() == "json: unsupported value" && theirs.refusal.is_none()
        },
    },
    Excuse {
        reason: "a version that go-yaml does not know, in a document of directives alone",
        kinds: &[Apart::Words],
        applies: |input, _, theirs| {
            theirs.class() == "found incompatible YAML document" && input.contains("%YAML")
        },
    },
    Excuse {
        reason: "of two mistakes that the decoder finds, go-yaml comes to the other one first",
        kinds: &[Apart::Words],
        applies: |_, ours, theirs| is_decoders(ours) && is_decoders(theirs),
    },
    Excuse {
        reason: "the escape \\/ is told after the other mistakes of a document",
        kinds: &[Apart::Words],
        applies: |input, _, theirs| {
            theirs.class() == "found unknown escape character" && input.contains("\\/")
        },
    },
    Excuse {
        reason: "the YAML library scans a token further than go-yaml before it parses",
        kinds: &[Apart::Words],
        applies: |_, ours, theirs| {
            is_scanners(ours) && !is_of_the_parser(ours.class()) && is_of_the_parser(theirs.class())
        },
    },
    Excuse {
        reason: "of a key that may go on and a character that begins nothing, the YAML library tells the key",
        kinds: &[Apart::Words],
        applies: |_, ours, theirs| {
            ours.class() == "could not find expected ':'"
                && theirs.class() == "found character that cannot start any token"
        },
    },
    Excuse {
        reason: "a tag of flow indicators",
        kinds: &[Apart::Answer, Apart::Documents, Apart::Words],
        applies: |input, _, _| {
            let tags = input.split('!').skip(1).map(|after| {
                let end = after.find([' ', '\n', '\t']).unwrap_or(after.len());
                &after[..end]
            });
            let mut tags = tags;
            tags.any(|tag| tag.contains([',', '[', ']', '{', '}']))
        },
    },
    Excuse {
        reason: "`a:,` inside a flow collection",
        kinds: &[Apart::Answer, Apart::Documents, Apart::Words],
        applies: |input, _, _| {
            is_flow(input) && is_followed(input, ":", &[',', '[', ']', '{', '}'])
        },
    },
    Excuse {
        reason: "`a? ` inside a flow collection",
        kinds: &[Apart::Answer, Apart::Documents, Apart::Words],
        applies: |input, _, _| is_flow(input) && is_followed(input, "?", &[' ', '\n', '\t', '\r']),
    },
    Excuse {
        reason: "a byte order mark inside the text",
        kinds: &[Apart::Answer, Apart::Documents, Apart::Words],
        applies: |input, _, _| input.chars().skip(1).any(|c| c == '\u{feff}'),
    },
];

fn is_flow(input: &str) -> bool {
    input.contains(['{', '['])
}

fn is_followed(input: &str, text: &str, by: &[char]) -> bool {
    input
        .match_indices(text)
        .any(|(at, _)| input[at + text.len()..].starts_with(by))
}

/// Returns whether go-yaml reports it after scanning the document.
fn is_decoders(sent: &Sent) -> bool {
    const DECODER: [&str; 8] = [
        "!!binary value contains invalid base64 data",
        "anchor value contains itself",
        "cannot decode ",
        "document contains excessive aliasing",
        "invalid map key",
        "json: unsupported value",
        "map merge requires ",
        "unsupported map key",
    ];
    DECODER.iter().any(|start| sent.class().starts_with(start))
}

fn is_scanners(sent: &Sent) -> bool {
    sent.refusal.is_some() && !is_decoders(sent)
}

/// The first reason for a difference.
pub(crate) fn excuse(
    apart: Apart,
    input: &str,
    ours: &Sent,
    theirs: &Sent,
) -> Option<&'static str> {
    EXCUSES
        .iter()
        .find(|excuse| excuse.kinds.contains(&apart) && (excuse.applies)(input, ours, theirs))
        .map(|excuse| excuse.reason)
}
