//! Selectors of objects by their fields.

use std::fmt;

use serde_json::Value;

use super::error::SelectorError;
use super::field_labels::{self, FieldValue};

/// Requirements on fields, all of which must be met. Without any it selects everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldSelector(Vec<FieldRequirement>);

/// A requirement on one field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FieldRequirement {
    /// The field, such as `status.phase`.
    pub path: String,
    /// The value that it is compared with.
    pub value: String,
    /// True if the field must have the value, rather than any other.
    pub is_equality: bool,
}

impl FieldSelector {
    /// Returns a selector of the objects whose fields have these values, such as the events
    /// of one object by its `involvedObject.uid`.
    pub fn equal<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let fields = fields.into_iter();
        let requirements = fields.map(|(path, value)| FieldRequirement {
            path: path.to_owned(),
            value: value.to_owned(),
            is_equality: true,
        });
        Self(requirements.collect())
    }

    /// Parses the value of `--field-selector`. An empty text selects everything.
    ///
    /// # Errors
    /// Fails where `fields.ParseSelector` does.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let mut requirements = Vec::new();
        for (at, term) in split_terms(text) {
            if term.is_empty() {
                continue;
            }
            let error = |message: String| SelectorError {
                range: at..at + term.len(),
                message,
            };
            let (path, value, is_equality) = split_term(term)
                .ok_or_else(|| error(format!("expected `=` or `!=` in `{term}`")))?;
            let value = unescape(value).map_err(|why| error(format!("{why} in `{term}`")))?;
            requirements.push(FieldRequirement {
                path: path.to_owned(),
                value,
                is_equality,
            });
        }
        Ok(Self(requirements))
    }

    /// Returns its requirements, in the order in which they are written.
    pub fn requirements(&self) -> &[FieldRequirement] {
        &self.0
    }

    /// Returns the first field that the server refuses to compare for a kind, with those
    /// that it compares.
    pub fn unsupported(&self, group: &str, kind: &str) -> Option<(&str, Vec<&'static str>)> {
        let mut requirements = self.0.iter();
        let refused = |required: &&FieldRequirement| {
            field_labels::reader(group, kind, &required.path).is_none()
        };
        let required = requirements.find(refused)?;
        Some((&required.path, field_labels::paths(group, kind)))
    }

    /// Returns whether an object of a kind meets all requirements, or `None` if that depends on a
    /// field that the object does not have, or that the server refuses to compare.
    pub fn matches(&self, group: &str, kind: &str, object: &Value) -> Option<bool> {
        let met = |required: &FieldRequirement| {
            let read = field_labels::reader(group, kind, &required.path)?;
            match read(object) {
                FieldValue::Known(value) => Some(required.matches(&value)),
                FieldValue::Unknown => None,
            }
        };
        let all: Vec<Option<bool>> = self.0.iter().map(met).collect();
        if all.contains(&Some(false)) {
            return Some(false);
        }
        (!all.contains(&None)).then_some(true)
    }
}

/// Returns the value of a field of an object as the server compares it, or `None` if the
/// object does not have it or the server does not compare it.
pub(crate) fn field_value(group: &str, kind: &str, path: &str, object: &Value) -> Option<String> {
    match field_labels::reader(group, kind, path)?(object) {
        FieldValue::Known(value) => Some(value),
        FieldValue::Unknown => None,
    }
}

impl FieldRequirement {
    /// Returns whether a field with this value meets the requirement.
    pub fn matches(&self, value: &str) -> bool {
        (self.value == value) == self.is_equality
    }
}

/// Writes it as [`FieldSelector::parse`] reads it.
impl fmt::Display for FieldSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let terms = self.0.iter().map(|required| {
            let operator = if required.is_equality { "=" } else { "!=" };
            let value = required.value.replace('\\', r"\\");
            let value = value.replace(',', r"\,").replace('=', r"\=");
            format!("{}{operator}{value}", required.path)
        });
        f.write_str(&terms.collect::<Vec<_>>().join(","))
    }
}

