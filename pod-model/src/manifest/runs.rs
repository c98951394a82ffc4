//! Lists whose items are read one by one.

use std::sync::Arc;

use super::document::{Document, Inherited};
use super::read::Items;
use super::read_piece::ReadPiece;
use crate::fields::Fields;
use crate::finding::Finding;
use crate::source::Source;
use crate::yaml::{ListBounds, LongText, Run, SplitList, decode_part, parse_fields, to_findings};

/// The part of a list that its runs share.
#[derive(Debug)]
pub(super) struct ItemList {
    /// The number of its document in the input.
    index: usize,
    bequest: Inherited,
    kinds: Vec<Vec<Box<str>>>,
    values: usize,
}

/// The text that runs are parts of.
pub(super) enum RunText<'a> {
    Whole(&'a Arc<Source>),
    Long(&'a Arc<str>, &'a dyn LongText),
}

impl ItemList {
    /// Returns the list and its runs, or `None` if kubectl takes it for no list.
    pub(super) fn of(
        split: SplitList,
        index: usize,
        source: &Arc<Source>,
        bounds: ListBounds,
    ) -> Option<(Self, Vec<Run>)> {
        let list = Document::new(Arc::clone(source), split.list, index);
        if !matches!(list.items(), Items::Elements(_)) {
            return None;
        }
        let own = Self {
            index,
            bequest: list.bequest(),
            kinds: split.kinds,
            values: bounds.values,
        };
        Some((own, split.runs))
    }

    /// Returns whether an item of a run may be of one of the kinds.
    pub(super) fn may_be(&self, run: &Run, kinds: &[&str]) -> bool {
        let Some(said) = run.kinds.and_then(|set| self.kinds.get(usize::from(set))) else {
            return true;
        };
        let inherited = self.bequest.as_ref().map(|bequest| &*bequest.1);
        let mut said = said.iter().map(|word| match &**word {
            "" => inherited.unwrap_or(""),
            word => word,
        });
        said.any(|word| kinds.contains(&word))
    }

    /// Reads the items of a run.
    pub(super) fn read(&self, run: &Run, text: &RunText<'_>) -> ReadPiece {
        let (source, mut at, end) = match text {
            RunText::Whole(source) => (Arc::clone(source), run.start, run.end),
            RunText::Long(name, text) => {
                let read = text.read(run.start, run.end - run.start);
                let bytes = match read {
                    Ok(bytes) => bytes,
                    Err(why) => return ReadPiece::unread(name, why),
                };
                let text = decode_part(bytes);
                let end = text.len();
                let source = Source::part(Arc::clone(name), text, run.position);
                (Arc::new(source), 0, end)
            }
        };
        let mut read = ReadPiece::of(Arc::clone(&source));
        let text = source.text().get(..end).unwrap_or_default();
        let mut index = run.first;
        loop {
            match parse_fields(text, at, Fields::ALL, self.values) {
                Ok(Some((tree, end))) => {
                    let source = Arc::clone(&source);
                    let item = Document::item_alone(source, tree, self.index, index, &self.bequest);
                    read.documents.push(item);
                    let rest = text.get(end..).unwrap_or_default();
                    let blanks = rest.len() - rest.trim_start().len();
                    // A comma follows.
                    at = end + blanks + 1;
                    index += 1;
                }
                Ok(None) => return read,
                // The text has changed since it was split.
                Err(error) => {
                    read.documents.clear();
                    let error = error.in_document(&(at..text.len()));
                    let findings = to_findings(&[error], &source).into_iter();
                    // The kind of the object may stand behind the error.
                    read.errors = findings.map(Finding::without_values).collect();
                    return read;
                }
            }
            if at >= text.len() {
                return read;
            }
        }
    }
}
