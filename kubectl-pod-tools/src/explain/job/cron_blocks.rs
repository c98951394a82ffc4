//! The part of a `CronJob` as text.

use k8s_openapi::jiff::Timestamp;

use super::cron::{CronReport, CronRun};
use super::parts::Outcome;
use super::time::{distance, duration, in_zone, offset, seconds};
use crate::render::{Block, Cell, Table, Tone};

/// Jobs that are shown.
const JOBS: usize = 5;

/// Returns the blocks about the schedule and its runs.
pub(super) fn cron_blocks(cron: &CronReport, now: Timestamp) -> Vec<Block> {
    let mut blocks = vec![Block::Facts(facts(cron, now))];
    if !cron.next_runs.is_empty() {
        let mut table = Table::new(&["NEXT RUNS", "FROM NOW", "UTC"]);
        for at in &cron.next_runs {
            table.row(vec![
                in_zone(*at, &cron.zone).into(),
                distance(*at, now).into(),
                at.to_string().into(),
            ]);
        }
        blocks.push(Block::Table(table));
        blocks.extend(clock_change(cron, now));
    }
    if !cron.jobs.is_empty() {
        let mut table = Table::new(&["JOB", "STATE", "STARTED", "TOOK"]);
        for own in cron.jobs.iter().take(JOBS) {
            table.row(row(own, now));
        }
        blocks.push(Block::Table(table));
        let more = cron.jobs.len().saturating_sub(JOBS);
        if more > 0 {
            let text = format!("and {more} more Jobs; `-o json` has all");
            blocks.push(Block::Paragraph(Cell::new(text, Tone::Dim)));
        }
    }
    blocks
}

fn facts(cron: &CronReport, now: Timestamp) -> Vec<(&'static str, Cell)> {
    let zone = if cron.is_controllers_zone {
        "that of kube-controller-manager, taken as UTC (no timeZone)".to_owned()
    } else {
        cron.time_zone.clone()
    };
    let policy = match cron.concurrency_policy.as_str() {
        "Forbid" => "Forbid: no run starts while an earlier Job runs".to_owned(),
        "Replace" => "Replace: a run deletes the earlier Job that still runs".to_owned(),
        "Allow" => "Allow: Jobs may run side by side".to_owned(),
        other => other.to_owned(),
    };
    let late = match cron.starting_deadline_seconds {
        Some(time) => format!("{}: a run that is later does not start", seconds(time)),
        None => "none: the newest run that was missed starts, however late".to_owned(),
    };
    let mut facts: Vec<(&'static str, Cell)> = vec![
        ("schedule", cron.schedule.clone().into()),
        ("time zone", zone.into()),
        ("concurrency", policy.into()),
        ("starting deadline", late.into()),
    ];
    if let Some(last) = cron.last_run {
        let text = format!("{}, {}", in_zone(last, &cron.zone), distance(last, now));
        facts.push(("last run", text.into()));
    }
    if let Some(missed) = cron.missed_runs {
        let text = match missed {
            ..=1 => "1, which has not started yet".to_owned(),
            many => format!("about {many} have not started; only the newest does"),
        };
        facts.push(("runs due", text.into()));
    }
    facts
}

/// Says where clocks change before a run, because one may be left out or come twice.
fn clock_change(cron: &CronReport, now: Timestamp) -> Option<Block> {
    let times: Vec<Timestamp> = std::iter::once(now)
        .chain(cron.next_runs.iter().copied())
        .collect();
    let (before, after) = times.windows(2).find_map(|pair| match pair {
        [one, other] if offset(*one, &cron.zone) != offset(*other, &cron.zone) => {
            Some((*one, *other))
        }
        _ => None,
    })?;
    let (way, effect) = if offset(before, &cron.zone) < offset(after, &cron.zone) {
        ("forward", "a time that they skip has no run that day")
    } else {
        ("back", "a time that they show twice may have two runs")
    };
    let text = format!(
        "The clocks of {} go {way} before the run of {}: {effect}.",
        cron.zone,
        in_zone(after, &cron.zone)
    );
    Some(Block::Paragraph(text.into()))
}

fn row(own: &CronRun, now: Timestamp) -> Vec<Cell> {
    let (word, tone) = match own.outcome {
        Outcome::Succeeded => ("succeeded", Tone::Plain),
        Outcome::Failed => ("failed", Tone::Warning),
        _ => ("active", Tone::Plain),
    };
    let state = if own.reason.is_empty() || own.outcome != Outcome::Failed {
        word.to_owned()
    } else {
        format!("{word} ({})", own.reason)
    };
    let took = match (own.started_at, own.ended_at) {
        (Some(start), Some(end)) => duration(end.duration_since(start)),
        _ => String::new(),
    };
    vec![
        own.name.clone().into(),
        Cell::new(state, tone),
        own.started_at
            .map_or_else(String::new, |at| distance(at, now))
            .into(),
        took.into(),
    ]
}
