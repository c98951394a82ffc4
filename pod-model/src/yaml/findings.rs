//! The errors of a text as findings.

use super::confidential::{broken_may_be_secret, speaks_of_a_secret};
use super::error::SyntaxError;
use crate::finding::{Excerpt, Finding, Redacted};
use crate::invisible;
use crate::path::FieldPath;
use crate::rules;
use crate::source::Source;

impl SyntaxError {
    /// Returns whether the document of the error may be a Secret, as far as what stands
    /// before it tells; `speaks` is whether any of its text does.
    fn may_be_of_secret(&self, document: &str, speaks: bool) -> bool {
        let read = self.span.start.saturating_sub(self.document.start) as usize;
        let rest = document.get(read..).unwrap_or("");
        speaks
            || broken_may_be_secret(document, read)
            || self.begins_document && broken_may_be_secret(rest, rest.len())
    }

    /// The help where a line near the place is indented with what is no space to YAML:
    /// the scanner complains of what follows.
    fn indentation_help(&self, source: &Source) -> Option<String> {
        const LINES: usize = 4;
        let (document, place) = (source.slice(self.document), self.span.start);
        let read = place.saturating_sub(self.document.start) as usize;
        let end = document
            .get(read..)?
            .find('\n')
            .map_or(document.len(), |at| read + at);
        let lines = document.get(..end)?.rsplit('\n').take(LINES);
        let (line, c) = lines
            .enumerate()
            .find_map(|(back, line)| Some((back, invisible::in_indentation(line)?.1)))?;
        let number = source
            .location(self.span)
            .line
            .saturating_sub(line.try_into().ok()?);
        Some(invisible::help(
            c,
            &format!("in the indentation of line {number}"),
        ))
    }

    /// The error as a finding with its place. Of a document that may be a
    /// Secret it shows nothing but that.
    fn to_finding(&self, source: &Source, may_be_secret: bool) -> Finding {
        let help = self.indentation_help(source).or_else(|| self.help.clone());
        let mut finding = Finding::new(&rules::SYNTAX, FieldPath::root(), self.message.clone())
            .at(Some(source.location(self.span)));
        finding.label.clone_from(&self.label);
        finding.help.clone_from(&help);
        finding.redacted = Some(Redacted {
            message: self.redacted.as_deref().unwrap_or(&self.message).to_owned(),
            help,
        });
        if let Some((message, span)) = self.context.as_deref() {
            finding = finding.related(message.clone(), source.location(*span));
        }
        if may_be_secret {
            return finding.without_values();
        }
        finding.excerpt = Excerpt::Within(self.document);
        finding
    }
}

/// Maximum number of errors of one document that are checked one by one, each over the
/// whole document. The lines of further errors are hidden.
const LOOKED_AT: usize = 16;

/// The errors of a text as findings, each with its place.
pub(crate) fn to_findings(errors: &[SyntaxError], source: &Source) -> Vec<Finding> {
    let mut findings = Vec::with_capacity(errors.len());
    for of_one in errors.chunk_by(|a, b| a.document == b.document) {
        let Some(first) = of_one.first() else {
            continue;
        };
        let document = source.slice(first.document);
        let speaks = speaks_of_a_secret(document);
        findings.extend(of_one.iter().enumerate().map(|(number, error)| {
            let hides = number >= LOOKED_AT || error.may_be_of_secret(document, speaks);
            error.to_finding(source, hides)
        }));
    }
    findings
}
