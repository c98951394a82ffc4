//! The course of a Pod as a tree.

use super::observed::{Observed, SeenContainer};
use super::seen_events::SeenEvent;
use super::words::times;
use crate::render::{Block, Cell, Tone, TreeNode};
use crate::ui::escape;

/// Returns the course of the Pod as a tree.
pub(super) fn happened(observed: &Observed) -> Block {
    let mut root = TreeNode::new("status and events of the kubelet, times in UTC");
    root.children.extend(
        observed
            .containers
            .iter()
            .map(|own| TreeNode::new(status(own))),
    );
    root.children
        .extend(observed.events.iter().map(|own| TreeNode::new(seen(own))));
    if let Some(why) = &observed.unread {
        let text = format!("the events are unknown: {why}");
        root.children
            .push(TreeNode::new(Cell::new(text, Tone::Dim)));
    }
    Block::Tree(root)
}

fn status(own: &SeenContainer) -> Cell {
    let mut text = format!("container {}: ", own.name);
    let state = if own.ready { "ready" } else { "not ready" };
    match &own.started_at {
        Some(started) => text.push_str(&format!("{state}, running since {started}")),
        None => text.push_str(&format!("{state}, not running")),
    }
    if let Some(waiting) = &own.waiting {
        text.push_str(&format!(" ({waiting})"));
    }
    if own.restart_count > 0 {
        let s = if own.restart_count == 1 { "" } else { "s" };
        text.push_str(&format!(", {} restart{s}", own.restart_count));
    }
    if let Some(last) = &own.last_run {
        let which = match own.started_at {
            Some(_) => "the run before",
            None => "the last run",
        };
        text.push_str(&format!(
            "; {which} lasted {}s and ended with exit code {}",
            last.lasted().as_secs(),
            last.exit_code
        ));
        if let Some(reason) = &last.reason {
            text.push_str(&format!(" ({reason})"));
        }
        if let Some(started) = &own.started_at {
            let wait = started.duration_since(last.finished_at).as_secs();
            text.push_str(&format!(", {wait}s before this one"));
        }
    }
    let tone = if own.ready {
        Tone::Plain
    } else {
        Tone::Warning
    };
    Cell::new(escape(&text), tone)
}

fn seen(own: &SeenEvent) -> Cell {
    let times = times(own.count);
    let when = match (&own.first_seen, &own.last_seen) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
        (Some(at), _) => format!(", {at}"),
        _ => String::new(),
    };
    let container = own.container.as_deref().unwrap_or("?");
    let text = format!("{} {times}, {container}{when}: {}", own.reason, own.message);
    let tone = match own.reason.as_str() {
        "Killing" => Tone::Error,
        _ => Tone::Warning,
    };
    Cell::new(escape(&text), tone)
}
