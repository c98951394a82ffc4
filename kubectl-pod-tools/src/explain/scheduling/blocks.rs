//! The report as text.

use std::collections::BTreeSet;

use pod_model::{Verdict, rules};

use super::groups::{Group, groups, some_names};
use super::options::SchedulingOptions;
use super::report::{ExplainedScheduling, NodeReport, Others, ReasonReport, SchedulingBody};
use crate::render::{Block, Cell, Format, LocatedFinding, Table, Tone, TreeNode};
use crate::ui::escape;

/// Nodes that are shown one by one; more are grouped by their reasons.
const FEW: usize = 8;
/// Names of nodes in a group.
const MOST_NAMES: usize = 5;
/// Changes that are shown.
const MOST_CHANGES: usize = 4;

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedScheduling, options: &SchedulingOptions) -> Vec<Block> {
    let (target, item) = (&explained.target, &explained.item);
    let body = &item.body;
    let place = match &target.document {
        Some(document) => format!(", in {}", document.source().name()),
        None => String::new(),
    };
    let tone = match item.verdict {
        Verdict::Ok => Tone::Plain,
        Verdict::No => Tone::Error,
        Verdict::Unknown => Tone::Warning,
    };
    let mut blocks = vec![
        Block::Heading(format!("{}{place}", escape(&target.shown))),
        Block::Paragraph(Cell::new(body.summary.clone(), tone)),
    ];
    let is_wide = options.explain.format == Format::Wide;
    blocks.extend(nodes(body, options.node.is_some() || is_wide));
    if is_wide {
        blocks.extend(scores(body));
    }
    blocks.extend(not_scored(body, options.node.is_some() || is_wide));
    if options.node.is_none() {
        blocks.extend(nearest(body));
        if body.nearest.is_empty()
            && body.feasible == Some(0)
            && body.cycle.is_empty()
            && body.unknown == 0
            && !body.is_daemon_set
            && body.others != Others::Unknown
        {
            blocks.extend(no_change(body));
        }
    }
    let preemption = body.preemption.iter().map(|own| own.message.clone());
    blocks.extend(preemption.map(|text| Block::Paragraph(text.into())));
    blocks.extend(event(body));
    blocks.extend(admission(body));
    blocks.extend(unknown_classes(body));
    if body.others == Others::NotGiven && body.total.is_some_and(|total| total > 0) {
        let text = "the files have no Pods on nodes: the nodes are taken as empty";
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
    }
    if !body.unread.is_empty() && body.total.is_some() {
        let text = format!("could not be read: {}", body.unread.join("; "));
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Warning)));
    }
    // The first sentence says it.
    let is_said = |own: &&pod_model::Finding| {
        own.is(&rules::NO_NODE_FITS) || own.is(&rules::KUBELET_REFUSES) && body.is_named
    };
    let placed = item.findings.iter().filter(|own| !is_said(own));
    let placed: Vec<_> = placed
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    if !placed.is_empty() {
        blocks.push(Block::Findings(placed));
    }
    blocks
}

fn nodes(body: &SchedulingBody, is_full: bool) -> Option<Block> {
    if body.nodes.is_empty() {
        return None;
    }
    let mut root = TreeNode::new(Cell::new("nodes", Tone::Strong));
    root.children = if body.is_named {
        // The others are no question.
        let is_named = |own: &&NodeReport| Some(&own.name) == body.node_name.as_ref();
        let named = body.nodes.iter().filter(is_named);
        named.map(|own| node(own, true)).collect()
    } else if is_full || body.nodes.len() <= FEW {
        body.nodes.iter().map(|own| node(own, false)).collect()
    } else {
        groups(&body.nodes).iter().map(|own| group(own)).collect()
    };
    (!root.children.is_empty()).then_some(Block::Tree(root))
}

/// Returns the word for what a change does: what runs on the nodes may still be in the way.
pub(super) fn would(body: &SchedulingBody) -> &'static str {
    if body.others == Others::Unknown || body.has_open_claims {
        "may"
    } else {
        "would"
    }
}

