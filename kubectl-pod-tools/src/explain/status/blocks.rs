//! The report as text.

use k8s_openapi::jiff::Timestamp;
use pod_model::Verdict;
use pod_model::diagnosis::{Cause, Certainty, Evidence, Stage};
use pod_model::kubectl_status::human_duration;

use super::containers_table::{containers, logs};
use super::report::ExplainedStatus;
use crate::explain::events::NOT_IN_FILE;
use crate::render::{Block, Cell, Tone, TreeNode};

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedStatus, now: Timestamp) -> Vec<Block> {
    let body = &explained.item.body;
    let mut blocks = vec![paragraph(body.summary.clone(), Tone::Strong)];
    if let Some(status) = &body.kubectl_status
        && let Some(because) = body.misleading.first()
    {
        let text = format!("kubectl shows {status}, although {because}");
        blocks.push(paragraph(text, Tone::Warning));
    }
    for (at, cause) in body.causes.iter().enumerate() {
        if at > 0 || !cause.evidence.is_empty() {
            blocks.push(Block::Tree(evidence(cause, at > 0, now)));
        }
    }
    let others: Vec<&str> = body.advice.iter().skip(1).map(String::as_str).collect();
    if !others.is_empty() {
        blocks.push(paragraph(others.join("\n"), Tone::Plain));
    }
    let is_likely = |cause: &Cause| cause.certainty == Certainty::Likely;
    let is_open = body.causes.iter().any(is_likely) || body.causes.is_empty();
    if explained.item.verdict != Verdict::Ok {
        let unread = body.unread.iter();
        let unread = unread.filter(|why| is_open || !why.contains(NOT_IN_FILE));
        blocks.extend(unread.map(|why| Block::Once(Cell::new(why.clone(), Tone::Warning))));
    }
    if !body.lifecycle.is_empty() {
        blocks.push(Block::Tree(stages(&body.lifecycle)));
    } else if !body.containers.is_empty() && body.kubectl_status.is_some() {
        blocks.push(Block::Table(containers(&body.containers, now)));
        blocks.extend(logs(&body.containers));
    }
    blocks
}

fn paragraph(text: String, tone: Tone) -> Block {
    Block::Paragraph(Cell::new(text, tone))
}

/// Returns what a cause rests on; the summary has the message of the first one.
fn evidence(cause: &Cause, with_message: bool, now: Timestamp) -> TreeNode {
    let likely = match cause.certainty {
        Certainty::Proven => "",
        Certainty::Likely => " (likely: what would prove it is missing; events live for an hour)",
    };
    let id = cause.row.id;
    let mut node = TreeNode::new(if with_message {
        format!("{id}: {}{likely}", cause.message)
    } else {
        format!("{id}{likely}")
    });
    node.children = cause
        .evidence
        .iter()
        .map(|own| TreeNode::new(fact(own, now)))
        .collect();
    node
}

fn fact(own: &Evidence, now: Timestamp) -> String {
    let mut text = match &own.path {
        Some(path) => format!("{path}: {}", own.text),
        None => own.text.clone(),
    };
    if own.count > 1 {
        text.push_str(&format!(", {} times", own.count));
    }
    if let Some(at) = own.at {
        text.push_str(&format!(", {} ago", human_duration(at, now)));
    }
    text
}

fn stages(all: &[Stage]) -> TreeNode {
    let mut node = TreeNode::new("what lies ahead");
    node.children = all
        .iter()
        .map(|stage| TreeNode::new(format!("{}: {}", stage.name, stage.text)))
        .collect();
    node
}
