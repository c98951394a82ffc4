//! One input as both decoders take it: the documents that are sent, and why
//! there are no more.

use pod_model::source::Span;
use pod_model::yaml::SyntaxError;
use serde::Deserialize;
use serde_json::Value;

use crate::excuses::Apart;

/// The documents that `create` would send, and the reason for no more.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) documents: Vec<Value>,
    pub(crate) refusal: Option<Refusal>,
    /// True if kubectl would drop something instead of refusing it.
    pub(crate) is_dropped: bool,
    /// True if two keys of a mapping become one that are written in two ways.
    pub(crate) is_ambiguous: bool,
}

impl Sent {
    /// The class of the refusal; empty if there is none.
    pub(crate) fn class(&self) -> &str {
        self.refusal.as_ref().map_or("", |refusal| &refusal.class)
    }

    pub(crate) fn is_at(&self, place: &Place) -> bool {
        self.refusal
            .as_ref()
            .is_some_and(|refusal| refusal.place == *place)
    }

    /// Returns whether the other one's documents begin with these.
    pub(crate) fn has_first_documents_of(&self, other: &Self) -> bool {
        let pairs = self.documents.iter().zip(&other.documents);
        self.documents.len() <= other.documents.len() && pairs.into_iter().all(|(a, b)| same(a, b))
    }

    /// Returns the difference of two readings, or `None` if they are equal.
    pub(crate) fn apart(&self, other: &Self) -> Option<Apart> {
        if self.refusal.is_some() != other.refusal.is_some() {
            return Some(Apart::Answer);
        }
        if self.documents.len() != other.documents.len() || !self.has_first_documents_of(other) {
            return Some(Apart::Documents);
        }
        (self.refusal != other.refusal).then_some(Apart::Words)
    }
}

/// Equal, where 11e3 is 11000: JSON is passed on as it was written.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

/// The error and the place at which reading ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The decoder's words without what they quote.
    pub(crate) class: String,
    pub(crate) place: Place,
}

/// The place at which reading ended, as kubectl prints it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The line of the document, as go-yaml counts it.
    Line(usize),
    /// The byte behind the wrong one, of a JSON text.
    Offset(usize),
    /// kubectl names none.
    Nowhere,
}

/// Reads the input with our reader.
pub(crate) fn ours(input: &[u8]) -> Sent {
    let text = pod_model::yaml::decode_bytes(input.to_vec());
    let parsed = pod_model::yaml::parse_stream(&text);
    let documents = parsed.documents[..parsed.before_error].iter();
    let documents = documents.map(|document| {
        let json = document.tree.to_json(document.tree.root());
        let mut json = serde_json::Deserializer::from_str(&json);
        json.disable_recursion_limit();
        Value::deserialize(&mut json).unwrap()
    });
    let error = parsed.errors.first();
    let slice = |span: Span| text.get(span.start as usize..span.end as usize);
    let mut duplicates = parsed.documents.iter().flat_map(|d| d.tree.duplicates());
    let is_ambiguous = duplicates.any(|key| slice(key.first) != slice(key.second));
    Sent {
        is_ambiguous,
        documents: documents.collect(),
        refusal: error.map(|error| refusal_of(input, &text, error)),
        is_dropped: error.is_some_and(|error| error.is_dropped),
    }
}

/// Returns the answer of upstream's decoder, or `None` if it has a number beyond JSON,
/// which kubectl refuses when it decodes the object.
pub(crate) fn theirs(answer: &Value) -> Option<Sent> {
    if answer.get("unreadable").is_some() {
        return None;
    }
    let refusal = answer.get("err").and_then(Value::as_str);
    Some(Sent {
        documents: answer["docs"].as_array()?.clone(),
        refusal: refusal.map(refusal_in_words),
        is_dropped: false,
        is_ambiguous: false,
    })
}

