//! The report as text and as a drawing.

use std::time::Duration;

use pod_model::{ContainerType, rules};
use pod_probe::{Assumptions, MAX_HORIZON, StopTakes};

use super::fold::folded;
use super::happened::happened;
use super::options::ProbesOptions;
use super::report::{Bug, ContainerProbes, EffectiveProbe, ExplainedProbes, OriginKind};
use super::words::word;
use crate::explain::assumptions::assumed_times;
use crate::explain::handler_text::handler_text;
use crate::render::{Block, Cell, LocatedFinding, Table, Tone, in_minutes};
use crate::targets::Target;
use crate::ui::escape;

/// Returns the explanation of one target.
pub(super) fn blocks(explained: &ExplainedProbes, options: &ProbesOptions) -> Vec<Block> {
    let ExplainedProbes { target, item } = explained;
    let body = &item.body;
    let mut blocks = Vec::new();
    let is_guarded = body.unprobed.is_none();
    if let Some(unprobed) = &body.unprobed {
        blocks.push(Block::Heading(format!(
            "{}{}",
            target.shown,
            target.in_file()
        )));
        let text = format!("no probes: {unprobed}");
        blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
    } else {
        for container in &body.containers {
            container_blocks(target, container, &mut blocks);
        }
    }
    if is_guarded || !options.is_normal_course() {
        blocks.extend(forecast_blocks(explained, options));
    }
    if !body.outlook.is_empty() {
        let lines: Vec<String> = body
            .outlook
            .iter()
            .map(|own| sentence(&own.message))
            .collect();
        blocks.push(Block::Paragraph(lines.join("\n").into()));
    }
    if !body.known_bugs.is_empty() {
        let line = |bug: &Bug| {
            let issue = bug.issue.unwrap_or("without an issue");
            format!("known bug, {issue}: {}", bug.effect)
        };
        let lines = body.known_bugs.iter().map(line);
        blocks.extend(lines.map(|line| Block::Once(Cell::new(line, Tone::Dim))));
    }
    if let Some(observed) = &body.observed
        && (is_guarded || !observed.events.is_empty())
    {
        blocks.push(Block::Heading(format!("{}, what happened", target.shown)));
        blocks.push(happened(observed));
    }
    let shown = item.findings.iter();
    // The line above says it already.
    let shown = shown.filter(|finding| is_guarded || !finding.is(&rules::NO_PROBES));
    let placed: Vec<_> = shown
        .map(|finding| LocatedFinding::of(finding, target))
        .collect();
    if !placed.is_empty() {
        blocks.push(Block::Findings(placed));
    }
    blocks
}

/// Returns the part of a target that is drawn.
pub(super) fn drawing(explained: &ExplainedProbes, options: &ProbesOptions) -> Vec<Block> {
    let body = &explained.item.body;
    let mut blocks = forecast_blocks(explained, options);
    for container in &body.containers {
        if !container.probes.is_empty() {
            let name = escape(&container.name);
            let text = format!("container {name}: {}", handlers(container));
            blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
        }
    }
    if !body.outlook.is_empty() {
        let lines: Vec<String> = body
            .outlook
            .iter()
            .map(|own| sentence(&own.message))
            .collect();
        blocks.push(Block::Paragraph(lines.join("\n").into()));
    }
    blocks
}

fn forecast_blocks(explained: &ExplainedProbes, options: &ProbesOptions) -> Vec<Block> {
    let ExplainedProbes { target, item } = explained;
    if item.body.is_refused {
        let text = format!(
            "no forecast for {}: the API server refuses its probes",
            escape(&target.shown)
        );
        return vec![Block::Paragraph(text.into())];
    }
    let (events, mut notes) = folded(&item.body.timeline, item.body.containers.len() > 1);
    let heading = format!(
        "{}, forecast {}",
        target.shown,
        assumed(&options.assumptions, options.is_normal_course())
    );
    let mut blocks = vec![Block::Heading(heading)];
    if events.is_empty() {
        blocks.push(Block::Paragraph("nothing happens".into()));
    } else {
        blocks.push(Block::Timeline(events));
    }
    notes.extend(item.body.origin.clone());
    notes.extend(item.body.kubelet.as_ref().and_then(|own| own.note.clone()));
    let is_assumed = !options.is_normal_course();
    if item.body.is_cut {
        notes.push(looked(&options.assumptions, is_assumed));
    }
    if !notes.is_empty() {
        // Names of containers may have line feeds.
        let lines: Vec<_> = notes.iter().map(|note| escape(note)).collect();
        blocks.push(Block::Paragraph(Cell::new(lines.join("\n"), Tone::Dim)));
    }
    blocks
}

/// Returns how far the forecast looks.
fn looked(assumptions: &Assumptions, is_assumed: bool) -> String {
    let horizon = assumptions.horizon;
    let behind = assumed_times(assumptions).filter(|(_, at)| *at >= horizon);
    let behind: Vec<String> = behind
        .map(|(flag, at)| format!("`{flag} {}`", in_minutes(at)))
        .collect();
    let what = match behind.as_slice() {
        [] if is_assumed => "what follows later is not shown".to_owned(),
        [] => "more follows later".to_owned(),
        [one] => format!("{one} comes later"),
        several => format!("{} come later", several.join(" and ")),
    };
    let more = if horizon < MAX_HORIZON {
        "; `--for` looks further"
    } else {
        ""
    };
    format!("the forecast ends at {}: {what}{more}", in_minutes(horizon))
}

