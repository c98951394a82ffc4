//! Field paths: `spec.containers[0].env[2].valueFrom.configMapKeyRef.name`.
//!
//! The notation is that of upstream's `field.Path`
//! (k8s.io/apimachinery/pkg/util/validation/field), in which API errors name
//! their fields, so that a path out of a server's answer can be looked up in
//! the file that was sent.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use serde::ser::Error as _;
use serde::{Serialize, Serializer};

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Segment {
    /// A field of an object or a key of a map: `.name`, or `[app.kubernetes.io/name]`.
    ///
    /// Most are fields of the API, whose names cost nothing.
    Field(Cow<'static, str>),
    /// An element of a list, from 0: `[2]`.
    Index(usize),
}

/// The way from an object's root to one of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct FieldPath(Vec<Segment>);

impl FieldPath {
    /// The path of the object itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads the notation that [`fmt::Display`] writes and that API servers
    /// use. It never fails: what cannot be a step is part of a name.
    pub fn parse(text: &str) -> Self {
        let mut path = Self::root();
        let mut rest = text.strip_prefix('.').unwrap_or(text);
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (step, after) = bracketed(inner);
                path.0.push(step);
                rest = after;
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                path.0.push(Segment::Field(rest[..end].to_owned().into()));
                rest = &rest[end..];
            }
            rest = rest.strip_prefix('.').unwrap_or(rest);
        }
        path
    }

    /// This path and one more field.
    #[must_use]
    pub fn field(&self, name: impl Into<Cow<'static, str>>) -> Self {
        self.with(Segment::Field(name.into()))
    }

    /// This path and one more list element.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// This path, and a field of a field and so on.
    #[must_use]
    pub fn fields(&self, names: &[&'static str]) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + names.len());
        steps.extend_from_slice(&self.0);
        let names = names.iter().map(|name| Cow::Borrowed(*name));
        steps.extend(names.map(Segment::Field));
        Self(steps)
    }

    /// This path, and an element of the list in one of its fields.
    #[must_use]
    pub fn element(&self, list: &'static str, index: usize) -> Self {
        let element = [Segment::Field(Cow::Borrowed(list)), Segment::Index(index)];
        self.followed_by(&element)
    }

    fn with(&self, segment: Segment) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(segment);
        Self(steps)
    }

    fn followed_by(&self, rest: &[Segment]) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + rest.len());
        steps.extend_from_slice(&self.0);
        steps.extend_from_slice(rest);
        Self(steps)
    }

    /// Goes one step deeper in place; [`FieldPath::pop`] goes back.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    /// Goes one step back.
    pub fn pop(&mut self) {
        self.0.pop();
    }

    /// This path followed by another.
    #[must_use]
    pub fn join(&self, rest: &FieldPath) -> Self {
        self.followed_by(&rest.0)
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// The path without its last step; none for the root.
    pub fn parent(&self) -> Option<Self> {
        let (_, init) = self.0.split_last()?;
        Some(Self(init.to_vec()))
    }
}

/// The step in `[…]` and what follows the bracket.
fn bracketed(inner: &str) -> (Segment, &str) {
    for quote in ['\'', '"'] {
        if let Some(quoted) = inner.strip_prefix(quote)
            && let Some(end) = quoted.find(quote)
            && let Some(after) = quoted[end + 1..].strip_prefix(']')
        {
            return (Segment::Field(quoted[..end].to_owned().into()), after);
        }
    }
    let end = inner.find(']').unwrap_or(inner.len());
    let name = &inner[..end];
    let after = inner.get(end + 1..).unwrap_or("");
    match name.parse() {
        Ok(index) => (Segment::Index(index), after),
        Err(_) => (Segment::Field(name.to_owned().into()), after),
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Field(name) if is_plain(name) => {
                    if i > 0 {
                        f.write_str(".")?;
                    }
                    f.write_str(name)?;
                }
                Segment::Field(name) if name.contains('\'') => write!(f, "[\"{name}\"]")?,
                Segment::Field(name) => write!(f, "['{name}']")?,
            }
        }
        Ok(())
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$'))
}

impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Text piece by piece would be escaped piece by piece.
        let mut text = String::with_capacity(16 * self.0.len());
        write!(text, "{self}").map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for text in [
            "",
            "spec",
            "spec.containers[0].env[2].valueFrom.configMapKeyRef.name",
            "metadata.labels['app.kubernetes.io/name']",
            "[3].a",
            "data[\"it's\"]",
        ] {
            assert_eq!(FieldPath::parse(text).to_string(), text);
        }
    }

    #[test]
    fn reads_the_servers_notation_for_map_keys() {
        let path = FieldPath::parse("metadata.labels[app.kubernetes.io/name]");
        assert_eq!(
            path.segments().last(),
            Some(&Segment::Field("app.kubernetes.io/name".into()))
        );
    }

    #[test]
    fn broken_notation_is_no_panic() {
        for text in ["[", "a[", "a[]", "a..b", "['", "[''x", "é[é"] {
            let _ = FieldPath::parse(text).to_string();
        }
    }
}
