//! The answer in one sentence.

use super::groups::{counts, some_names};
use super::report::SchedulingBody;

/// Reasons that the sentence names.
const MOST_REASONS: usize = 3;
/// Nodes that the sentence names.
const MOST_NAMES: usize = 3;

/// Returns the answer about a Pod in one sentence.
pub(super) fn sentence(body: &SchedulingBody) -> String {
    let (Some(total), Some(feasible)) = (body.total, body.feasible) else {
        return unknown_nodes(body);
    };
    if body.is_named {
        return named(body);
    }
    if let Some(own) = body.cycle.first() {
        return match own.stage {
            "PreScore" => format!(
                "the scheduler fails although {feasible} of {total} nodes fit: {}",
                own.message
            ),
            _ => format!("the scheduler holds it back: {}", own.message),
        };
    }
    if body.is_daemon_set {
        return daemon_set(body, feasible, total);
    }
    let on = match &body.node_name {
        Some(node) => {
            if let Some(sentence) = elsewhere(body, node, total) {
                return sentence;
            }
            format!("it is on {node}; ")
        }
        None => String::new(),
    };
    let s = if total == 1 { "" } else { "s" };
    if feasible > 0 {
        let fitting = body.nodes.iter().filter(|own| own.fits == Some(true));
        let names: Vec<&str> = fitting.map(|own| own.name.as_str()).collect();
        let names = some_names(&names, MOST_NAMES);
        return format!("{on}fits {feasible} of {total} node{s}: {names}");
    }
    if total == 0 {
        return format!("{on}no node fits: there are no nodes");
    }
    if body.unknown > 0 {
        let mut plugins: Vec<&str> = body.not_evaluated.iter().map(|own| own.plugin).collect();
        plugins.dedup();
        let why = match plugins.as_slice() {
            [] => body
                .unread
                .first()
                .map_or_else(String::new, |why| format!(": {why}")),
            plugins => format!(": {} could not be evaluated", plugins.join(", ")),
        };
        return format!("{on}{} of {total} node{s} may fit{why}", body.unknown);
    }
    format!("{on}no node fits: {}", reasons(body, total))
}

/// Returns the answer about a Pod that is on a node, unless something was not evaluated and it
/// fits on no other.
fn elsewhere(body: &SchedulingBody, node: &str, total: usize) -> Option<String> {
    let others = body.nodes.iter().filter(|own| own.name != node);
    let fitting = others.filter(|own| own.fits == Some(true));
    let names: Vec<&str> = fitting.map(|own| own.name.as_str()).collect();
    let is_there = body.nodes.iter().any(|own| own.name == node);
    let count = total - usize::from(is_there);
    let s = if count == 1 { "" } else { "s" };
    if !names.is_empty() {
        let shown = some_names(&names, MOST_NAMES);
        let fits = names.len();
        return Some(format!(
            "it is on {node}; fits on {fits} of {count} other node{s}: {shown}"
        ));
    }
    match (body.unknown, count) {
        (0, 0) => Some(format!("it is on {node}, and there is no other node")),
        (0, _) => {
            let reasons = reasons(body, count);
            Some(format!("it is on {node}; fits on no other node: {reasons}"))
        }
        _ => None,
    }
}

/// Returns the most frequent reasons with their numbers of nodes.
fn reasons(body: &SchedulingBody, total: usize) -> String {
    let counts = counts(&body.nodes);
    let mut parts: Vec<String> = Vec::new();
    // One more reason is as short as its number.
    let most = if counts.len() == MOST_REASONS + 1 {
        counts.len()
    } else {
        MOST_REASONS
    };
    for (message, count) in counts.iter().take(most) {
        let message = message.strip_prefix("node(s) ").unwrap_or(message);
        let message = match message.strip_prefix("were ") {
            Some(rest) if *count == 1 => &format!("was {rest}"),
            _ => message,
        };
        let of = if parts.is_empty() {
            format!(" of {total}")
        } else {
            String::new()
        };
        parts.push(format!("{count}{of} {message}"));
    }
    if counts.len() > most {
        parts.push(format!("and {} other reasons", counts.len() - most));
    }
    parts.join(", ")
}

fn named(body: &SchedulingBody) -> String {
    let node = body.node_name.as_deref().unwrap_or_default();
    let own = body.nodes.iter().find(|own| own.name == node);
    match own {
        None => format!("`nodeName` is {node}, and no node has that name"),
        Some(own) if own.fits == Some(true) => {
            format!("`nodeName` is {node}: no scheduler is asked, and its kubelet admits it")
        }
        Some(own) if own.fits.is_none() => {
            let why = body.unread.first().map(|why| format!(": {why}"));
            format!(
                "`nodeName` is {node}: no scheduler is asked, and its kubelet may admit it{}",
                why.unwrap_or_default()
            )
        }
        Some(own) => {
            let first = own.reasons.first();
            let reason = first.map(|own| own.plugin.as_str()).unwrap_or_default();
            let message = first.map(|own| own.message.as_str()).unwrap_or_default();
            format!(
                "`nodeName` is {node}: no scheduler is asked, and its kubelet refuses it: {reason}: {message}"
            )
        }
    }
}

fn daemon_set(body: &SchedulingBody, feasible: usize, total: usize) -> String {
    let gets = body.nodes.iter().filter(|own| own.gets_pod == Some(true));
    let gets = gets.count();
    let s = if total == 1 { "" } else { "s" };
    if gets == 0 {
        return format!("no node gets a Pod: {}", reasons(body, total));
    }
    let of = if feasible == gets {
        "it fits there".to_owned()
    } else if gets == 1 {
        "it does not fit there".to_owned()
    } else {
        format!("it fits on {feasible} of these")
    };
    let get = if gets == 1 { "gets" } else { "get" };
    let unknown = match body.unknown {
        0 => String::new(),
        unknown => format!(", and may fit on {unknown}"),
    };
    format!("{gets} of {total} node{s} {get} a Pod, and {of}{unknown}")
}

fn unknown_nodes(body: &SchedulingBody) -> String {
    match body.unread.first() {
        Some(why) => format!("unknown where it fits: {why}"),
        None => "unknown where it fits: no nodes are known".to_owned(),
    }
}