fn container_blocks(target: &Target, container: &ContainerProbes, blocks: &mut Vec<Block>) {
    let kind = match container.container_type {
        ContainerType::Sidecar => "sidecar",
        _ => "container",
    };
    blocks.push(Block::Heading(format!(
        "{}, {kind} {}{}",
        target.shown,
        container.name,
        target.in_file()
    )));
    if container.probes.is_empty() {
        blocks.push(Block::Paragraph(Cell::new("no probes", Tone::Dim)));
        return;
    }
    blocks.push(Block::Paragraph(handlers(container).into()));
    blocks.push(Block::Table(numbers(&container.probes)));
}

fn handlers(container: &ContainerProbes) -> String {
    let line = |own: &EffectiveProbe| {
        format!(
            "{}: {}",
            word(own.probe.kind),
            handler_text(&own.probe.handler)
        )
    };
    let lines: Vec<String> = container.probes.iter().map(line).collect();
    lines.join("\n")
}

/// A number of a probe, or `None` if it has none.
type Number = fn(&EffectiveProbe) -> Option<i64>;

/// Returns the numbers: a row for each field, a column for each probe.
fn numbers(probes: &[EffectiveProbe]) -> Table {
    let mut columns = vec!["FIELD"];
    columns.extend(probes.iter().map(|own| match word(own.probe.kind) {
        "startup" => "STARTUP",
        "readiness" => "READINESS",
        _ => "LIVENESS",
    }));
    let mut table = Table::new(&columns);
    let fields: [(&'static str, Number); 6] = [
        ("initialDelaySeconds", |own| {
            Some(own.probe.initial_delay_seconds.into())
        }),
        ("periodSeconds", |own| Some(own.probe.period_seconds.into())),
        ("timeoutSeconds", |own| {
            Some(own.probe.timeout_seconds.into())
        }),
        ("successThreshold", |own| {
            Some(own.probe.success_threshold.into())
        }),
        ("failureThreshold", |own| {
            Some(own.probe.failure_threshold.into())
        }),
        ("terminationGracePeriodSeconds", |own| {
            own.probe.termination_grace_period_seconds
        }),
    ];
    for (name, number) in fields {
        if probes.iter().all(|own| number(own).is_none()) {
            continue;
        }
        let mut row: Vec<Cell> = vec![name.into()];
        row.extend(probes.iter().map(|own| match number(own) {
            None => "-".into(),
            Some(number) => Cell::from(format!("{number}{}", origin(own, name))),
        }));
        table.row(row);
    }
    table
}

fn origin(own: &EffectiveProbe, field: &str) -> String {
    let Some(origin) = own.origins.get(field) else {
        return String::new();
    };
    match (origin.kind, &origin.location) {
        (OriginKind::Default, _) => " (default)".to_owned(),
        (OriginKind::Pod, _) => " (Pod)".to_owned(),
        (OriginKind::Written, Some(location)) => format!(" (line {})", location.line),
        (OriginKind::Written, None) => String::new(),
    }
}

/// Returns the assumptions in words.
fn assumed(assumptions: &Assumptions, is_normal: bool) -> String {
    if is_normal {
        return "if everything answers at once".to_owned();
    }
    let text = in_minutes;
    let mut words = Vec::new();
    let mut at = |flag: &str, time: Option<Duration>| {
        if let Some(time) = time {
            words.push(format!("{flag} {}", text(time)));
        }
    };
    let given = |time: Duration| (!time.is_zero()).then_some(time);
    at("starts after", given(assumptions.starts_after));
    at("each answer takes", given(assumptions.slow));
    at("fails at", assumptions.fails_at);
    at("hangs at", assumptions.hangs_at);
    at("cannot be probed at", assumptions.errors_at);
    at("recovers at", assumptions.recovers_at);
    at("preStop takes", given(assumptions.pre_stop_takes));
    if let Some((time, code)) = assumptions.exits_at {
        words.push(format!("ends at {} with exit code {code}", text(time)));
    }
    match assumptions.stop_takes {
        StopTakes::Time(time) if time.is_zero() => {}
        StopTakes::Time(time) => words.push(format!("stops after {}", text(time))),
        StopTakes::Never => words.push("ignores SIGTERM".to_owned()),
    }
    if assumptions.stop_code != Assumptions::default().stop_code {
        words.push(format!("ends with {} at SIGTERM", assumptions.stop_code));
    }
    if assumptions.first_run_only {
        words.push("first run only".to_owned());
    }
    format!("under assumptions: {}", words.join(", "))
}

/// Returns a message as a sentence, in one line.
fn sentence(message: &str) -> String {
    let message = escape(message);
    let mut letters = message.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    format!("{}{}.", first.collect::<String>(), letters.as_str())
}
