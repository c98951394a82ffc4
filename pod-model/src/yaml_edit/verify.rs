//! The proof of an edit: the new text is parsed and has the edited values, and no others.

use std::collections::BTreeMap;
use std::ops::Range;

use serde_json::Value;

use super::text::TextEdit;
use crate::decode::from_node;
use crate::tree::{Kind, Tree};
use crate::yaml::{ParsedDocument, Piece, decode_bytes, parse_piece, parse_stream};

/// Message for a result that is not what was wanted.
const UNSAFE: &str = "its layout cannot be edited without changing more than that";

/// Checks that a document reads as expected after its edits.
///
/// # Errors
/// It does not: a lower-case phrase.
pub(super) fn verify_document(
    text: &str,
    tree: &Tree,
    edits: &[TextEdit],
    expected: &Value,
) -> Result<(), String> {
    let span = tree.span(tree.root());
    let root = span.start as usize..span.end as usize;
    let is_flow = text
        .get(root.start..)
        .is_some_and(|own| own.starts_with(['{', '[']));
    let range = if is_flow {
        root
    } else {
        block_range(text, &root)
    };
    let new = edited(text, range, edits).ok_or(UNSAFE)?;
    let parsed = if is_flow {
        let mut parsed = parse_stream(&new);
        let only = parsed.documents.pop();
        only.filter(|_| parsed.documents.is_empty() && parsed.errors.is_empty())
    } else {
        let piece = Piece::Document {
            index: 0,
            range: 0..new.len(),
        };
        parse_piece(&new, &piece).ok().flatten()
    };
    let value = parsed.and_then(|own| from_node::<Value>(&own.tree, own.tree.root()).ok());
    if value.as_ref() == Some(expected) {
        Ok(())
    } else {
        Err(UNSAFE.to_owned())
    }
}

/// Returns the lines of a document that is no flow collection.
fn block_range(text: &str, root: &Range<usize>) -> Range<usize> {
    let before = text.get(..root.start).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(root.end..).unwrap_or("");
    let end = after.find("\n---").or_else(|| after.find("\n..."));
    start..end.map_or(text.len(), |end| root.end + end + 1)
}

/// Returns a range of a text with edits that lie in it, or `None` if one does not.
fn edited(text: &str, range: Range<usize>, edits: &[TextEdit]) -> Option<String> {
    let mut new = String::with_capacity(range.len() + 64 * edits.len());
    let mut at = range.start;
    for edit in edits {
        new.push_str(text.get(at..edit.range.start)?);
        new.push_str(&edit.text);
        at = edit.range.end;
    }
    new.push_str(text.get(at..range.end)?);
    Some(new)
}

/// Checks that a file has the same documents after its edits, and each edited one the expected
/// value.
///
/// # Errors
/// It does not: a lower-case phrase.
pub(super) fn verify(
    old_text: &str,
    old: &[ParsedDocument],
    new: &[u8],
    edited: &BTreeMap<usize, Value>,
) -> Result<(), String> {
    let new_text = decode_bytes(new.to_vec());
    let parsed = parse_stream(&new_text);
    let mut all = old.iter().zip(&parsed.documents);
    let is_same = |(old, new): (&ParsedDocument, &ParsedDocument)| {
        let (old_root, new_root) = (old.tree.root(), new.tree.root());
        let slice = |text: &str, tree: &Tree| {
            let span = tree.span(tree.root());
            text.get(span.start as usize..span.end as usize)
                .map(str::to_owned)
        };
        old.index == new.index
            && match edited.get(&new.index) {
                Some(expected) => {
                    from_node::<Value>(&new.tree, new_root).ok().as_ref() == Some(expected)
                }
                None => {
                    slice(old_text, &old.tree) == slice(&new_text, &new.tree)
                        && is_same_kind(old.tree.kind(old_root), new.tree.kind(new_root))
                }
            }
    };
    let is_complete = parsed.errors.is_empty() && parsed.documents.len() == old.len();
    if is_complete && all.all(is_same) {
        Ok(())
    } else {
        Err("the edited file would not read as intended; nothing is changed".to_owned())
    }
}

fn is_same_kind(one: &Kind, other: &Kind) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}
