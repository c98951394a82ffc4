//! The status beside other topics.

use crate::explain::shorten::shortened;
use crate::explain::status::{StatusBody, StatusTopic};
use crate::explain::topic::{Explained, Topic};
use crate::render::Block;
use crate::report::Item;
use crate::targets::Target;

/// Returns whether a target has a state: a manifest that nobody has created has none.
pub(super) fn applies(target: &Target) -> bool {
    target.status.is_some() || target.id.uid.is_some() || has_uid(target)
}

/// Returns whether the object has a uid, which the API server gives. Of an object with a
/// template it is not the template's.
fn has_uid(target: &Target) -> bool {
    let document = target.document.as_ref();
    let path = pod_model::FieldPath::parse("metadata.uid");
    document.is_some_and(|document| document.find(&path).is_some())
}

/// Returns what matters most, without the events that were not read: that is said once for all
/// topics.
pub(super) fn short(topic: &StatusTopic<'_>, explained: &Explained<StatusBody>) -> Vec<Block> {
    let item = &explained.item;
    let mut body = item.body.clone();
    body.unread = Vec::new();
    let explained = Explained {
        target: explained.target.clone(),
        item: Item {
            target: item.target.clone(),
            verdict: item.verdict,
            findings: item.findings.clone(),
            body,
        },
    };
    shortened(topic.blocks(&explained))
}
