//! The report as text and as a drawing.

use std::time::Duration;

use pod_probe::{GraceOrigin, Handler};

use super::events::SeenHook;
use super::options::HooksOptions;
use super::report::{ContainerHooks, Deletion, ExplainedHooks};
use super::timeline::for_people;
use crate::explain::handler_text::handler_text;
use crate::render::{Block, Cell, LocatedFinding, Tone, TreeNode, in_minutes};
use crate::targets::Target;
use crate::ui::escape;

/// Truths about all hooks over HTTP.
const HTTP: &str = "Any answer to an HTTP hook is a success, whatever its status; a redirect to another host is not followed. \
    There is no time-out.";

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedHooks, options: &HooksOptions) -> Vec<Block> {
    let ExplainedHooks { target, item } = explained;
    let body = &item.body;
    let mut blocks = Vec::new();
    if body.containers.iter().any(is_told) {
        for container in &body.containers {
            container_blocks(target, container, &mut blocks);
        }
    } else {
        blocks.push(Block::Heading(format!(
            "{}{}",
            escape(&target.shown),
            target.in_file()
        )));
        blocks.push(Block::Paragraph(Cell::new("no hooks", Tone::Dim)));
    }
    blocks.extend(shutdown_blocks(explained, options));
    if !body.outlook.is_empty() {
        let lines: Vec<String> = body.outlook.iter().map(|own| sentence(own)).collect();
        blocks.push(Block::Paragraph(lines.join("\n").into()));
    }
    if body.containers.iter().any(has_http) {
        blocks.push(Block::Once(Cell::new(HTTP, Tone::Dim)));
    }
    if !body.observed.is_empty() || body.unread.is_some() {
        blocks.push(Block::Heading(format!(
            "{}, what happened",
            escape(&target.shown)
        )));
        blocks.push(happened(&body.observed, body.unread.as_deref()));
    }
    let placed = item.findings.iter();
    let placed: Vec<_> = placed
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    if !placed.is_empty() {
        blocks.push(Block::Findings(placed));
    }
    blocks
}

/// Returns the part of a target that is drawn.
pub(super) fn drawing(explained: &ExplainedHooks, options: &HooksOptions) -> Vec<Block> {
    let body = &explained.item.body;
    let mut blocks = shutdown_blocks(explained, options);
    for container in body.containers.iter().filter(|own| own.has_hooks()) {
        let text = format!(
            "container {}: {}",
            escape(&container.name),
            hooks(container)
        );
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
    }
    if !body.outlook.is_empty() {
        let lines: Vec<String> = body.outlook.iter().map(|own| sentence(own)).collect();
        blocks.push(Block::Paragraph(lines.join("\n").into()));
    }
    blocks
}

fn shutdown_blocks(explained: &ExplainedHooks, options: &HooksOptions) -> Vec<Block> {
    let ExplainedHooks { target, item } = explained;
    let body = &item.body;
    let shown = escape(&target.shown);
    if body.is_refused {
        let text = format!("no timeline for {shown}: the API server refuses its hooks");
        return vec![Block::Paragraph(text.into())];
    }
    let grace = &body.grace_period;
    let line = grace
        .location
        .as_ref()
        .map(|own| format!(" (line {})", own.line));
    let origin = match (grace.grace.origin, line) {
        (GraceOrigin::Requested, _) => " (`--grace`)".to_owned(),
        (GraceOrigin::Deletion, _) => " (deletionGracePeriodSeconds)".to_owned(),
        (GraceOrigin::Pod, line) => line.unwrap_or_default(),
    };
    let seconds = Duration::from_secs(grace.grace.seconds);
    let heading = format!(
        "{shown}, deletion with a grace period of {}{origin}{}",
        in_minutes(seconds),
        options.assumed.in_words()
    );
    let mut blocks = vec![Block::Heading(heading)];
    let now = match &body.deletion {
        Deletion::Immediate { reason } => {
            let text = format!(
                "{}: the object goes at once, and nothing is stopped.",
                sentence(reason).trim_end_matches('.')
            );
            blocks.push(Block::Paragraph(text.into()));
            return blocks;
        }
        Deletion::Running {
            elapsed_seconds,
            message,
            ..
        } => {
            blocks.push(Block::Paragraph(Cell::new(
                sentence(message),
                Tone::Warning,
            )));
            u64::try_from(*elapsed_seconds)
                .ok()
                .map(Duration::from_secs)
        }
        Deletion::None => None,
    };
    if body.timeline.is_empty() {
        blocks.push(Block::Paragraph(
            "no container runs: nothing is stopped".into(),
        ));
    } else {
        blocks.push(Block::Timeline(for_people(&body.timeline, now)));
    }
    let mut notes = Vec::new();
    if grace.grace.seconds == 0 {
        notes.push("the object goes from the API at once; the kubelet grants 1s".to_owned());
    }
    if body.timeline.iter().any(|own| !own.is_certain) {
        notes.push("perhaps: it depends on the container, or on chance".to_owned());
    }
    if !body.not_running.is_empty() {
        notes.push(format!(
            "not running, and not stopped: {}",
            escape(&body.not_running.join(", "))
        ));
    }
    if options.grace.is_some() && grace.grace.origin == GraceOrigin::Deletion {
        notes.push(
            "`--grace` changes nothing: the deletion has begun with another grace period"
                .to_owned(),
        );
    }
    if !notes.is_empty() {
        blocks.push(Block::Paragraph(Cell::new(notes.join("\n"), Tone::Dim)));
    }
    blocks
}

