//! Events of a YAML document, as both scanners produce them.

use std::borrow::Cow;

use crate::source::Span;

/// An event of the parser, with its span in the document's text.
#[derive(Debug)]
pub(super) struct Event<'t> {
    pub(super) data: Data<'t>,
    pub(super) span: Span,
}

/// The data of an event.
#[derive(Debug)]
pub(super) enum Data<'t> {
    Alias(String),
    Scalar {
        /// Borrowed from the text if it stands there unchanged.
        value: Cow<'t, str>,
        anchor: Option<String>,
        tag: Option<String>,
        /// True if the text decides the type: plain, or tagged `!`.
        implicit: bool,
        /// True if it is written without quotes.
        plain: bool,
    },
    SequenceStart {
        anchor: Option<String>,
    },
    SequenceEnd,
    MappingStart {
        anchor: Option<String>,
    },
    MappingEnd,
}
