//! An input to its objects.

use std::sync::Arc;

use super::document::Document;
use crate::finding::Finding;
use crate::schema::may_be_a_list;
use crate::source::Source;
use crate::tree::{Kind, NodeId, Tree};
use crate::yaml::{decode_bytes, parse_stream, to_findings};

/// Everything that one input holds.
#[derive(Debug)]
pub struct Manifest {
    /// Its text.
    pub source: Arc<Source>,
    /// Its objects; those of a `List` stand one by one.
    pub documents: Vec<Document>,
    /// Errors of kubectl's decoder, each with its place. kubectl reads nothing after
    /// the first one.
    pub errors: Vec<Finding>,
    /// Places in `errors` of the first one of each document.
    pub broken: Vec<usize>,
    /// Number of objects before the first of the errors.
    pub before_error: usize,
}

/// Reads an input (YAML or JSON, any number of documents, UTF-8 or UTF-16)
/// that the user knows as `name`.
pub fn read(name: &str, bytes: Vec<u8>) -> Manifest {
    let source = Arc::new(Source::new(name, decode_bytes(bytes)));
    let parsed = parse_stream(source.text());
    let mut documents = Vec::with_capacity(parsed.documents.len());
    let mut before_error = 0;
    for (number, document) in parsed.documents.into_iter().enumerate() {
        let document = Document::new(Arc::clone(&source), document.tree, document.index);
        document.expand(&mut documents);
        if number < parsed.before_error {
            before_error = documents.len();
        }
    }
    let is_first = |at: &usize| {
        let document = |at: usize| parsed.errors.get(at).map(|error| error.document);
        *at == 0 || document(*at) != document(*at - 1)
    };
    let broken = (0..parsed.errors.len()).filter(is_first).collect();
    Manifest {
        broken,
        errors: to_findings(&parsed.errors, &source),
        source,
        documents,
        before_error,
    }
}

impl Document {
    /// Pushes the object, or, for a list, each of its items, as cli-runtime's
    /// `FlattenListVisitor` does. A list is what has a field `items`, whatever its
    /// kind (`unstructuredJSONScheme` in k8s.io/apimachinery), if there is one. Items
    /// without a kind get it from the list.
    pub(super) fn expand(self, out: &mut Vec<Document>) {
        let elements = match self.items() {
            Items::Elements(elements) => elements.to_vec(),
            // kubectl's decoder takes it for an empty list.
            Items::Null => return,
            Items::None => {
                out.push(self);
                return;
            }
        };
        let bequest = self.bequest();
        let items = elements.into_iter().enumerate();
        out.extend(items.map(|(i, item)| self.item(i, item, &bequest)));
    }

    /// The items, if it is a list.
    pub(super) fn items(&self) -> Items<'_> {
        let tree: &Tree = self.tree();
        let items = self.kind().and_then(|_| tree.get(self.root(), "items"));
        // The schema is read for what has items alone: a kubeconfig needs none of it.
        if items.is_some()
            && let (Some(api_version), Some(kind)) = (self.api_version(), self.kind())
            && !may_be_a_list(api_version, kind)
        {
            // `check` says that there is no such kind.
            return Items::None;
        }
        match items.map(|items| tree.kind(items)) {
            Some(Kind::Sequence(elements)) => Items::Elements(elements),
            Some(Kind::Null) => Items::Null,
            // `check` says what is wrong with it.
            _ => Items::None,
        }
    }
}

/// The items of an object.
pub(super) enum Items<'d> {
    /// It is no list.
    None,
    /// `null`.
    Null,
    Elements(&'d [NodeId]),
}
