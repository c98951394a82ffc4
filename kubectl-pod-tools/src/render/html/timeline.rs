//! A timeline as a table with a bar for each event.

use std::time::Duration;

use super::parts::{begin_table, class, end_table};
use crate::render::cell::Tone;
use crate::render::markup::markup;
use crate::render::timeline::{TimelineEvent, time_range};

/// Width of the bars' column, in units of the drawing.
const WIDTH: u64 = 1_000;
/// Shortest bar.
const SHORTEST: u64 = 12;

/// Adds a row for each event: time, container, event, bar and reason.
pub(super) fn push_timeline(out: &mut String, events: &[TimelineEvent]) {
    let ends = events
        .iter()
        .map(|event| event.latest.unwrap_or(event.earliest));
    let end = ends.max().unwrap_or_default().max(Duration::from_secs(1));
    let has_containers = events.iter().any(|event| !event.container.is_empty());
    let axis = format!("0s to {}", time_range(end, Some(end)));
    let mut columns = vec!["Time"];
    if has_containers {
        columns.push("Container");
    }
    columns.extend(["Event", axis.as_str(), "Reason"]);
    begin_table(out, "timeline", &columns);
    for event in events {
        let time = time_range(event.earliest, event.latest);
        out.push_str(&format!("<tr><th scope=\"row\">{time}</th>"));
        if has_containers {
            out.push_str(&format!("<td>{}</td>", markup(&event.container)));
        }
        let tone = event.event.tone;
        out.push_str(&format!(
            "<td class=\"{}\">{}</td><td>{}</td><td class=\"words\">{}</td></tr>\n",
            class(tone),
            markup(event.event.text()),
            bar(event, end),
            markup(&event.reason)
        ));
    }
    end_table(out);
}

/// Returns the drawing of the time; the text has it, too.
fn bar(event: &TimelineEvent, end: Duration) -> String {
    let from = column(event.earliest, end);
    let to = column(event.latest.unwrap_or(end), end);
    let from = from.min(WIDTH - SHORTEST);
    let length = to.saturating_sub(from).max(SHORTEST);
    let class = match event.event.tone {
        Tone::Plain | Tone::Dim => "bar",
        Tone::Strong => "bar-strong",
        Tone::Warning => "bar-warning",
        Tone::Error => "bar-error",
    };
    format!(
        "<svg class=\"track\" viewBox=\"0 0 {WIDTH} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"{class}\" x=\"{from}\" y=\"0\" width=\"{length}\" height=\"10\"/></svg>"
    )
}

/// Returns the column of a time.
fn column(time: Duration, end: Duration) -> u64 {
    let part = time.as_millis().min(end.as_millis()) * u128::from(WIDTH);
    u64::try_from(part / end.as_millis().max(1)).unwrap_or(WIDTH)
}
