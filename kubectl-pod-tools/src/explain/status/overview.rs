//! Many targets on one screen: the worst first, like states together.

use std::cmp::Reverse;
use std::collections::HashMap;

use pod_model::Verdict;
use pod_model::diagnosis::CAUSES;
use pod_model::prose::list_up_to;

use super::options::StatusOptions;
use super::report::ExplainedStatus;
use super::topic::StatusTopic;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::explain::driver::ExplainRun;
use crate::explain::topic::Topic;
use crate::render::{Block, Cell, Tone, TreeNode, to_text};

/// Targets of a group that are named.
const NAMES: usize = 4;

/// A target in a few words.
struct Row {
    group: Group,
    shown: String,
    kubectl_status: Option<String>,
    /// The message of its first cause up to the first semicolon, or its state.
    message: String,
}

/// All that targets of a group have in common.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Group {
    verdict: Verdict,
    kind: String,
    state: String,
    cause: Option<&'static str>,
}

/// Some targets. The explanation of the first is kept, as it may be the only one.
#[derive(Default)]
struct Part {
    rows: Vec<Row>,
    first: Option<Box<ExplainedStatus>>,
}

/// Prints all targets, or one in full if there is only one.
///
/// # Errors
/// Those of the run.
pub(super) fn print(
    run: &ExplainRun<'_, StatusTopic<'_>>,
    topic: &StatusTopic<'_>,
    options: &StatusOptions,
    context: &Context,
) -> Result<Exit, CommandError> {
    let mut all: Vec<Row> = Vec::new();
    let mut first = None;
    let exit = run.for_each(
        |some: &mut Part, explained| {
            some.rows.push(row(&explained));
            if some.first.is_none() {
                some.first = Some(Box::new(explained));
            }
            Ok(())
        },
        |some| {
            all.extend(some.rows);
            first = first.take().or(some.first);
            Ok(())
        },
    )?;
    let blocks = match first {
        Some(explained) if all.len() == 1 => topic.blocks(&explained),
        _ => overview(all, options),
    };
    context
        .ui
        .styled_data(&to_text(&blocks, context.ui.layout()));
    Ok(exit)
}

fn row(explained: &ExplainedStatus) -> Row {
    let (item, body) = (&explained.item, &explained.item.body);
    let cause = body.causes.first();
    let message = cause.map_or(&body.state, |cause| &cause.message);
    let message = message.split("; ").next().unwrap_or_default();
    Row {
        shown: explained.target.shown.clone(),
        kubectl_status: body.kubectl_status.clone(),
        message: message.to_owned(),
        group: Group {
            verdict: item.verdict,
            kind: item.target.kind.clone(),
            // What has the same cause is together, however far it is.
            state: cause.map_or_else(|| body.state.clone(), |_| String::new()),
            cause: cause.map(|cause| cause.row.id),
        },
    }
}

fn overview(rows: Vec<Row>, options: &StatusOptions) -> Vec<Block> {
    let count = |verdict| {
        let own = rows.iter().filter(|row| row.group.verdict == verdict);
        own.count()
    };
    let (no, unknown, ok) = (
        count(Verdict::No),
        count(Verdict::Unknown),
        count(Verdict::Ok),
    );
    let mut root = TreeNode::new(Cell::new(
        format!(
            "{} targets: {no} not well, {unknown} not known, {ok} well",
            rows.len()
        ),
        Tone::Strong,
    ));
    root.children = groups(rows)
        .iter()
        .map(|(group, members)| node(group, members))
        .collect();
    let mut blocks = vec![Block::Tree(root)];
    if no + unknown > 0 {
        let words = if options.explain.targets.is_files() {
            "-f FILE TYPE/NAME"
        } else {
            "TYPE/NAME"
        };
        let more =
            format!("For one of them, with what to do: kubectl pod-tools explain-status {words}");
        blocks.push(Block::Paragraph(Cell::new(more, Tone::Dim)));
    }
    blocks
}

/// Returns the groups, the worst first and the largest of these.
fn groups(rows: Vec<Row>) -> Vec<(Group, Vec<Row>)> {
    let mut found: Vec<(Group, Vec<Row>)> = Vec::new();
    let mut places = HashMap::new();
    for row in rows {
        let at = *places.entry(row.group.clone()).or_insert_with(|| {
            found.push((row.group.clone(), Vec::new()));
            found.len() - 1
        });
        found[at].1.push(row);
    }
    found.sort_by_key(|(group, members)| {
        let rank = match group.verdict {
            Verdict::No => 0,
            Verdict::Unknown => 1,
            Verdict::Ok => 2,
        };
        (rank, Reverse(members.len()))
    });
    found
}

fn node(group: &Group, members: &[Row]) -> TreeNode {
    let tone = match group.verdict {
        Verdict::No => Tone::Error,
        Verdict::Unknown => Tone::Warning,
        Verdict::Ok => Tone::Plain,
    };
    let cause = match (group.cause, members) {
        (None, _) => group.state.clone(),
        (Some(id), [first, rest @ ..]) if rest.iter().all(|row| row.message == first.message) => {
            format!("{id}: {}", first.message)
        }
        (Some(id), _) => match CAUSES.iter().find(|row| row.id == id) {
            Some(row) => format!("{id}: {}", row.states),
            None => id.to_owned(),
        },
    };
    if let [only] = members {
        let status = only.kubectl_status.as_ref();
        let status = status.map_or_else(String::new, |status| format!(" ({status})"));
        return TreeNode::new(Cell::new(format!("{}{status}: {cause}", only.shown), tone));
    }
    let label = format!("{} {}s: {cause}", members.len(), group.kind);
    let mut node = TreeNode::new(Cell::new(label, tone));
    if group.verdict != Verdict::Ok {
        let names: Vec<&str> = members.iter().map(|row| row.shown.as_str()).collect();
        node.children.push(TreeNode::new(list_up_to(&names, NAMES)));
    }
    node
}
