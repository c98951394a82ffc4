//! An input document by document, and a large list item by item, so that thousands of objects need not be in
//! memory at once as trees.

use std::sync::Arc;

use super::document::Document;
use super::read_piece::ReadPiece;
use super::runs::{ItemList, RunText};
use crate::finding::Finding;
use crate::source::Source;
use crate::tree::Kind;
use crate::yaml::{
    BrokenList, ListBounds, LongText, ParsedStream, Piece, Run, decode_bytes, parse_after_json,
    parse_piece, parse_stream, parse_value, pieces, split_list, split_long_list, to_findings,
};

/// An input that was split, and not read yet.
#[derive(Debug)]
pub struct LazyManifest {
    source: Arc<Source>,
    /// The text, if it is too long to be kept.
    long: Option<Arc<dyn LongText>>,
    lists: Vec<ItemList>,
    pieces: Vec<Entry>,
}

#[derive(Debug)]
enum Entry {
    Unread(Piece),
    /// Items of one of the lists.
    Items(u32, Run),
    /// A document that had to be parsed to be split.
    Document(Document),
    Wrong(Box<Finding>),
}

/// The size of a text from which on the items of its lists are read one by one.
const LARGE: usize = 1 << 20;

impl LazyManifest {
    /// Splits an input that the user knows as `name`, as [`read`] does.
    ///
    /// [`read`]: super::read
    pub fn of(name: &str, bytes: Vec<u8>) -> Self {
        Self::within(name, bytes, LARGE, ListBounds::default())
    }

    /// Splits an input, and from a size on its lists into their items.
    pub(super) fn within(name: &str, bytes: Vec<u8>, large: usize, bounds: ListBounds) -> Self {
        let mut own = Self {
            source: Arc::new(Source::new(name, decode_bytes(bytes))),
            long: None,
            lists: Vec::new(),
            pieces: Vec::new(),
        };
        let source = Arc::clone(&own.source);
        match pieces(source.text()) {
            Some(pieces) => own.pieces = pieces.into_iter().map(Entry::Unread).collect(),
            None if source.text().len() >= large => own.json(bounds),
            None => own.push(parse_stream(source.text())),
        }
        own
    }

    /// Splits a text that is too long to be kept: a list of JSON, whose items are read one by
    /// one. Returns `None` for any other text.
    pub fn of_long(name: &str, text: Arc<dyn LongText>) -> Option<Self> {
        Self::long_within(name, text, ListBounds::default())
    }

    pub(super) fn long_within(
        name: &str,
        text: Arc<dyn LongText>,
        bounds: ListBounds,
    ) -> Option<Self> {
        let source = Arc::new(Source::new(name, ""));
        let mut own = Self {
            source: Arc::clone(&source),
            long: None,
            lists: Vec::new(),
            pieces: Vec::new(),
        };
        match split_long_list(&*text, bounds) {
            Ok(split) => {
                let (list, runs) = ItemList::of(split?, 0, &source, bounds)?;
                own.add(list, runs);
            }
            Err(broken) => {
                let BrokenList { error, part } = *broken;
                let (around, first) = part.unwrap_or_default();
                let source = Source::part(name, around, first);
                // The kind of the object may stand anywhere.
                let findings = to_findings(&[error], &source).into_iter();
                let wrong = |own: Finding| Entry::Wrong(Box::new(own.without_values()));
                own.pieces = findings.map(wrong).collect();
            }
        }
        own.long = Some(text);
        Some(own)
    }

    fn add(&mut self, list: ItemList, runs: Vec<Run>) {
        let number = u32::try_from(self.lists.len()).unwrap_or(u32::MAX);
        self.lists.push(list);
        let runs = runs.into_iter();
        self.pieces
            .extend(runs.map(|run| Entry::Items(number, run)));
    }

    fn push(&mut self, parsed: ParsedStream) {
        let source = &self.source;
        let documents = parsed.documents.into_iter().map(|parsed| {
            let source = Arc::clone(source);
            Entry::Document(Document::new(source, parsed.tree, parsed.index))
        });
        let errors = to_findings(&parsed.errors, source).into_iter();
        let errors = errors.map(|finding| Entry::Wrong(Box::new(finding)));
        self.pieces.extend(documents.chain(errors));
    }

    /// Splits a series of values of JSON.
    fn json(&mut self, bounds: ListBounds) {
        let source = Arc::clone(&self.source);
        let text = source.text();
        let (mut at, mut index) = (0, 0);
        loop {
            let error = match split_list(text, at, bounds) {
                Ok(split) => {
                    let end = split.as_ref().map(|split| split.end);
                    let split = split.and_then(|split| ItemList::of(split, index, &source, bounds));
                    if let (Some(end), Some((list, runs))) = (end, split) {
                        self.add(list, runs);
                        at = end;
                        index += 1;
                        continue;
                    }
                    match parse_value(text, at) {
                        Ok(None) => return,
                        Ok(Some((tree, end))) => {
                            if *tree.kind(tree.root()) != Kind::Null {
                                let document = Document::new(Arc::clone(&source), tree, index);
                                self.pieces.push(Entry::Document(document));
                            }
                            at = end;
                            index += 1;
                            continue;
                        }
                        Err(error) => error,
                    }
                }
                Err(broken) => broken.error,
            };
            self.push(parse_after_json(text, at, index, error));
            return;
        }
    }

    /// Returns the number of pieces.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Returns whether a piece is known to have no syntax error.
    pub fn is_valid(&self, piece: usize) -> bool {
        matches!(
            self.pieces.get(piece),
            Some(Entry::Items(..) | Entry::Document(_))
        )
    }

    /// Returns whether an object in a piece may be of one of the kinds, or in a list.
    /// The text alone is looked at: a piece that has none of the words, and
    /// nothing that could stand for one (an escape or a tag), holds no such
    /// object for certain.
    pub fn may_be(&self, piece: usize, kinds: &[&str]) -> bool {
        let range = match self.pieces.get(piece) {
            Some(Entry::Unread(Piece::Document { range, .. })) => range.clone(),
            Some(Entry::Items(list, run)) => {
                let list = self.lists.get(*list as usize);
                return list.is_some_and(|list| list.may_be(run, kinds));
            }
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
        let mut read = ReadPiece::of(Arc::clone(&self.source));
        match self.pieces.get(piece) {
            Some(Entry::Unread(piece)) => match parse_piece(self.source.text(), piece) {
                Ok(Some(parsed)) => {
                    let source = Arc::clone(&self.source);
                    read.add(Document::new(source, parsed.tree, parsed.index));
                }
                Ok(None) => {}
                Err(errors) => {
                    read.errors = to_findings(&errors, &self.source);
                }
            },
            Some(Entry::Items(list, run)) => {
                if let Some(list) = self.lists.get(*list as usize) {
                    let text = match &self.long {
                        Some(text) => RunText::Long(self.source.name(), &**text),
                        None => RunText::Whole(&self.source),
                    };
                    return list.read(run, &text);
                }
            }
            Some(Entry::Document(document)) => read.add(document.clone()),
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
