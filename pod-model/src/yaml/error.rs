//! What is wrong with the text of a document.

use crate::finding::Finding;
use crate::path::FieldPath;
use crate::source::{Source, Span};
use crate::tree::MAX_NODES;

/// A place at which kubectl's decoder gives up, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What the decoder says: the same words as kubectl's where it has any.
    pub message: String,
    /// Where, in bytes of the source's text.
    pub span: Span,
    /// What stands there.
    pub label: Option<String>,
    /// The construct in which it stands and where that begins:
    /// `while parsing a block mapping`.
    pub context: Option<(String, Span)>,
    /// What to change.
    pub help: Option<String>,
}

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            label: None,
            context: None,
            help: None,
        }
    }

    /// A document with more values than [`MAX_NODES`].
    pub(super) fn too_large(span: Span) -> Self {
        Self::new(format!("document holds more than {MAX_NODES} values"), span)
            .help("an API server takes no object over 3 MB")
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The error as a finding with its place.
    pub fn to_finding(&self, source: &Source) -> Finding {
        let mut finding = Finding::error("syntax", FieldPath::root(), self.message.clone())
            .at(Some(source.location(self.span)));
        finding.label.clone_from(&self.label);
        finding.help.clone_from(&self.help);
        if let Some((message, span)) = &self.context {
            finding = finding.related(message.clone(), source.location(*span));
        }
        finding
    }
}
