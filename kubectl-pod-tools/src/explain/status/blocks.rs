//! The report as text.

use k8s_openapi::jiff::Timestamp;
use pod_model::ContainerType;
use pod_model::diagnosis::{Cause, Certainty, Evidence};
use pod_model::kubectl_status::human_duration;

use super::report::{ContainerReport, ExplainedStatus};
use crate::render::{Block, Cell, Table, Tone, TreeNode};
use crate::ui::escape;

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedStatus, now: Timestamp) -> Vec<Block> {
    let ExplainedStatus { target, item } = explained;
    let body = &item.body;
    let mut blocks = vec![
        Block::Heading(escape(&target.shown).into_owned()),
        Block::Paragraph(Cell::new(body.summary.clone(), Tone::Strong)),
    ];
    if let Some(status) = &body.kubectl_status
        && let Some(because) = body.misleading.first()
    {
        let text = format!("kubectl shows {status}, although {because}");
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Warning)));
    }
    for cause in &body.causes {
        blocks.push(Block::Tree(evidence(cause, now)));
    }
    if body.advice.len() > 1 {
        let lines = body.advice[1..].join("\n");
        blocks.push(Block::Paragraph(lines.into()));
    }
    if let Some(why) = &body.unread {
        let text = format!("events: {why}; they would prove more");
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Warning)));
    }
    if !body.containers.is_empty() && body.kubectl_status.is_some() {
        blocks.push(Block::Table(containers(&body.containers, now)));
    }
    blocks
}

fn evidence(cause: &Cause, now: Timestamp) -> TreeNode {
    let likely = match cause.certainty {
        Certainty::Proven => "",
        Certainty::Likely => " (likely)",
    };
    let mut node = TreeNode::new(format!("{}{likely}", cause.row.id));
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

fn containers(all: &[ContainerReport], now: Timestamp) -> Table {
    let mut table = Table::new(&[
        "CONTAINER",
        "TYPE",
        "STATE",
        "READY",
        "RESTARTS",
        "LAST RUN",
    ]);
    for own in all {
        let kind = match own.container_type {
            ContainerType::Init => "init",
            ContainerType::Sidecar => "sidecar",
            ContainerType::App => "app",
            ContainerType::Ephemeral => "ephemeral",
        };
        let mut state = own.state.unwrap_or("not started").to_owned();
        if let Some(reason) = own.reason.as_deref().filter(|reason| !reason.is_empty()) {
            state = format!("{state} ({reason})");
        }
        if let Some(since) = own.since {
            state.push_str(&format!(" {}", human_duration(since, now)));
        }
        let last = own.last_run.as_ref().map_or_else(String::new, |last| {
            let reason = last.reason.as_deref().unwrap_or_default();
            let ago = last.finished_at.map_or_else(String::new, |at| {
                format!(", {} ago", human_duration(at, now))
            });
            format!("exit code {} {reason}{ago}", last.exit_code)
        });
        table.row(vec![
            own.name.clone().into(),
            kind.into(),
            state.into(),
            if own.ready { "yes" } else { "no" }.into(),
            own.restart_count.to_string().into(),
            last.into(),
        ]);
    }
    table
}