/// Our error in go-yaml's terms, which counts lines from the document's first.
///
/// Source: `parser.fail` in go.yaml.in/yaml/v2: the scanner's problems are told
/// with their line, the parser's with the line before, and none is told of the
/// first line; what the decoder refuses has no place.
fn refusal_of(input: &[u8], text: &str, error: &SyntaxError) -> Refusal {
    let class = class(&error.message);
    let begin = error.document.start as usize;
    let lines = |at: u32| breaks(&text[begin..(at as usize).max(begin)]);
    let problem = lines(error.span.start);
    let context = error.context.as_deref().map(|(_, span)| lines(span.start));
    let place = match class.as_str() {
        class if class.starts_with("invalid character ") => {
            Place::Offset(offset_in(input, error.span.start as usize) + 1)
        }
        class if is_without_place(class) => Place::Nowhere,
        class if problem > 0 && is_of_the_parser(class) => Place::Line(problem),
        _ if problem > 0 => Place::Line(problem + 1),
        _ => match context {
            Some(line) if line > 0 => Place::Line(line),
            _ => Place::Nowhere,
        },
    };
    Refusal { class, place }
}

/// The offset in the input of a place in its text, in which a line feed stands for
/// each `\r\n`.
fn offset_in(input: &[u8], at: usize) -> usize {
    let is_kept = |at: usize| !(input[at] == b'\n' && at > 0 && input[at - 1] == b'\r');
    let mut kept = (0..input.len()).filter(|at| is_kept(*at));
    kept.nth(at).unwrap_or(input.len())
}

fn refusal_in_words(said: &str) -> Refusal {
    let without = |said: &'_ str, start| said.strip_prefix(start).unwrap_or(said).to_owned();
    let said = without(said, "error converting YAML to JSON: ");
    let mut said = without(&said, "yaml: ");
    let mut place = Place::Nowhere;
    for word in ["line ", "json: offset "] {
        let number = said.strip_prefix(word).and_then(|r| r.split_once(": "));
        if let Some((number, rest)) = number {
            let number = number.parse().unwrap();
            place = if word == "line " {
                Place::Line(number)
            } else {
                Place::Offset(number)
            };
            said = rest.to_owned();
        }
    }
    Refusal {
        class: class(&said),
        place,
    }
}

/// The words of an error without what they quote of the text.
fn class(said: &str) -> String {
    const BEFORE_A_QUOTE: [&str; 4] = [
        "invalid map key",
        "invalid Yaml document separator",
        "unsupported map key of type",
        "json: unsupported value",
    ];
    const AROUND_A_QUOTE: [&str; 3] = ["invalid character '", "anchor '", "unknown anchor '"];
    if said == "unexpected EOF" {
        return "unexpected end of JSON input".to_owned();
    }
    if let Some(class) = BEFORE_A_QUOTE.iter().find(|class| said.starts_with(*class)) {
        return (*class).to_owned();
    }
    let around = AROUND_A_QUOTE.iter().find(|start| said.starts_with(*start));
    match (around, said.rfind("' ")) {
        (Some(start), Some(end)) => format!("{}{}", start.trim_end_matches('\''), &said[end + 2..]),
        _ => said.to_owned(),
    }
}

/// Errors without a place: those of go-yaml's decoder and reader, of the splitter, and at
/// the end of a JSON text.
fn is_without_place(class: &str) -> bool {
    const WITHOUT: [&str; 10] = [
        "anchor ",
        "cannot decode ",
        "control characters are not allowed",
        "document contains excessive aliasing",
        "invalid Yaml document separator",
        "invalid map key",
        "json: unsupported value",
        "map merge requires ",
        "unexpected end of JSON input",
        "unknown anchor ",
    ];
    class.starts_with("unsupported map key")
        || class.starts_with("!!binary")
        || WITHOUT.iter().any(|start| class.starts_with(start))
}

/// The grammar's complaints; the scanner's other ones are about characters.
pub(crate) fn is_of_the_parser(class: &str) -> bool {
    const PARSER: [&str; 9] = [
        "did not find expected '-' indicator",
        "did not find expected ',' or ']'",
        "did not find expected ',' or '}'",
        "did not find expected key",
        "did not find expected node content",
        "did not find expected <document start>",
        "did not find expected <stream-start>",
        "found incompatible YAML document",
        "found undefined tag handle",
    ];
    PARSER.contains(&class) || class.starts_with("found duplicate %")
}

/// The line breaks of YAML 1.1.
fn breaks(text: &str) -> usize {
    let alone = text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    alone.count() - text.matches("\r\n").count()
}
