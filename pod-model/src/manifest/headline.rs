//! The places to show for findings: no more than a line, and of a value the part that
//! is meant.

use super::document::Document;
use crate::count::steps;
use crate::finding::{Finding, Related, TextPart};
use crate::path::FieldPath;
use crate::source::Span;

/// Maximum number of parts of one escaped value that are searched, each from the
/// beginning. Further parts are shown as the whole value.
const LOOKED_FOR: usize = 100;

impl Document {
    /// Gives each finding without a place the place of its path: of the value,
    /// or of the key of the innermost object that exists. Those of an object that
    /// may be a Secret lose what they quote.
    pub fn place(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        if findings.is_empty() {
            return findings;
        }
        let mut headlines = Headlines::of(self);
        for finding in &mut findings {
            if finding.location.is_none() {
                finding.location = Some(self.location(headlines.headline(finding)));
            }
            for related in std::mem::take(&mut finding.related_paths) {
                let found = self.find_nearest(&related.path);
                finding.related.push(Related {
                    message: related.message,
                    location: self.location(found.headline(self.tree())),
                });
            }
        }
        let is_secret = self.may_be_secret();
        let shown = |finding| self.shown(finding, is_secret);
        findings.into_iter().map(shown).collect()
    }
}

/// Finds the places of an object's findings. Thousands of them may be about one value.
pub(super) struct Headlines<'d> {
    document: &'d Document,
    /// The value that was looked at last.
    last: Option<Written>,
}

/// A value and its text.
struct Written {
    path: FieldPath,
    span: Span,
    /// Start of the value in the text, in bytes, if the text is the value with at most
    /// quotes around it.
    inside: Option<usize>,
    looked_for: usize,
}

impl<'d> Headlines<'d> {
    pub(super) fn of(document: &'d Document) -> Self {
        Self {
            document,
            last: None,
        }
    }

    /// The place to show for a finding: the part that it names, where that can
    /// be seen in the text as it was written, or the whole field.
    pub(super) fn headline(&mut self, finding: &Finding) -> Span {
        let document = self.document;
        let path = finding.display_path.as_ref().unwrap_or(&finding.path);
        if finding.points_at_key
            && let Some(found) = document
                .find(path)
                .filter(|found| found.merged_at.is_none())
            && let Some(key) = found.key
        {
            return key;
        }
        let part = finding.part.as_ref().and_then(|part| self.part(path, part));
        part.unwrap_or_else(|| document.find_nearest(path).headline(document.tree()))
    }

    fn part(&mut self, path: &FieldPath, part: &TextPart) -> Option<Span> {
        let document = self.document;
        if self.last.as_ref().is_none_or(|last| last.path != *path) {
            let found = document.find(path)?;
            let span = found.span();
            let written = document.source().slice(span);
            let value = document.tree().str(found.node);
            self.last = Some(Written {
                path: path.clone(),
                span,
                inside: value.and_then(|value| begins_inside(written, value)),
                looked_for: 0,
            });
        }
        let last = self.last.as_mut()?;
        let exact = last.inside.map(|inside| inside + part.start);
        let is_there = |start: &usize| {
            let rest = document.source().slice(last.span).get(*start..);
            rest.is_some_and(|rest| rest.starts_with(&part.text))
        };
        let start = if let Some(start) = exact.filter(is_there) {
            start
        } else {
            last.looked_for += 1;
            if last.looked_for > LOOKED_FOR {
                return None;
            }
            let value = document.find(path)?.node;
            let value = document.tree().str(value)?;
            steps(value.len());
            // The same text may stand before it.
            let nth = value.get(..part.start)?.matches(&part.text).count();
            let written = document.source().slice(last.span);
            written.match_indices(&part.text).nth(nth)?.0
        };
        let start = last.span.start as usize + start;
        Some(Span::new(start, start + part.text.len()))
    }
}

/// Returns the start of a value in its text, or `None` if parts of it are escaped.
fn begins_inside(written: &str, value: &str) -> Option<usize> {
    if written == value {
        return Some(0);
    }
    let quoted = ['"', '\'']
        .into_iter()
        .filter_map(|quote| written.strip_prefix(quote)?.strip_suffix(quote))
        .any(|inner| inner == value);
    quoted.then_some(1)
}
