//! An input document by document, so that thousands of objects need not be in
//! memory at once as trees.

use std::sync::Arc;

use super::document::Document;
use crate::finding::Finding;
use crate::source::Source;
use crate::yaml::{Piece, decode_bytes, parse_piece, parse_stream, pieces, to_findings};

/// An input that was split, and not read yet.
#[derive(Debug)]
pub struct LazyManifest {
    source: Arc<Source>,
    pieces: Vec<Entry>,
}

#[derive(Debug)]
enum Entry {
    Unread(Piece),
    /// A document that had to be parsed to be split.
    Document(Document),
    Wrong(Box<Finding>),
}

/// The content of one piece.
#[derive(Debug, Default)]
pub struct ReadPiece {
    /// Its objects: one, none, or those of a `List`.
    pub documents: Vec<Document>,
    /// Errors of kubectl's decoder in it.
    pub errors: Vec<Finding>,
}

impl LazyManifest {
    /// Splits an input that the user knows as `name`, as [`read`] does.
    ///
    /// [`read`]: super::read
    pub fn of(name: &str, bytes: Vec<u8>) -> Self {
        let source = Arc::new(Source::new(name, decode_bytes(bytes)));
        let pieces = match pieces(source.text()) {
            Some(pieces) => pieces.into_iter().map(Entry::Unread).collect(),
            None => {
                let parsed = parse_stream(source.text());
                let errors = parsed.errors;
                let documents = parsed.documents.into_iter().map(|parsed| {
                    let source = Arc::clone(&source);
                    Entry::Document(Document::new(source, parsed.tree, parsed.index))
                });
                let errors = to_findings(&errors, &source).into_iter();
                let errors = errors.map(|finding| Entry::Wrong(Box::new(finding)));
                documents.chain(errors).collect()
            }
        };
        Self { source, pieces }
    }

    /// The input's text.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// Returns the number of pieces.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Returns whether an object in a piece may be of one of the kinds, or in a list.
    /// The text alone is looked at: a piece that has none of the words, and
    /// nothing that could stand for one (an escape or a tag), holds no such
    /// object for certain.
    pub fn may_be(&self, piece: usize, kinds: &[&str]) -> bool {
        let range = match self.pieces.get(piece) {
            Some(Entry::Unread(Piece::Document { range, .. })) => range.clone(),
            Some(Entry::Document(_)) => return true,
            Some(Entry::Unread(Piece::Broken(_)) | Entry::Wrong(_)) | None => return false,
        };
        let text = self.source.text().get(range).unwrap_or("");
        text.bytes().any(|byte| matches!(byte, b'\\' | b'!'))
            || ["List", "items"].iter().any(|list| text.contains(list))
            || kinds.iter().any(|kind| text.contains(kind))
    }

    /// Reads a piece.
    pub fn read(&self, piece: usize) -> ReadPiece {
        let mut read = ReadPiece::default();
        match self.pieces.get(piece) {
            Some(Entry::Unread(piece)) => match parse_piece(self.source.text(), piece) {
                Ok(Some(parsed)) => {
                    let source = Arc::clone(&self.source);
                    let document = Document::new(source, parsed.tree, parsed.index);
                    document.expand(&mut read.documents);
                }
                Ok(None) => {}
                Err(errors) => {
                    read.errors = to_findings(&errors, &self.source);
                }
            },
            Some(Entry::Document(document)) => document.clone().expand(&mut read.documents),
            Some(Entry::Wrong(finding)) => read.errors.push((**finding).clone()),
            None => {}
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::read;

    /// In pieces or at once, an input holds the same.
    #[test]
    fn an_input_reads_the_same_in_pieces() {
        for text in [
            "",
            "---\n---\na: 1\n---\n# nothing\n---\nb: [\n---\nc: 2\n--- x\nd: 3\n",
            "kind: List\nitems: [{kind: Pod}, {kind: Pod}]\n---\nkind: Pod\n",
            "{\"kind\": \"Pod\"}\n{\"kind\": \"Job\"}\n",
            "{a: 1}\n---\n{b: [}\n",
            "{\"a\": 1}\n{\"b\": 2}\n{\"c\": \n",
        ] {
            let whole = read("f", text.as_bytes().to_vec());
            let pieces = LazyManifest::of("f", text.as_bytes().to_vec());
            let (mut documents, mut errors) = (Vec::new(), Vec::new());
            for piece in 0..pieces.len() {
                let read = pieces.read(piece);
                documents.extend(read.documents);
                errors.extend(read.errors);
            }
            let shown = |documents: &[Document]| -> Vec<(usize, String, String)> {
                let one = |d: &Document| (d.index(), d.base().to_string(), d.to_json());
                documents.iter().map(one).collect()
            };
            assert_eq!(shown(&documents), shown(&whole.documents), "{text}");
            assert_eq!(errors, whole.errors, "{text}");
        }
    }

    #[test]
    fn a_kind_is_ruled_out_only_where_that_is_certain() {
        let may_be = |text: &str| {
            let pieces = LazyManifest::of("f", text.as_bytes().to_vec());
            pieces.may_be(0, &["ConfigMap"])
        };
        assert!(!may_be("kind: Pod\nspec: {x: {configMapRef: {name: a}}}\n"));
        for text in [
            "kind: ConfigMap\n",
            "kind: \"Config\\\n  Map\"\n",
            "kind: \"\\x43onfigMap\"\n",
            "kind: !!binary Q29uZmlnTWFw\n",
            "kind: PodList\n",
            "{\"kind\": \"\\u0043onfigMap\"}",
        ] {
            let read = LazyManifest::of("f", text.as_bytes().to_vec()).read(0);
            assert_eq!(read.errors, [], "{text}");
            assert!(may_be(text), "{text}");
        }
    }
}
