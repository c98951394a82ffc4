//! The findings of the checks.

use std::collections::HashSet;

use super::path::Path;
use crate::finding::Finding;
pub(super) use crate::names::{invalid_message, quoted};
use crate::nearest::nearest;
use crate::rules::{self, Rule};

/// Findings in upstream's order.
#[derive(Default)]
pub(super) struct Errors {
    found: Vec<Finding>,
}

/// A finding that was just added, for further details.
pub(super) struct Added<'e>(Option<&'e mut Finding>);

impl Errors {
    /// Adds a finding for a missing value.
    pub(super) fn required(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::REQUIRED, path, message)
    }

    /// Adds a finding for an invalid value.
    pub(super) fn invalid(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::INVALID, path, message)
    }

    /// Adds a finding for a field that must not be set.
    pub(super) fn forbidden(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::FORBIDDEN_FIELD, path, message)
    }

    /// Adds a finding for a duplicate value.
    pub(super) fn duplicate(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::DUPLICATE, path, message)
    }

    /// Adds a finding for a reference to something that the object does not have.
    pub(super) fn not_found(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::NOT_FOUND, path, message)
    }

    /// Adds a finding for a text that is too long, or a list that upstream reports so.
    pub(super) fn too_long(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::TOO_LONG, path, message)
    }

    /// Adds a finding for a list with too many elements.
    pub(super) fn too_many(&mut self, path: &Path<'_>, message: impl Into<String>) -> Added<'_> {
        self.push(&rules::TOO_MANY, path, message)
    }

    /// Adds a finding for a value that is not one of the supported ones; `what` is a noun
    /// without an article.
    pub(super) fn not_supported(
        &mut self,
        path: &Path<'_>,
        value: &str,
        what: &str,
        known: &[&str],
    ) -> Added<'_> {
        let message = match value {
            "" => format!("empty {what}"),
            _ => format!("unsupported {what} {}", quoted(value)),
        };
        let help = match nearest(value, known.iter().copied()) {
            Some(meant) if known.len() > 1 => format!("did you mean `{meant}`?"),
            _ => format!("use {}", either(known)),
        };
        self.push(&rules::NOT_SUPPORTED, path, message).help(help)
    }

    /// Adds [`Errors::not_supported`] unless the value is one of the supported ones.
    pub(super) fn one_of(&mut self, path: &Path<'_>, value: &str, what: &str, known: &[&str]) {
        if !known.contains(&value) {
            self.not_supported(path, value, what, known);
        }
    }

    /// Checks the syntax of a text; `what` is a noun without an article.
    pub(super) fn syntax(
        &mut self,
        path: &Path<'_>,
        value: &str,
        what: &str,
        check: super::names::Check,
    ) -> Added<'_> {
        match check(value) {
            Some(wrong) => self.invalid(path, invalid_message(value, what, &wrong)),
            None => Added(None),
        }
    }

    /// Adds a finding if a number is negative.
    pub(super) fn not_negative(&mut self, path: &Path<'_>, value: i64, what: &str) {
        if value < 0 {
            self.invalid(path, format!("{what} must not be negative, found {value}"));
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

    /// Sets the displayed path of the findings after the first `before`.
    pub(super) fn set_display_path_since(&mut self, before: usize, path: &Path<'_>) {
        for finding in self.found.iter_mut().skip(before) {
            finding.display_path = Some(path.to_field_path());
        }
    }

    /// Removes the findings of a field after the first `before`.
    pub(super) fn remove_since(&mut self, before: usize, path: &Path<'_>) {
        let path = path.to_field_path();
        let mut number = 0;
        self.found.retain(|finding| {
            number += 1;
            number <= before || finding.path != path
        });
    }

    /// Returns the number of findings.
    pub(super) fn len(&self) -> usize {
        self.found.len()
    }

    /// Returns all findings without duplicates, of which upstream has some.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        let mut seen = HashSet::new();
        let mut findings = self.found;
        findings.retain(|own| seen.insert((own.id(), own.path.clone(), own.message.clone())));
        findings
    }
}

impl Added<'_> {
    /// Sets the help.
    pub(super) fn help(self, help: impl Into<String>) -> Self {
        if let Self(Some(finding)) = self {
            finding.help = Some(help.into());
            return Self(Some(finding));
        }
        self
    }

    /// Sets the help, if there is any; nothing is made for a value that is right.
    pub(super) fn help_with(self, help: impl FnOnce() -> Option<String>) {
        if let Self(Some(finding)) = self
            && let Some(help) = help()
        {
            finding.help = Some(help);
        }
    }

    /// Sets the setting that the field requires; a finding without help prints it.
    pub(super) fn requires(self, setting: &'static str) -> Self {
        let Self(Some(finding)) = self else {
            return self;
        };
        finding.requires = Some(setting);
        Self(Some(finding))
    }

    /// Marks the key of the field instead of its value.
    pub(super) fn points_at_key(self) -> Self {
        let Self(Some(finding)) = self else {
            return self;
        };
        finding.points_at_key = true;
        Self(Some(finding))
    }

    /// Sets the displayed path, where upstream names another field.
    pub(super) fn display_path(self, path: &Path<'_>) -> Self {
        let Self(Some(finding)) = self else {
            return self;
        };
        finding.display_path = Some(path.to_field_path());
        Self(Some(finding))
    }
}

/// Returns words as "`a`, `b` or `c`".
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
