//! The containers of a Pod as a table, and the logs of those that have failed.

use k8s_openapi::jiff::Timestamp;
use pod_model::ContainerType;
use pod_model::kubectl_status::human_duration;

use super::report::{ContainerReport, LastRun};
use crate::render::{Block, Cell, Table, Tone};

/// Returns one row for each container.
pub(super) fn containers(all: &[ContainerReport], now: Timestamp) -> Table {
    let waits = all.iter().any(|own| own.next_start.is_some());
    let mut columns = vec![
        "CONTAINER",
        "TYPE",
        "STATE",
        "READY",
        "RESTARTS",
        "LAST RUN",
    ];
    if waits {
        columns.push("NEXT START");
    }
    let mut table = Table::new(&columns);
    for own in all {
        let mut row: Vec<Cell> = vec![
            own.name.clone().into(),
            container_type(own.container_type).into(),
            state(own, now).into(),
            if own.ready { "yes" } else { "no" }.into(),
            restarts(own, now).into(),
            own.last_run
                .as_ref()
                .filter(|_| own.state != Some("terminated"))
                .map_or_else(String::new, end)
                .into(),
        ];
        if waits {
            row.push(
                own.next_start
                    .map_or_else(String::new, |at| in_time(at, now))
                    .into(),
            );
        }
        table.row(row);
    }
    table
}

fn container_type(own: ContainerType) -> &'static str {
    match own {
        ContainerType::Init => "init",
        ContainerType::Sidecar => "sidecar",
        ContainerType::App => "app",
        ContainerType::Ephemeral => "ephemeral",
    }
}

/// Returns the state as `kubectl get` would call it, with its age.
fn state(own: &ContainerReport, now: Timestamp) -> String {
    let reason = own.reason.as_deref().filter(|reason| !reason.is_empty());
    let ago = own.since.map(|since| human_duration(since, now));
    match (own.state, reason, ago) {
        (None, ..) => "not started".to_owned(),
        (Some("running"), _, Some(ago)) => format!("running {ago}"),
        (Some("terminated"), reason, ago) => {
            let code = own.exit_code.unwrap_or_default();
            let reason = reason.unwrap_or("ended");
            let ago = ago.map_or_else(String::new, |ago| format!(", {ago} ago"));
            format!("{reason} (exit code {code}{ago})")
        }
        (Some(state), reason, _) => reason.unwrap_or(state).to_owned(),
    }
}

/// Returns the number of restarts, with the age of the last one as `kubectl get` has it.
fn restarts(own: &ContainerReport, now: Timestamp) -> String {
    let finished = own.last_run.as_ref().and_then(|last| last.finished_at);
    match finished {
        Some(at) if own.restart_count > 0 => {
            format!("{} ({} ago)", own.restart_count, human_duration(at, now))
        }
        _ => own.restart_count.to_string(),
    }
}

fn end(last: &LastRun) -> String {
    match last.reason.as_deref().filter(|reason| !reason.is_empty()) {
        Some(reason) => format!("{reason} ({})", last.exit_code),
        None => format!("exit code {}", last.exit_code),
    }
}

fn in_time(at: Timestamp, now: Timestamp) -> String {
    if at <= now {
        "now".to_owned()
    } else {
        format!("in {}", human_duration(now, at))
    }
}

/// Returns the last log lines of the runs that have failed.
pub(super) fn logs(all: &[ContainerReport]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for own in all {
        let Some(last) = &own.last_run else {
            continue;
        };
        match (&last.log, &last.log_unread) {
            (Some(lines), _) if lines.is_empty() => {
                blocks.push(text(format!("log of {}: empty", own.name), Tone::Dim));
            }
            (Some(lines), _) => {
                let title = format!("log of {}, its last lines:", own.name);
                let lines: Vec<String> = lines.iter().map(|line| format!("| {line}")).collect();
                blocks.push(text(format!("{title}\n{}", lines.join("\n")), Tone::Plain));
            }
            (None, Some(why)) => {
                let text_ = format!("log of {}: not read: {why}", own.name);
                blocks.push(text(text_, Tone::Warning));
            }
            (None, None) => {}
        }
    }
    blocks
}

fn text(text: String, tone: Tone) -> Block {
    Block::Paragraph(Cell::new(text, tone))
}
