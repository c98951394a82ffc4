//! All edits of one file.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::hunks::{Hunk, hunks};
use super::inherited::NewKeys;
use super::layout::{Layout, Lines};
use super::node::Editor;
use super::text::{Raw, TextEdit, in_order};
use super::verify::{verify, verify_document};
use crate::decode::from_node;
use crate::edit::{Edit, Plan};
use crate::path::{FieldPath, Segment};
use crate::source::Span;
use crate::yaml::{ParsedDocument, decode_bytes, parse_stream};

/// An edit of one document of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdit {
    /// The number of the document: [`Document::index`](crate::Document::index).
    pub document: usize,
    /// The edit, with its path from the document's root: for an item of a `List` it begins with
    /// [`Document::base`](crate::Document::base).
    pub edit: Edit,
}

/// A file after its edits.
#[derive(Clone, Debug, PartialEq)]
pub struct EditedText {
    /// The new content.
    pub bytes: Vec<u8>,
    /// The lines that differ.
    pub hunks: Vec<Hunk>,
    /// The edits that cannot be made; the others are.
    pub refused: Vec<Refusal>,
}

/// An edit that cannot be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The number of the document.
    pub document: usize,
    /// The field from the document's root, or an object around it.
    pub path: FieldPath,
    /// Its place in the file's [`Source`](crate::Source).
    pub span: Span,
    /// The reason, as a lower-case phrase.
    pub message: String,
}

/// Makes edits in the text of a file, and nothing else. The result has been parsed, and has the
/// edited values.
///
/// # Errors
/// The file cannot be read as kubectl reads it, or is not encoded as UTF-8: a lower-case phrase.
pub fn edit_text(bytes: &[u8], edits: &[PlacedEdit]) -> Result<EditedText, String> {
    let raw = Raw::of(bytes)?;
    let text = decode_bytes(bytes.to_vec());
    let parsed = parse_stream(&text);
    if let Some(error) = parsed.errors.first() {
        return Err(format!("the file cannot be read: {}", error.message));
    }
    let mut by_document: BTreeMap<usize, Vec<&Edit>> = BTreeMap::new();
    for own in edits {
        by_document.entry(own.document).or_default().push(&own.edit);
    }
    let lines = Lines::of(&text);
    let mut all = Vec::new();
    let mut refused = Vec::new();
    let mut edited = BTreeMap::new();
    for document in &parsed.documents {
        let Some(edits) = by_document.get(&document.index) else {
            continue;
        };
        match edit_document(&text, &lines, document, edits) {
            Ok(own) => {
                refused.extend(own.refused);
                all.extend(own.edits);
                edited.insert(document.index, own.expected);
            }
            Err(message) => refused.push(Refusal {
                document: document.index,
                path: FieldPath::root(),
                span: document.tree.span(document.tree.root()),
                message,
            }),
        }
    }
    in_order(&mut all)?;
    let (new, changes) = raw.splice(&all);
    verify(&text, &parsed.documents, new.as_bytes(), &edited)?;
    Ok(EditedText {
        hunks: hunks(raw.text, &changes),
        bytes: new.into_bytes(),
        refused,
    })
}

/// The edits of one document, and its value after them.
struct EditedDocument {
    edits: Vec<TextEdit>,
    expected: Value,
    refused: Vec<Refusal>,
}

/// Makes the edits of one document.
///
/// # Errors
/// None of them can be made: the text would not read as the edited values.
fn edit_document(
    text: &str,
    lines: &Lines,
    document: &ParsedDocument,
    edits: &[&Edit],
) -> Result<EditedDocument, String> {
    let edit = |merges| edit_with(merges, text, lines, document, edits);
    edit(NewKeys::Inherited).or_else(|_| edit(NewKeys::Written))
}

fn edit_with(
    merges: NewKeys,
    text: &str,
    lines: &Lines,
    document: &ParsedDocument,
    edits: &[&Edit],
) -> Result<EditedDocument, String> {
    let tree = &document.tree;
    let plan = Plan::of(edits.iter().copied())?;
    let mut editor = Editor::new(Layout::new(text, tree, lines), merges);
    editor.run(&plan);
    let Editor { out, refused, .. } = editor;
    let mut made = edits.to_vec();
    if !refused.is_empty() {
        let places: HashSet<&[Segment]> = refused.iter().map(|own| own.path.segments()).collect();
        let is_refused = |path: &[Segment]| (0..=path.len()).any(|n| places.contains(&path[..n]));
        made.retain(|edit| !is_refused(edit.path.segments()));
    }
    let mut expected = from_node(tree, tree.root()).map_err(|error| error.message)?;
    Plan::of(made)?.apply(&mut expected)?;
    let mut edits = out;
    in_order(&mut edits)?;
    verify_document(text, tree, &edits, &expected)?;
    let refused = refused.into_iter().map(|own| Refusal {
        document: document.index,
        path: own.path,
        span: own.span,
        message: own.message,
    });
    Ok(EditedDocument {
        edits,
        expected,
        refused: refused.collect(),
    })
}
