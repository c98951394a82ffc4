//! Parts of a file that a page does not show: credentials by their names, and the copy of the object
//! that `kubectl apply` leaves in it.

use pod_env::MASK;
use pod_model::{Document, Kind, NodeId, Span};

use super::mask::{is_credential, mask_path};

/// The annotation in which `kubectl apply` keeps the manifest.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// Returns the parts of a document that are not shown, and what is shown instead.
pub(super) fn masked_lines(document: &Document) -> Vec<(Span, String)> {
    let tree = document.tree();
    let mut masked = Vec::new();
    let mut mask = |node: NodeId, instead: &str| {
        // An alias, and the value that it stands for.
        for span in [tree.span(node), tree.node(node).span] {
            masked.push((span, instead.to_owned()));
        }
    };
    let mut open = vec![document.root()];
    while let Some(node) = open.pop() {
        open.extend(tree.elements(node));
        for entry in tree.entries(node) {
            match &*entry.key {
                LAST_APPLIED => mask(entry.value, "…"),
                "httpHeaders" => {
                    for header in tree.elements(entry.value) {
                        let name = tree.get(*header, "name").and_then(|name| tree.str(name));
                        if let Some(value) = tree.get(*header, "value")
                            && name.is_some_and(is_credential)
                        {
                            mask(value, MASK);
                        }
                    }
                }
                "httpGet" => {
                    if let Some(path) = tree.get(entry.value, "path")
                        && let Some(text) = tree.str(path)
                    {
                        let shown = mask_path(text);
                        if shown != text {
                            mask(path, &shown);
                        }
                    }
                }
                _ => {}
            }
            if matches!(tree.kind(entry.value), Kind::Mapping(_) | Kind::Sequence(_)) {
                open.push(entry.value);
            }
        }
    }
    masked.sort_by_key(|(span, _)| span.start);
    masked.dedup();
    masked
}
