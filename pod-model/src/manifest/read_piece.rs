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
    /// `apiVersion` and kind of the items of a typed list that has none, such as a `PodList`.
    pub empty_list: Option<(String, String)>,
    /// Errors of kubectl's decoder in it.
    pub errors: Vec<Finding>,
}

impl ReadPiece {
    pub(super) fn of(source: Arc<Source>) -> Self {
        Self {
            source,
            documents: Vec::new(),
            empty_list: None,
            errors: Vec::new(),
        }
    }

    /// Adds the objects of a document.
    pub(super) fn add(&mut self, document: Document) {
        let items = document.bequest();
        document.expand(&mut self.documents);
        if self.documents.is_empty() {
            let of_items = items.map(|items| (items.0.to_string(), items.1.to_string()));
            self.empty_list = of_items;
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
