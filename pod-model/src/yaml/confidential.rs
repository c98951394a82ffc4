//! Unreadable documents that may be Secrets. They have no tree, so
//! what was read before the error and the words behind it have to do.

use super::error::SyntaxError;
use super::escapes::Quotes;
use super::event::{Data, Event};
use super::events::scan;
use crate::count::steps;
use crate::kinds::confidential::{Said, is_secretive};
use crate::source::Span;

/// Returns whether the document may be a Secret, of which the first `read` bytes can be
/// read. It is none if the kind that it says there is certain, and nothing in
/// the rest speaks of a Secret.
pub(super) fn broken_may_be_secret(document: &str, read: usize) -> bool {
    let mut end = read.min(document.len());
    while !document.is_char_boundary(end) {
        end -= 1;
    }
    let before = &document[..end];
    let mut top = Top::default();
    // It ends with an error more often than not: the text is cut off. The
    // library wants a whole line.
    let line = format!("{before}\n");
    steps(line.len());
    let _ = scan(&line, &Quotes::default(), &mut |event| {
        top.take(event, before.len());
        Ok::<(), SyntaxError>(())
    });
    top.may_be_secret() || speaks_of_a_secret(document) || is_followed(document, end)
}

/// Returns whether another object may begin behind the place on the same line, as in
/// JSON that is written without line feeds: the excerpt would show it.
fn is_followed(document: &str, place: usize) -> bool {
    let rest = document[place..].lines().next().unwrap_or("");
    rest.match_indices('}').any(|(at, brace)| {
        let behind = rest[at + brace.len()..].trim_start();
        behind.starts_with('{')
    })
}

/// The keys of an object that tell what it is.
const TELLING: [&str; 7] = [
    "apiVersion",
    "kind",
    "metadata",
    "data",
    "binaryData",
    "stringData",
    "items",
];

/// Stands for an `apiVersion` that cannot be read: it is of no known group.
const ANY_GROUP: &str = "?/?";

/// The fields of the outermost mapping, as far as it was read.
#[derive(Default)]
struct Top {
    depth: usize,
    api_version: Option<String>,
    kind: Option<String>,
    /// Those of [`TELLING`] that stand there.
    told: Vec<&'static str>,
    /// The key whose value comes next.
    key: Option<String>,
    /// Its kind cannot be relied on: a key that stands twice or is no
    /// plain text, a merge, a kind that is not written out.
    uncertain: bool,
}

impl Top {
    fn take(&mut self, event: Event<'_>, end: usize) {
        match event.data {
            Data::MappingStart { .. } | Data::SequenceStart { .. } => {
                if self.depth == 1 {
                    self.end_value(None, event.span, end);
                }
                self.depth += 1;
            }
            Data::MappingEnd | Data::SequenceEnd => self.depth = self.depth.saturating_sub(1),
            Data::Scalar {
                value, tag: None, ..
            } if self.depth == 1 => match self.key {
                None => self.begin_value(&value),
                Some(_) => self.end_value(Some(&value), event.span, end),
            },
            Data::Scalar { .. } | Data::Alias(_) if self.depth == 1 => {
                self.end_value(None, event.span, end);
            }
            Data::Scalar { .. } | Data::Alias(_) => {}
        }
    }

    fn begin_value(&mut self, key: &str) {
        if let Some(known) = TELLING.iter().find(|known| **known == key) {
            // Twice: one object pasted behind another, its separator lost.
            self.uncertain |= self.told.contains(known);
            self.told.push(known);
        }
        self.uncertain |= key == "<<";
        self.key = Some(key.to_owned());
    }

    /// A value ends; `text` if it is a scalar that is written out.
    fn end_value(&mut self, text: Option<&str>, span: Span, end: usize) {
        let Some(key) = self.key.take() else {
            // A key that is no scalar.
            self.uncertain = true;
            return;
        };
        // It may go on behind the place.
        let is_whole = (span.end as usize) < end;
        let text = text.filter(|_| is_whole).map(str::to_owned);
        match (key.as_str(), text) {
            ("apiVersion", text) => self.api_version = Some(text.unwrap_or(ANY_GROUP.to_owned())),
            ("kind", Some(text)) => self.kind = Some(text),
            ("kind", None) => self.uncertain = true,
            _ => {}
        }
    }

    fn may_be_secret(&self) -> bool {
        let told = |key| self.told.contains(&key);
        let said = Said {
            api_version: self.api_version.as_deref(),
            kind: self.kind.as_deref(),
            data: told("data") || told("binaryData"),
            string_data: told("stringData"),
        };
        // What a list holds is not known before all of it is read.
        let is_list = self
            .kind
            .as_ref()
            .is_some_and(|kind| kind.ends_with("List"))
            || told("items");
        self.uncertain || is_list || said.may_be_secret()
    }
}