/// Returns whether a container has a hook or a signal.
fn is_told(container: &ContainerHooks) -> bool {
    let signals = [&container.stop_signal, &container.dropped_stop_signal];
    container.has_hooks() || signals.into_iter().any(Option::is_some)
}

fn container_blocks(target: &Target, container: &ContainerHooks, blocks: &mut Vec<Block>) {
    let kind = container.container_type.noun();
    blocks.push(Block::Heading(format!(
        "{}, {kind} {}{}",
        escape(&target.shown),
        escape(&container.name),
        target.in_file()
    )));
    if is_told(container) {
        blocks.push(Block::Paragraph(hooks(container).into()));
    } else {
        blocks.push(Block::Paragraph(Cell::new("no hooks", Tone::Dim)));
    }
}

fn hooks(container: &ContainerHooks) -> String {
    let mut lines = Vec::new();
    if let Some(hook) = &container.post_start {
        lines.push(format!("postStart: {}", handler_text(&hook.handler)));
    }
    if let Some(hook) = &container.pre_stop {
        lines.push(format!("preStop: {}", handler_text(&hook.handler)));
    }
    if let Some(signal) = &container.stop_signal {
        lines.push(format!("stopSignal: {}", escape(signal)));
    }
    if let Some(signal) = &container.dropped_stop_signal {
        lines.push(format!(
            "stopSignal: {} is dropped by the API server: its feature gate ContainerStopSignals is off by default",
            escape(signal)
        ));
    }
    lines.join("\n")
}

fn has_http(container: &ContainerHooks) -> bool {
    let mut hooks = [&container.post_start, &container.pre_stop]
        .into_iter()
        .flatten();
    hooks.any(|hook| matches!(hook.handler, Handler::HttpGet(_)))
}

fn happened(observed: &[SeenHook], unread: Option<&str>) -> Block {
    let mut root = TreeNode::new("status and events of the kubelet, times in UTC");
    for own in observed {
        let count = match own.count {
            1 => "once".to_owned(),
            count => format!("{count} times"),
        };
        let container = own.container.as_deref().unwrap_or("?");
        let when = own
            .last_seen
            .map(|at| format!(", {at}"))
            .unwrap_or_default();
        let text = format!("{} {count}, {container}{when}: {}", own.reason, own.message);
        root.children
            .push(TreeNode::new(Cell::new(escape(&text), Tone::Warning)));
    }
    if let Some(why) = unread {
        let text = format!("the events are unknown: {}", escape(why));
        root.children
            .push(TreeNode::new(Cell::new(text, Tone::Dim)));
    }
    Block::Tree(root)
}

/// Returns a message as a sentence, in one line.
fn sentence(message: &str) -> String {
    let message = escape(message);
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), letters.as_str())
}
