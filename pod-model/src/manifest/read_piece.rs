//! The content of a piece of an input.

use std::sync::Arc;

use super::document::Document;
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::rules;
use crate::source::Source;

/// The content of one piece.
#[derive(Debug)]
pub struct ReadPiece {
    /// Its text.
    pub source: Arc<Source>,
    /// Its objects: one, none, or those of a `List`.
    pub documents: Vec<Document>,
    /// Errors of kubectl's decoder in it.
    pub errors: Vec<Finding>,
}

impl ReadPiece {
    pub(super) fn of(source: Arc<Source>) -> Self {
        Self {
            source,
            documents: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// A piece whose text cannot be read any more.
    pub(super) fn unread(name: &Arc<str>, why: String) -> Self {
        let source = Arc::new(Source::new(Arc::clone(name), ""));
        let finding = Finding::new(&rules::SYNTAX, FieldPath::root(), why);
        let finding = finding.at(Some(source.location(crate::Span::default())));
        Self {
            errors: vec![finding.without_values()],
            ..Self::of(source)
        }
    }
}
