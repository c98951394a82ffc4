//! Renders a timeline: one event a line, with its time.

use std::time::Duration;

use anstyle::Style;

use super::cell::Cell;
use super::text_writer::{TextWriter, width};
use super::wrap::wrap;
use crate::ui::escape;

const GAP: usize = 2;
/// Minimum width of a reason beside its event, in columns; a narrower one goes below.
const REASON: usize = 24;

/// An event of a container, with its earliest and latest time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TimelineEvent {
    /// Earliest time, from the beginning of the timeline.
    pub earliest: Duration,
    /// Latest time, or `None` if there is no limit.
    pub latest: Option<Duration>,
    /// Name of the container; empty for an event of the whole Pod.
    pub container: String,
    /// Name of the event, such as `ready`.
    pub event: Cell,
    /// Reason for these times; may be empty.
    pub reason: String,
}

/// Adds a line for each event: time, container, event and reason.
pub(super) fn push_timeline(out: &mut TextWriter, events: &[TimelineEvent]) {
    let times: Vec<String> = events.iter().map(span).collect();
    let widest = |texts: &mut dyn Iterator<Item = &str>| {
        let widths = texts.map(|text| width(&escape(text)));
        widths.max().unwrap_or(0)
    };
    let time_width = widest(&mut times.iter().map(String::as_str));
    let container_width = widest(&mut events.iter().map(|event| event.container.as_str()));
    let event_width = widest(&mut events.iter().map(|event| event.event.text.as_str()));
    // The time, a blank and the line that leads down.
    let line = time_width + 1;
    let event_column = match container_width {
        0 => line + 1 + GAP,
        columns => line + 1 + GAP + columns + GAP,
    };
    let mut reason_column = event_column + event_width + GAP;
    if reason_column + REASON > out.layout.columns {
        reason_column = event_column.min(line + 1 + 2 * GAP);
    }
    let is_beside = reason_column > event_column;
    for (n, (event, time)) in events.iter().zip(&times).enumerate() {
        let is_last = n + 1 == events.len();
        out.blanks(time_width - time.len());
        out.push_harmless(time, Style::new());
        out.blanks(1);
        out.push_harmless(out.glyph("●", "*"), Style::new().dimmed());
        let mut used = line + 1;
        if container_width > 0 {
            out.blanks(GAP);
            used += GAP + out.push(&event.container, Style::new());
        }
        out.blanks(event_column - used);
        used = event_column + out.cell(&event.event);
        let room = out.layout.columns.saturating_sub(reason_column);
        let mut reason = wrap(&event.reason, room).into_iter();
        if is_beside && !event.reason.is_empty() {
            out.blanks(reason_column - used);
            out.push_harmless(&reason.next().unwrap_or_default(), Style::new());
        }
        out.end_line();
        for rest in reason.filter(|_| !event.reason.is_empty()) {
            out.blanks(line);
            let guide = if is_last { " " } else { out.glyph("│", "|") };
            out.push_harmless(guide, Style::new().dimmed());
            out.blanks(reason_column - line - 1);
            out.push_harmless(&rest, Style::new());
            out.end_line();
        }
    }
}

fn span(event: &TimelineEvent) -> String {
    time_range(event.earliest, event.latest)
}

/// Formats a range of times: `5s`, `5-15s`, or `5s or later`. A range that ends at two minutes or later
/// has minutes at both ends: `1m40s-2m30s`.
pub(crate) fn time_range(from: Duration, to: Option<Duration>) -> String {
    let Some(latest) = to else {
        return format!("{} or later", time(from));
    };
    if latest <= from {
        return time(from);
    }
    if in_seconds(latest) {
        // One unit is enough.
        let earliest = time(from);
        return format!("{}-{}", earliest.trim_end_matches('s'), time(latest));
    }
    format!("{}-{}", in_minutes(from), time(latest))
}

/// Returns whether a time is written in seconds, like the fields of probes.
fn in_seconds(time: Duration) -> bool {
    time < Duration::from_mins(2)
}

/// Formats a time as Go does, to the millisecond: `0s`, `1.5s`, `2m30s`, `1h0m5s`. Below
/// two minutes it is in seconds.
fn time(time: Duration) -> String {
    if in_seconds(time) {
        seconds(time)
    } else {
        in_minutes(time)
    }
}

/// Formats a time with minutes from the first one on: `1m40s`.
pub(crate) fn in_minutes(time: Duration) -> String {
    let whole = time.as_secs();
    let rest = seconds(Duration::new(whole % 60, time.subsec_nanos()));
    let has_rest = rest != "0s";
    match (whole / 3600, whole / 60 % 60) {
        (0, 0) => rest,
        (0, minutes) if has_rest => format!("{minutes}m{rest}"),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) if has_rest => format!("{hours}h{minutes}m{rest}"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}

fn seconds(time: Duration) -> String {
    let fraction = match time.subsec_millis() {
        0 => String::new(),
        millis => format!(".{millis:03}").trim_end_matches('0').to_owned(),
    };
    format!("{}{fraction}s", time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact() {
        for (millis, expected) in [
            (0, "0s"),
            (1_500, "1.5s"),
            (119_999, "119.999s"),
            (120_000, "2m"),
            (150_000, "2m30s"),
            (3_600_000, "1h"),
            (3_660_000, "1h1m"),
            (3_605_000, "1h0m5s"),
            (3_605_250, "1h0m5.25s"),
        ] {
            assert_eq!(time(Duration::from_millis(millis)), expected);
        }
        assert_eq!(in_minutes(Duration::from_mins(1)), "1m");
        assert_eq!(in_minutes(Duration::from_secs(90)), "1m30s");
    }

    #[test]
    fn a_span_says_its_unit_once() {
        for (earliest, latest, expected) in [
            (5, Some(5), "5s"),
            (5, Some(15), "5-15s"),
            (5, None, "5s or later"),
            (100, Some(150), "1m40s-2m30s"),
            (60, Some(119), "60-119s"),
            (50, Some(150), "50s-2m30s"),
            (180, Some(200), "3m-3m20s"),
        ] {
            let event = TimelineEvent {
                earliest: Duration::from_secs(earliest),
                latest: latest.map(Duration::from_secs),
                container: String::new(),
                event: "ready".into(),
                reason: String::new(),
            };
            assert_eq!(span(&event), expected);
        }
    }
}