/// Splits a selector at the commas that are not escaped. Each part has its place.
fn split_terms(text: &str) -> Vec<(usize, &str)> {
    let (mut terms, mut start, mut is_escaped) = (Vec::new(), 0, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            ',' => {
                terms.push((start, &text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    terms.push((start, &text[start..]));
    terms
}

/// Splits a term at its first operator: path, value, and whether it is an equality.
fn split_term(term: &str) -> Option<(&str, &str, bool)> {
    let at = term.find('=')?;
    let (path, value) = (&term[..at], &term[at + 1..]);
    match path.strip_suffix('!') {
        Some(path) => Some((path, value, false)),
        None => Some((path, value.strip_prefix('=').unwrap_or(value), true)),
    }
}

fn unescape(value: &str) -> Result<String, &'static str> {
    let mut text = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some(escaped @ ('\\' | ',' | '=')) => text.push(escaped),
                _ => return Err(r"expected `\`, `,` or `=` after `\`"),
            },
            '=' => return Err("second `=` without `\\`"),
            c => text.push(c),
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn field_selectors_have_a_path_and_a_value() {
        for (text, printed) in [
            ("", ""),
            ("a=b", "a=b"),
            ("a==b,c!=d", "a=b,c!=d"),
            ("a=", "a="),
            (r"a=b\,c", r"a=b\,c"),
            (r"a=b\=c\\", r"a=b\=c\\"),
            (",a=b,", "a=b"),
            ("a!b=c", "a!b=c"),
            (" a = b ", " a = b "),
        ] {
            let selector = FieldSelector::parse(text).unwrap();
            assert_eq!(selector.to_string(), printed, "{text}");
            assert_eq!(FieldSelector::parse(printed), Ok(selector), "{text}");
        }
        for (text, place, message) in [
            ("a", "a", "expected `=` or `!=` in `a`"),
            ("a=b,c", "c", "expected `=` or `!=` in `c`"),
            ("a=b=c", "a=b=c", r"second `=` without `\` in `a=b=c`"),
            ("a===b", "a===b", r"second `=` without `\` in `a===b`"),
            ("a!==b", "a!==b", r"second `=` without `\` in `a!==b`"),
            (
                r"c=d,a=b\c",
                r"a=b\c",
                r"expected `\`, `,` or `=` after `\` in `a=b\c`",
            ),
            (
                r"a=b\",
                r"a=b\",
                r"expected `\`, `,` or `=` after `\` in `a=b\`",
            ),
        ] {
            let error = FieldSelector::parse(text).unwrap_err();
            let found = (&text[error.range], error.message.as_str());
            assert_eq!(found, (place, message), "{text}");
        }
    }

    #[test]
    fn absent_fields_are_unknown() {
        let pod = json!({
            "metadata": {"name": "web", "namespace": "n"},
            "spec": {"nodeName": "n1", "hostNetwork": true},
            "status": {"phase": "Running", "podIPs": [{"ip": "10.0.0.7"}]},
        });
        let written = json!({"metadata": {"name": "web"}, "spec": {}});
        let (yes, no, unknown) = (Some(true), Some(false), None);
        for (text, of_live, of_written) in [
            ("", yes, yes),
            ("metadata.name=web", yes, yes),
            ("metadata.name!=web", no, no),
            ("metadata.namespace=n", yes, unknown),
            ("metadata.namespace!=n", no, unknown),
            ("spec.nodeName=n1", yes, no),
            ("spec.nodeName=", no, yes),
            ("spec.host=n1", yes, no),
            ("spec.restartPolicy=Always", yes, yes),
            ("spec.schedulerName==default-scheduler", yes, yes),
            ("spec.serviceAccountName=default", unknown, unknown),
            ("spec.hostNetwork=true", yes, no),
            ("status.phase=Running", yes, unknown),
            ("status.phase!=Running", no, unknown),
            ("status.podIP=10.0.0.7", yes, unknown),
            ("status.nominatedNodeName=", yes, unknown),
            ("status.podIPs=10.0.0.7", no, no),
            // One that is not met decides.
            ("metadata.name=db,status.phase=Running", no, no),
            ("status.phase=Running,metadata.name=web", yes, unknown),
            ("status.reason=Evicted", unknown, unknown),
        ] {
            let selector = FieldSelector::parse(text).unwrap();
            assert_eq!(selector.matches("", "Pod", &pod), of_live, "{text}");
            assert_eq!(selector.matches("", "Pod", &written), of_written, "{text}");
        }
    }

    #[test]
    fn each_kind_has_its_fields() {
        let job = json!({"metadata": {"name": "a"}, "status": {}});
        for (text, group, kind, refused, expected) in [
            ("status.successful=0", "batch", "Job", None, Some(true)),
            ("status.successful=1", "batch", "Job", None, Some(false)),
            (
                "status.phase=Running",
                "batch",
                "Job",
                Some("status.phase"),
                None,
            ),
            (
                "status.phase=a,b=c",
                "apps",
                "Deployment",
                Some("status.phase"),
                None,
            ),
            (
                "status.replicas=0",
                "",
                "ReplicationController",
                None,
                Some(true),
            ),
            ("spec.unschedulable=false", "", "Node", None, Some(true)),
            ("status.phase=Active", "", "Namespace", None, None),
            ("type!=Opaque", "", "Secret", None, Some(false)),
            (
                "spec.type=ClusterIP,spec.clusterIP=a",
                "",
                "Service",
                None,
                None,
            ),
            ("involvedObject.name=web", "", "Event", None, Some(false)),
        ] {
            let selector = FieldSelector::parse(text).unwrap();
            let unsupported = selector.unsupported(group, kind);
            assert_eq!(unsupported.map(|(path, _)| path), refused, "{text}");
            assert_eq!(selector.matches(group, kind, &job), expected, "{text}");
        }
        let selector = FieldSelector::parse("a=b").unwrap();
        let (_, supported) = selector.unsupported("batch", "Job").unwrap();
        let expected = ["metadata.name", "metadata.namespace", "status.successful"];
        assert_eq!(supported, expected);
    }
}