/// Returns the word of a node's answer, with its tone.
fn answer(fits: Option<bool>, gets_pod: Option<bool>, is_named: bool) -> (&'static str, Tone) {
    match (fits, gets_pod) {
        (_, Some(false)) => ("gets no Pod", Tone::Plain),
        (Some(true), Some(true)) => ("gets a Pod, which fits", Tone::Plain),
        (Some(false), Some(true)) => ("gets a Pod, which does not fit", Tone::Error),
        (None, Some(true)) => ("gets a Pod, which may fit", Tone::Warning),
        (Some(true), None) if is_named => ("admitted by its kubelet", Tone::Plain),
        (Some(true), None) => ("fits", Tone::Plain),
        (Some(false), None) => ("no", Tone::Plain),
        (None, None) => ("may fit", Tone::Warning),
    }
}

fn node(own: &NodeReport, is_named: bool) -> TreeNode {
    let (word, tone) = answer(own.fits, own.gets_pod, is_named);
    let score = own.score.map(|score| format!(" (score {score})"));
    let open = open(&own.not_evaluated);
    let keeps = match (own.gets_pod, own.keeps_pod) {
        (Some(false), Some(true)) => "; a running one stays",
        _ => "",
    };
    let text = format!(
        "{}: {word}{}{open}{keeps}",
        own.name,
        score.unwrap_or_default()
    );
    let mut node = TreeNode::new(Cell::new(text, tone));
    node.children = own
        .reasons
        .iter()
        .map(|own| reason(own, own.detail.as_deref()))
        .collect();
    node
}

/// Returns the plugins that could not be evaluated.
fn open(plugins: &[&str]) -> String {
    match plugins {
        [] => String::new(),
        plugins => format!(" ({} not evaluated)", plugins.join(", ")),
    }
}

fn group(own: &Group<'_>) -> TreeNode {
    let (word, tone) = answer(own.fits, own.gets_pod, false);
    let count = own.names.len();
    let s = if count == 1 { "" } else { "s" };
    let text = format!(
        "{count} node{s}: {word}{}: {}",
        open(own.not_evaluated),
        some_names(&own.names, MOST_NAMES)
    );
    let mut node = TreeNode::new(Cell::new(text, tone));
    let reasons = own.reasons.iter().enumerate();
    node.children = reasons
        .map(|(at, reasons)| reason(reasons, own.detail(at).as_deref()))
        .collect();
    node
}

fn reason(own: &ReasonReport, detail: Option<&str>) -> TreeNode {
    let detail = detail.map(|own| format!(" ({own})"));
    TreeNode::new(format!(
        "{}: {}{}",
        own.plugin,
        own.message,
        detail.unwrap_or_default()
    ))
}

/// Returns the changes that free most nodes.
pub(super) fn nearest(body: &SchedulingBody) -> Option<Block> {
    if body.nearest.is_empty() {
        return None;
    }
    let total = body.total.unwrap_or_default();
    let more = if body.feasible == Some(0) {
        ""
    } else {
        "more "
    };
    let would = would(body);
    let mut root = TreeNode::new(Cell::new("nearest miss", Tone::Strong));
    for own in body.nearest.iter().take(MOST_CHANGES) {
        let command = own.command.as_ref().map(|own| format!(": `{own}`"));
        root.children.push(TreeNode::new(format!(
            "{} {more}of {total} {would} fit with {}{}",
            own.nodes,
            own.change,
            command.unwrap_or_default()
        )));
    }
    Some(Block::Tree(root))
}

/// Returns that no single change helps, and the node with the fewest reasons.
fn no_change(body: &SchedulingBody) -> Option<Block> {
    let closest = body.nodes.iter().min_by_key(|own| own.reasons.len())?;
    let count = closest.reasons.len();
    let not_evaluated = body.nodes.iter().flat_map(|own| &own.not_evaluated);
    let not_evaluated: BTreeSet<&str> = not_evaluated.copied().collect();
    let text = match count {
        0 => return None,
        // A change is told only if it is proven to free a node.
        _ if !not_evaluated.is_empty() => {
            let names = not_evaluated.into_iter().collect::<Vec<_>>().join(", ");
            format!("no single change is known to free a node: {names} was not evaluated")
        }
        1 => "no single change that is known here would free a node".to_owned(),
        count => format!(
            "no single change would free a node; {} has the fewest reasons, {count}",
            closest.name
        ),
    };
    (!body.is_named).then(|| Block::Paragraph(text.into()))
}

