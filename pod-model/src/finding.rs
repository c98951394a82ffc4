//! Findings as values, independent of rendering.

use serde::{Serialize, Serializer};

use crate::path::FieldPath;
use crate::rules::Rule;
use crate::severity::Severity;
use crate::source::{Location, Span};

/// One statement about one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule that it is made by; reports hold the rule's id.
    #[serde(rename = "id", serialize_with = "id_of")]
    rule: &'static Rule,
    /// Severity.
    pub severity: Severity,
    /// A lower-case phrase that names the thing.
    pub message: String,
    /// The field that it is about, from the object's root.
    pub path: FieldPath,
    /// Location of the field, or `None` for live objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// Label of the span, in two or three words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Suggested fix.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Other places that explain it, such as the first of two equal keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// Other fields of the same object that explain it, until a document makes
    /// places of them; for live objects they stay.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_paths: Vec<RelatedPath>,
    /// The field to look at, where it is not the one that the API server's own
    /// error names.
    #[serde(skip)]
    pub display_path: Option<FieldPath>,
    /// True if it is about the name of that field, and not about its value.
    #[serde(skip)]
    pub points_at_key: bool,
    /// The part of the field's text that it is about, to narrow the place.
    #[serde(skip)]
    pub part: Option<TextPart>,
    /// Setting that the field requires, such as `completionMode: Indexed`, for
    /// those who write it by other means than a manifest.
    #[serde(skip)]
    pub requires: Option<&'static str>,
    /// The message where the values of the object are not shown; `None` if
    /// no more than the name of the rule.
    #[serde(skip)]
    pub redacted: Option<Redacted>,
    /// The part of the source text that may be shown.
    #[serde(skip)]
    pub excerpt: Excerpt,
}

/// The sentences of a [`Finding`] without any value that they quote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Redacted {
    /// In place of the message.
    pub message: String,
    /// In place of the help.
    pub help: Option<String>,
}

/// The part of the source text that may be shown with a [`Finding`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Excerpt {
    /// The lines of the place.
    #[default]
    Lines,
    /// The same, as far as they lie in this span: the same line may hold
    /// another object.
    Within(Span),
    /// Nothing: the object may be a Secret.
    Hidden,
}

/// A second field that a [`Finding`] speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RelatedPath {
    /// Label of the place.
    pub message: String,
    /// The field, from the object's root.
    pub path: FieldPath,
}

/// A part of a string: which text, and where in the string it begins, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextPart {
    /// The text.
    pub text: String,
    /// Its start.
    pub start: usize,
}

/// A second place that a [`Finding`] speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Related {
    /// Label of the place.
    pub message: String,
    /// The place.
    pub location: Location,
}

impl Finding {
    /// Makes a finding of a rule's usual severity, without a place yet.
    pub fn new(rule: &'static Rule, path: FieldPath, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity: rule.severity,
            message: message.into(),
            path,
            location: None,
            label: None,
            help: None,
            related: Vec::new(),
            related_paths: Vec::new(),
            display_path: None,
            points_at_key: false,
            part: None,
            requires: None,
            redacted: None,
            excerpt: Excerpt::Lines,
        }
    }

    /// Returns the rule that it is made by.
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Returns the id of its rule, such as `unknown-field`.
    pub fn id(&self) -> &'static str {
        self.rule.id
    }

    /// Returns whether it is made by a rule.
    pub fn is(&self, rule: &Rule) -> bool {
        self.rule == rule
    }

    /// Puts it under another rule, with that rule's usual severity: a shared
    /// check may mean something else to who calls it.
    pub fn judge_by(&mut self, rule: &'static Rule) {
        self.rule = rule;
        self.severity = rule.severity;
    }

    /// Gives it another severity than is usual for its rule.
    #[must_use]
    pub fn with_severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, location: Option<Location>) -> Self {
        self.location = location;
        self
    }

    /// Says what stands there, beside the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Says what to change.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, message: impl Into<String>, location: Location) -> Self {
        self.related.push(Related {
            message: message.into(),
            location,
        });
        self
    }

    /// Adds a second field of the same object.
    #[must_use]
    pub fn related_path(mut self, message: impl Into<String>, path: FieldPath) -> Self {
        self.related_paths.push(RelatedPath {
            message: message.into(),
            path,
        });
        self
    }

    /// Gives the message that is shown where values are not. It must hold no
    /// value of the object.
    #[must_use]
    pub fn redacted(mut self, message: impl Into<String>) -> Self {
        self.redacted.get_or_insert_default().message = message.into();
        self
    }

    /// Gives the help that is shown where values are not, beside
    /// [`Finding::redacted`].
    #[must_use]
    pub fn redacted_help(mut self, help: impl Into<String>) -> Self {
        self.redacted.get_or_insert_default().help = Some(help.into());
        self
    }

    /// Returns the finding without anything that the object holds: its rule and
    /// its place stay. Whoever makes a finding and forgets to say what may be
    /// shown gets no more than the name of the rule.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        if self.excerpt == Excerpt::Hidden {
            return self;
        }
        let Redacted { message, help } = self.redacted.take().unwrap_or_default();
        self.message = match message.as_str() {
            "" => self.id().replace('-', " "),
            _ => message,
        };
        self.help = help;
        self.label = None;
        self.related.clear();
        self.related_paths.clear();
        self.part = None;
        self.excerpt = Excerpt::Hidden;
        self
    }

    /// Says which bytes of the string at its path it is about.
    #[must_use]
    pub fn part(mut self, value: &str, range: std::ops::Range<usize>) -> Self {
        self.part = value.get(range.clone()).map(|text| TextPart {
            text: text.to_owned(),
            start: range.start,
        });
        self
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn id_of<S: Serializer>(rule: &&'static Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.id)
}
