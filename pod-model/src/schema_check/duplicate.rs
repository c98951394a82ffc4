//! Keys that stand twice in one object.
//!
//! Source: `yaml.UnmarshalStrict` of sigs.k8s.io/yaml, which refuses them. It
//! also refuses a key beside a merge (`<<`) that brings the same key; that one
//! is legal YAML and the purpose of a merge, and kubectl takes it.

use std::collections::HashMap;

use super::limits::{MAX_DEPTH, MAX_FINDINGS};
use crate::finding::Finding;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::tree::{DuplicateKey, Kind, NodeId};

/// Adds a finding for each, at the later of the two places.
pub(super) fn duplicate_keys(document: &Document, findings: &mut Vec<Finding>) {
    let tree = document.tree();
    if tree.duplicates().is_empty() {
        return;
    }
    // An item of a list answers for its own part of the text.
    let is_item = !document.base().segments().is_empty();
    let own = if is_item {
        tree.duplicates_within(document.root())
    } else {
        tree.duplicates()
    };
    if own.is_empty() {
        return;
    }
    let mut waiting: HashMap<NodeId, Vec<&DuplicateKey>> = HashMap::new();
    for duplicate in own {
        waiting
            .entry(duplicate.mapping)
            .or_default()
            .push(duplicate);
    }
    // The way to the open node, and how far each open node has been read.
    let mut path = FieldPath::root();
    let mut open = vec![(document.root(), 0)];
    while findings.len() < MAX_FINDINGS
        && let Some((id, next)) = open.last_mut()
    {
        if *next == 0
            && let Some(duplicates) = waiting.remove(id)
        {
            findings.extend(duplicates.iter().map(|d| finding(document, &path, d)));
        }
        let i = *next;
        *next += 1;
        let child = match tree.kind(*id) {
            Kind::Mapping(entries) => {
                let entry = entries.get(i);
                entry.map(|e| (Segment::Field(e.key.to_string().into()), e.value))
            }
            Kind::Sequence(elements) => elements.get(i).map(|e| (Segment::Index(i), *e)),
            _ => None,
        };
        match child {
            // What an alias stands for is read where it is anchored, unless
            // the anchor lies outside of this object.
            Some((_, value)) if waiting.is_empty() || is_scalar(document, value) => {}
            Some((segment, value)) => {
                path.push(segment);
                open.push((target(document, value), 0));
            }
            None => {
                open.pop();
                path.pop();
            }
        }
    }
    // What a merge took in stands in the text and not in the tree.
    let whole = tree.span(document.root());
    let inside = |d: &&DuplicateKey| whole.start <= d.first.start && d.second.end <= whole.end;
    let rest = waiting.into_values().flatten().filter(inside);
    findings.extend(rest.map(|d| finding(document, &FieldPath::root(), d)));
}

fn is_scalar(document: &Document, id: NodeId) -> bool {
    let kind = document.tree().kind(id);
    !matches!(kind, Kind::Mapping(_) | Kind::Sequence(_))
}

fn target(document: &Document, id: NodeId) -> NodeId {
    match document.tree().raw_node(id).kind {
        Kind::Alias(target) => target,
        _ => id,
    }
}

fn finding(document: &Document, mapping: &FieldPath, duplicate: &DuplicateKey) -> Finding {
    let key = &*duplicate.key;
    // A deeper path would be cut off by every reader of it.
    let mut path = FieldPath::root();
    let steps = mapping.segments().iter().take(MAX_DEPTH);
    steps.for_each(|step| path.push(step.clone()));
    let path = path.field(key.to_owned());
    let message = format!("duplicate key `{key}` in the same object");
    let redacted = if document.certain_path(&path) == path {
        message.clone()
    } else {
        "duplicate key in the same object".to_owned()
    };
    let help = "remove or rename one of them; only the last counts";
    Finding::new(&rules::DUPLICATE_KEY, path, message)
        .redacted(redacted)
        .redacted_help(help)
        .at(Some(document.location(duplicate.second)))
        .label("second")
        .help(help)
        .related("first", document.location(duplicate.first))
}