fn event(body: &SchedulingBody) -> Vec<Block> {
    let Some(event) = &body.event else {
        return Vec::new();
    };
    let mut root = TreeNode::new(Cell::new("the scheduler's own event", Tone::Strong));
    let times = if event.count > 1 {
        format!(" ({} times)", event.count)
    } else {
        String::new()
    };
    let mut own = TreeNode::new(format!("{}{times}", event.message));
    let differences = event.differences.iter();
    own.children = differences
        .map(|text| TreeNode::new(Cell::new(text.clone(), Tone::Dim)))
        .collect();
    root.children.push(own);
    vec![Block::Tree(root)]
}

/// Returns what the server adds and the scheduler sees.
fn admission(body: &SchedulingBody) -> Option<Block> {
    const TOLD: [&str; 6] = [
        "resources",
        "overhead",
        "nodeSelector",
        "priority",
        "affinity",
        "topologySpreadConstraints",
    ];
    let is_told = |path: &str| TOLD.iter().any(|word| path.contains(word));
    let changes = body.admission.iter();
    let changes = changes.filter(|own| is_told(&own.path) && own.origin != "default");
    let changes: Vec<String> = changes
        .filter(|own| !own.origin.starts_with("admission plugin"))
        .map(|own| {
            let value = own
                .value
                .as_str()
                .map_or_else(|| own.value.to_string(), str::to_owned);
            format!("{} = {value} ({})", own.path, own.origin)
        })
        .collect();
    if changes.is_empty() {
        return None;
    }
    let text = format!("the server adds: {}", changes.join("; "));
    Some(Block::Paragraph(Cell::new(text, Tone::Dim)))
}

/// Returns the classes that the Pod names and that are not known: they would change it.
fn unknown_classes(body: &SchedulingBody) -> Option<Block> {
    let is_class =
        |own: &&String| own.starts_with("RuntimeClass ") || own.starts_with("PriorityClass ");
    let classes: Vec<&str> = body
        .assumed
        .iter()
        .filter(is_class)
        .map(String::as_str)
        .collect();
    (!classes.is_empty() && body.total.is_some()).then(|| {
        let text = format!("not known, and may change the Pod: {}", classes.join("; "));
        Block::Paragraph(Cell::new(text, Tone::Warning))
    })
}

/// Returns the plugins that are not in the scores which are shown.
fn not_scored(body: &SchedulingBody, is_full: bool) -> Option<Block> {
    let is_shown = is_full || body.nodes.len() <= FEW;
    let plugins = body.not_scored.iter();
    let plugins: Vec<String> = plugins
        .map(|own| format!("{}: {}", own.plugin, own.reason))
        .collect();
    let has_scores = body.nodes.iter().any(|own| own.score.is_some());
    (is_shown && has_scores && !plugins.is_empty()).then(|| {
        let text = format!("not in the scores: {}", plugins.join("; "));
        Block::Paragraph(Cell::new(text, Tone::Dim))
    })
}

/// Returns the scores by plugin of the nodes that fit, the best first.
fn scores(body: &SchedulingBody) -> Option<Block> {
    let mut scored: Vec<&NodeReport> = body
        .nodes
        .iter()
        .filter(|own| own.score.is_some())
        .collect();
    scored.sort_by_key(|own| std::cmp::Reverse(own.score));
    let first = scored.first()?;
    let plugins: Vec<&'static str> = first.scores.keys().copied().collect();
    let mut columns = vec!["NODE", "SCORE"];
    columns.extend(&plugins);
    let mut table = Table::new(&columns);
    for own in &scored {
        let score = own.score.unwrap_or_default();
        let mut row: Vec<Cell> = vec![own.name.clone().into(), score.to_string().into()];
        for plugin in &plugins {
            let score = own.scores.get(plugin).copied().unwrap_or_default();
            row.push(score.to_string().into());
        }
        table.row(row);
    }
    Some(Block::Table(table))
}
