//! The report as text.

use k8s_openapi::jiff::Timestamp;

use super::cron_blocks::cron_blocks;
use super::events::SeenEvent;
use super::parts::{Counts, IndexesReport};
use super::pods::PodReport;
use super::report::{ExplainedJob, JobBody};
use super::time::{distance, whole, with_distance};
use super::words::count;
use crate::render::{Block, Cell, LocatedFinding, Table, Tone, TreeNode};
use crate::ui::escape;

/// Pods, events and commands that are shown.
const PODS: usize = 10;
const EVENTS: usize = 5;
const LOGS: usize = 3;
/// Characters of a set of indexes.
const INDEXES: usize = 36;

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedJob, now: Timestamp, is_assumed: bool) -> Vec<Block> {
    let ExplainedJob { target, item } = explained;
    let body = &item.body;
    let mut blocks = vec![
        Block::Heading(format!("{}{}", escape(&target.shown), target.in_file())),
        Block::Paragraph(Cell::new(escape(&body.summary), Tone::Strong)),
    ];
    if let Some(cron) = &body.cron {
        blocks.extend(cron_blocks(cron, now));
    }
    let facts = facts(body, now);
    if !facts.is_empty() {
        blocks.push(Block::Facts(facts));
    }
    if !body.pods.is_empty() {
        blocks.push(Block::Table(pods(&body.pods, now)));
        let more = body.pods.len().saturating_sub(PODS);
        if more > 0 {
            let text = format!("and {more} more Pods; `-o json` has all");
            blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
        }
    }
    if let Some(rules) = caught(body) {
        blocks.push(Block::Tree(rules));
    }
    blocks.extend(logs(body));
    if !body.events.is_empty() {
        blocks.push(Block::Tree(events(&body.events, now)));
    }
    if !body.is_ended && !body.limits.is_empty() {
        blocks.push(Block::Tree(limits(body)));
    }
    if let Some(forecast) = &body.forecast {
        blocks.push(Block::Heading(format!(
            "{}, a new Job under the assumptions, times from its start",
            escape(&target.shown)
        )));
        blocks.push(Block::Paragraph(
            escape(&forecast.summary()).into_owned().into(),
        ));
        blocks.push(Block::Timeline(forecast.for_people()));
    } else if is_assumed {
        let text =
            "no forecast: nothing runs while it is suspended or managed by another controller";
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
    }
    if !body.advice.is_empty() {
        let lines: Vec<_> = body.advice.iter().map(|own| escape(own)).collect();
        blocks.push(Block::Paragraph(lines.join("\n").into()));
    }
    if !body.unread.is_empty() {
        let text = format!("unknown: {}", escape(&body.unread.join("; ")));
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Warning)));
    }
    let placed: Vec<_> = item
        .findings
        .iter()
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    if !placed.is_empty() {
        blocks.push(Block::Findings(placed));
    }
    blocks
}

