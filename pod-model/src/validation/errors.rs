//! What the checks have found so far.

use std::collections::HashSet;

use super::path::Path;
use crate::finding::Finding;
pub(super) use crate::names::{not_a, quoted};
use crate::nearest::nearest;
use crate::rules::{self, Rule};

/// The findings, in the order in which upstream makes them.
#[derive(Default)]
pub(super) struct Errors {
    found: Vec<Finding>,
}

/// A finding that was just added, to say more about it.
pub(super) struct Added<'e>(Option<&'e mut Finding>);

impl Errors {
    /// A value must be there.
    pub(super) fn required(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::REQUIRED, path, message)
    }

    /// A value cannot be what it is.
    pub(super) fn invalid(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::INVALID, path, message)
    }

    /// A value that must not be there, beside the others.
    pub(super) fn forbidden(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::FORBIDDEN_FIELD, path, message)
    }

    /// A value that is there twice.
    pub(super) fn duplicate(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::DUPLICATE, path, message)
    }

    /// A reference to what the object does not have.
    pub(super) fn not_found(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::NOT_FOUND, path, message)
    }

    /// A text of more than so many bytes, or a list that upstream counts so.
    pub(super) fn too_long(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::TOO_LONG, path, message)
    }

    /// A list of more than so many elements.
    pub(super) fn too_many(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::TOO_MANY, path, message)
    }

    /// A word that is none of those which there are; `what` is a noun with its
    /// article.
    pub(super) fn not_supported(
        &mut self,
        path: &Path<'_>,
        value: &str,
        what: &str,
        known: &[&str],
    ) -> Added<'_> {
        let message = match value {
            "" => format!("an empty text is not {what}"),
            _ => format!("{} is not {what}", quoted(value)),
        };
        let help = match nearest(value, known.iter().copied()) {
            Some(meant) if known.len() > 1 => format!("did you mean `{meant}`?"),
            _ => format!("write {}", either(known)),
        };
        self.push(&rules::NOT_SUPPORTED, path, message).help(help)
    }

    /// Checks a word: [`Errors::not_supported`] unless it is one of them.
    pub(super) fn one_of(&mut self, path: &Path<'_>, value: &str, what: &str, known: &[&str]) {
        if !known.contains(&value) {
            self.not_supported(path, value, what, known);
        }
    }

    /// Checks a text by its syntax, which says what is wrong with it; `what` is
    /// a noun with its article.
    pub(super) fn syntax(
        &mut self,
        path: &Path<'_>,
        value: &str,
        what: &str,
        check: super::names::Check,
    ) -> Added<'_> {
        match check(value) {
            Some(wrong) => self.invalid(path, not_a(value, what, &wrong)),
            None => Added(None),
        }
    }

    /// Checks that a number is not negative.
    pub(super) fn not_negative(&mut self, path: &Path<'_>, value: i64, what: &str) {
        if value < 0 {
            self.invalid(path, format!("{what} cannot be negative, and is {value}"));
        }
    }

    fn push(
        &mut self,
        rule: &'static Rule,
        path: &Path<'_>,
        message: impl Into<String>,
    ) -> Added<'_> {
        self.found
            .push(Finding::new(rule, path.to_field_path(), message));
        Added(self.found.last_mut())
    }

    /// Says where what was found since then stands.
    pub(super) fn since_stands_at(&mut self, before: usize, path: &Path<'_>) {
        for finding in self.found.iter_mut().skip(before) {
            finding.display_path = Some(path.to_field_path());
        }
    }

    /// Forgets what was found since then about a field.
    pub(super) fn remove_since(&mut self, before: usize, path: &Path<'_>) {
        let path = path.to_field_path();
        let mut number = 0;
        self.found.retain(|finding| {
            number += 1;
            number <= before || finding.path != path
        });
    }

    /// How many there are, to see whether a check has found anything.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// All of them, each once: upstream says some things twice.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut seen = HashSet::new();
        let mut findings = self.found;
        findings.retain(|own| seen.insert((own.id(), own.path.clone(), own.message.clone())));
        findings
    }
}

impl Added<'_> {
    /// Says what to change.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        if let Self(Some(finding)) = self {
            finding.help = Some(help.into());
            return Self(Some(finding));
        }
        self
    }

    /// Names the setting that the field requires; without a help of its own the
    /// message says so.
    pub(super) fn requires(self, setting: &'static str) -> Self {
        let Self(Some(finding)) = self else {
            return self;
        };
        finding.requires = Some(setting);
        Self(Some(finding))
    }

    /// Says that it is about the name of the field.
    pub(super) fn points_at_key(self) -> Self {
        let Self(Some(finding)) = self else {
            return self;
        };
        finding.points_at_key = true;
        Self(Some(finding))
    }

    /// Says where it stands, where upstream names a field around it or beside
    /// it.
    pub(super) fn display_path(self, path: &Path<'_>) -> Self {
        let Self(Some(finding)) = self else {
            return self;
        };
        finding.display_path = Some(path.to_field_path());
        Self(Some(finding))
    }
}

/// `a`, `b` or `c`.
pub(super) fn either(words: &[&str]) -> String {
    let words: Vec<_> = words
        .iter()
        .map(|word| match *word {
            "" => "nothing".to_owned(),
            word => format!("`{word}`"),
        })
        .collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} or {last}", first.join(", ")),
        None => String::new(),
    }
}