/// Returns whether a kind anywhere in the text may be that of a Secret, or a field is
/// one that Secrets alone have.
pub(crate) fn speaks_of_a_secret(document: &str) -> bool {
    steps(document.len());
    let text = document.to_ascii_lowercase();
    // A letter of the key `kind` that is written as an escape.
    let escapes = ["\\u00", "\\u{", "\\x"];
    text.contains("stringdata")
        || escapes.iter().any(|escape| text.contains(escape))
        || text
            .match_indices("kind")
            .filter_map(|(at, word)| text.get(at + word.len()..))
            .filter_map(|rest| {
                rest.trim_start_matches(['"', '\''])
                    .trim_start()
                    .strip_prefix(':')
            })
            .any(|rest| is_secretive(word(rest)))
}

/// The scalar that begins here, as far as it stands on one line: behind
/// comments, anchors, tags, quotes and the marks of a block scalar.
fn word(mut rest: &str) -> &str {
    loop {
        rest = rest.trim_start();
        let ends = match rest.as_bytes().first() {
            Some(b'#') => rest.find('\n'),
            Some(b'&' | b'!' | b'|' | b'>') => rest.find(char::is_whitespace),
            _ => break,
        };
        rest = ends.map_or("", |end| &rest[end..]);
    }
    let rest = rest.trim_start_matches(['"', '\'']);
    let end = rest.find(['\n', ',', '}', ']', '"', '\'', '#']);
    end.map_or(rest, |end| &rest[..end]).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(text: &str) -> bool {
        let at = text.find('@').unwrap_or(text.len());
        broken_may_be_secret(text, at)
    }

    #[test]
    fn a_document_that_may_be_a_secret_is_recognised() {
        for text in [
            "apiVersion: v1\n@",
            "kind: Secret\n@",
            "kind: secret\n@",
            "kind: # a comment\n  Secret\nx: @",
            "kind: >-\n  Secret\nx: @",
            "kind: |\n  Secret\nx: @",
            "kind: \"\\x53ecret\"\nx: @",
            "kind: !!binary U2VjcmV0\nx: @",
            "k: &k Secret\nkind: *k\nx: @",
            "a: &a {kind: Secret}\n<<: *a\nkind: Pod\nx: @",
            "kind: Pod\nx: @\nkind: Secret\n",
            "kind: Pod\nx: @\nkind:\n  # a comment\n  Secret\n",
            "kind: Pod\nx: @\nkind: !!str\n  &a 'Secret'\n",
            "kind: Pod\nx: @\nkind: \"\\x53ecret\"\n",
            "kind: Pod\nx: @\nstringData:\n",
            "kind: Pod\nkind: Pod\nx: @",
            "kind: Sealed\ndata: {}\nx: @",
            "kind: ConfigMap\ndata: {}\nmetadata: {}\ndata: @",
            "kind: List\nitems:\n- @",
            "kind: SecretList\nx: @",
            "kind: PodList\nx: @",
            "kind: Po@d\n",
            "kind: Pod@",
            "x: @\nkind: Pod\n",
            "{\"kind\": \"Secret\", @",
            "{\"apiVersion\": \"v1\", @",
            "{\"kind\": \"Pod\", @}{\"kind\":\"Secret\"}",
            "? {a: b}\n: c\nkind: Pod\nx: @",
            "- kind: Pod\n- @",
            "{\"kind\": \"Pod\", @} {\"a\":\"b\"}",
            "{\"kind\": \"Pod\", @, \"k\\u0069nd\": \"Secret\"}",
            "kind: Pod\nmetadata: {}\nspec: {}\nmetadata: {name: a}\nx: @",
            "kind: Pod\nspec: {}\ndata:\n  a: @",
            "",
        ] {
            assert!(hidden(text), "{text}");
        }
    }

    #[test]
    fn a_kind_that_is_certain_is_shown() {
        for text in [
            "kind: Pod\n@",
            "apiVersion: v1\nkind: Pod\nspec:\n  volumes:\n  - secret: {secretName: a}\n  x: @",
            "kind: \"ConfigMap\"\ndata:\n  a: @",
            "metadata: {name: my-secret}\nkind: Pod # not a Secret\nspec: @",
            "{\"kind\": \"Pod\",\n @",
            "kind: Rollout\nspec: @",
        ] {
            assert!(!hidden(text), "{text}");
        }
    }
}