fn facts(body: &JobBody, now: Timestamp) -> Vec<(&'static str, Cell)> {
    let mut facts: Vec<(&'static str, Cell)> = Vec::new();
    if let Some(counts) = &body.counts {
        facts.extend(numbers(counts));
    }
    if let Some(indexes) = &body.indexes {
        facts.extend(ranges(indexes));
    }
    if let Some(at) = body.next_retry {
        let latest = match body.next_retry_is_exact {
            Some(true) => "",
            _ => " at the latest",
        };
        let more = match body.retries.len() {
            ..=1 => String::new(),
            many => format!(" (the first of {many})"),
        };
        let text = format!("{}{latest}{more}", with_distance(at, now));
        facts.push(("next retry", text.into()));
    }
    if let Some(at) = body.bounds.deadline.filter(|_| !body.is_ended) {
        facts.push(("deadline", with_distance(at, now).into()));
    }
    if let Some(at) = body.vanishes_at {
        let when = if at > now {
            with_distance(at, now)
        } else {
            format!("now: {} has passed", whole(at))
        };
        let text = format!("{when}, with its Pods and logs");
        facts.push(("vanishes", text.into()));
    }
    facts
}

fn numbers(counts: &Counts) -> Vec<(&'static str, Cell)> {
    let of = counts
        .completions
        .map_or_else(String::new, |own| format!(" of {own}"));
    let ignored = match counts.ignored {
        0 => String::new(),
        ignored => format!(", and {ignored} ignored"),
    };
    let mut facts: Vec<(&'static str, Cell)> = vec![
        ("succeeded", format!("{}{of}", counts.succeeded).into()),
        ("failed", format!("{}{ignored}", counts.failed).into()),
        (
            "active",
            format!("{} ({} ready)", counts.active, counts.ready).into(),
        ),
    ];
    if counts.terminating > 0 {
        facts.push(("terminating", counts.terminating.to_string().into()));
    }
    if counts.restarts > 0 {
        facts.push(("restarts", counts.restarts.to_string().into()));
    }
    facts
}

fn ranges(indexes: &IndexesReport) -> Vec<(&'static str, Cell)> {
    let all = [
        ("indexes succeeded", &indexes.succeeded),
        ("indexes failed", &indexes.failed),
        ("indexes active", &indexes.active),
        ("indexes pending", &indexes.pending),
    ];
    let some = all.into_iter().filter(|(_, text)| !text.is_empty());
    some.map(|(name, text)| (name, short(text).into()))
        .collect()
}

/// Cuts a set of indexes between two ranges.
fn short(text: &str) -> String {
    if text.len() <= INDEXES {
        return text.to_owned();
    }
    let cut = text[..INDEXES].rfind(',').unwrap_or(INDEXES);
    let rest = text[cut..].trim_start_matches(',').split(',').count();
    let rest = count(i64::try_from(rest).unwrap_or(i64::MAX), "more range");
    format!("{},… ({rest})", &text[..cut])
}

/// The Pods that are shown: failed ones first, then the others, the newest first.
fn shown(pods: &[PodReport]) -> Vec<&PodReport> {
    let mut order: Vec<&PodReport> = pods.iter().rev().collect();
    order.sort_by_key(|own| !own.is_failed);
    order.truncate(PODS);
    order
}

fn pods(all: &[PodReport], now: Timestamp) -> Table {
    let has_index = all.iter().any(|own| own.index.is_some());
    let mut columns = vec!["POD"];
    if has_index {
        columns.push("INDEX");
    }
    columns.extend(["STATUS", "EXIT", "RESTARTS", "ENDED"]);
    let mut table = Table::new(&columns);
    for own in shown(all) {
        let mut row: Vec<Cell> = vec![own.name.clone().into()];
        if has_index {
            row.push(
                own.index
                    .map_or_else(String::new, |own| own.to_string())
                    .into(),
            );
        }
        let tone = if own.is_failed {
            Tone::Warning
        } else {
            Tone::Plain
        };
        let exit = own
            .exit_code
            .map_or_else(String::new, |code| code.to_string());
        let ended = own
            .finished_at
            .map_or_else(String::new, |at| distance(at, now));
        row.extend([
            Cell::new(own.status.clone(), tone),
            exit.into(),
            own.restarts.to_string().into(),
            ended.into(),
        ]);
        table.row(row);
    }
    table
}

/// The rules of the failure policy that caught Pods.
fn caught(body: &JobBody) -> Option<TreeNode> {
    let with_rule = body.pods.iter().rev().filter(|own| own.rule.is_some());
    let mut root = TreeNode::new("rules of podFailurePolicy that caught Pods");
    for own in with_rule.take(EVENTS) {
        let Some(rule) = &own.rule else { continue };
        let text = format!(
            "{} ({}): pod/{}: {}",
            rule.path, rule.action, own.name, rule.cause
        );
        root.children
            .push(TreeNode::new(escape(&text).into_owned()));
    }
    (!root.children.is_empty()).then_some(root)
}

/// The commands that print the logs of failed runs.
fn logs(body: &JobBody) -> Option<Block> {
    let mut lines = Vec::new();
    let commands: Vec<&str> = shown(&body.pods)
        .into_iter()
        .flat_map(|own| own.logs.iter().map(String::as_str))
        .take(LOGS)
        .collect();
    if !commands.is_empty() {
        lines.push("logs of failed runs:".to_owned());
        lines.extend(commands.iter().map(|own| escape(own).into_owned()));
    }
    if body.gone_failures > 0 && body.unread.is_empty() {
        let pods = match body.gone_failures {
            1 => "1 Pod that failed is gone, and its log with it".to_owned(),
            many => format!("{many} Pods that failed are gone, and their logs with them"),
        };
        let hint = if body.restarts_in_place {
            "; restartPolicy Never keeps failed Pods"
        } else {
            ""
        };
        lines.push(format!("{pods}{hint}"));
    }
    (!lines.is_empty()).then(|| Block::Paragraph(lines.join("\n").into()))
}

fn events(all: &[SeenEvent], now: Timestamp) -> TreeNode {
    let mut root = TreeNode::new("events of its controller");
    let mut reasons: Vec<&str> = Vec::new();
    for own in all {
        // The newest of each reason.
        if reasons.contains(&own.reason.as_str()) || reasons.len() == EVENTS {
            continue;
        }
        reasons.push(&own.reason);
        let alike = all.iter().filter(|other| other.reason == own.reason);
        let times: i64 = alike.map(|other| i64::from(other.count)).sum();
        let times = match times {
            1 => String::new(),
            times => format!(", {times} times"),
        };
        let when = own
            .last_seen
            .map_or_else(String::new, |at| format!(", {}", distance(at, now)));
        let text = format!("{}{times}{when}: {}", own.reason, own.message);
        root.children
            .push(TreeNode::new(escape(&text).into_owned()));
    }
    root
}

fn limits(body: &JobBody) -> TreeNode {
    let title = if body.cron.is_some() {
        "each Job of it"
    } else {
        "the Job"
    };
    let mut root = TreeNode::new(title);
    root.children = body
        .limits
        .iter()
        .filter(|own| own.is_telling())
        .map(|own| {
            let text = format!("{} ({})", own.message, own.place.text());
            TreeNode::new(escape(&text).into_owned())
        })
        .collect();
    root
}
