//! Syntax errors.

use std::ops::Range;

use crate::source::Span;

/// A place at which kubectl's decoder gives up, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// The message, in kubectl's words where it has any.
    pub message: String,
    /// The span, in bytes of the source's text.
    pub span: Span,
    /// Label of the span.
    pub label: Option<String>,
    /// The construct in which it stands and where that begins:
    /// `while parsing a block mapping`.
    pub context: Option<Box<(String, Span)>>,
    /// Suggested fix.
    pub help: Option<String>,
    /// The message without quoted text, or `None` if it quotes nothing.
    pub redacted: Option<Box<str>>,
    /// The document that it is an error of, in bytes of the source's text.
    pub document: Span,
    /// True if kubectl takes the document and drops what stands here without a
    /// word.
    pub is_dropped: bool,
    /// True if what stands here begins a document of its own, of which nothing
    /// that was read before tells what it is.
    pub begins_document: bool,
    /// True if the document has more values than it may have.
    pub is_too_large: bool,
}

impl SyntaxError {
    pub(super) fn new(message: impl Into<String>, span: Span) -> Self {
        Self {
            message: message.into(),
            span,
            label: None,
            context: None,
            help: None,
            redacted: None,
            document: Span::default(),
            is_dropped: false,
            begins_document: false,
            is_too_large: false,
        }
    }

    /// A document, or an item of a list, with more than `most` values.
    pub(crate) fn too_large(most: usize, span: Span) -> Self {
        let error = Self::new(format!("document holds more than {most} values"), span)
            .help("an API server takes no object over 3 MB");
        Self {
            is_too_large: true,
            ..error
        }
    }

    pub(super) fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The message without what it quotes of the text.
    pub(super) fn redacted(mut self, message: impl Into<Box<str>>) -> Self {
        self.redacted = Some(message.into());
        self
    }

    /// Says which part of the text is the document.
    pub(crate) fn in_document(mut self, range: &Range<usize>) -> Self {
        self.document = Span::new(range.start, range.end);
        self
    }
}
