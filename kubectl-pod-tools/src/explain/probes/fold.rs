//! Timelines for people: of many restarts the first ones are listed, and the rest is counted.

use std::time::Duration;

use super::timeline::TimelineItem;
use crate::explain::seconds::rounded;
use crate::render::{Cell, TimelineEvent, Tone, time_range};

/// Runs of a container whose events are all listed for people.
const FULL_RUNS: u32 = 2;
/// Restarts that are listed for people.
const LISTED_RESTARTS: u32 = 6;
/// Equal events of one run that are listed for people.
const LISTED_EQUALS: u32 = 3;

/// Before the reason of an event that does not happen in every case.
const PERHAPS: &str = "perhaps: ";

fn is_uncertain(event: &TimelineEvent) -> bool {
    event.reason.starts_with(PERHAPS)
}

/// Returns the events for people, and notes on those that are left out.
pub(super) fn folded(items: &[TimelineItem], is_named: bool) -> (Vec<TimelineEvent>, Vec<String>) {
    let mut listed = Vec::new();
    let (mut restarts, mut others): (Vec<&TimelineItem>, usize) = (Vec::new(), 0);
    for item in items {
        let is_restart = item.event == "restart";
        let is_listed = item.instance < FULL_RUNS && item.occurrence < LISTED_EQUALS
            || is_restart && item.instance < LISTED_RESTARTS;
        if is_listed {
            listed.push((course(item), event(item, is_named)));
        } else if is_restart {
            restarts.push(item);
        } else {
            others += 1;
        }
    }
    // The one that is over first comes first, and equal ranges are in the order of the course.
    listed.sort_by_key(|(course, event)| (event.earliest, event.latest, *course));
    let events: Vec<TimelineEvent> = listed.into_iter().map(|(_, event)| event).collect();
    let mut notes = Vec::new();
    if events.iter().any(is_uncertain) {
        notes.push("perhaps: it depends on chance".to_owned());
    }
    if !restarts.is_empty() {
        notes.push(more_restarts(&restarts));
    }
    if others > 0 {
        let s = if others == 1 { "" } else { "s" };
        notes.push(format!("… and {others} more event{s} (`-o json` has all)"));
    }
    (events, notes)
}

/// Returns the place of an event in the course of a container: its run, and its place in it.
fn course(item: &TimelineItem) -> (u32, u8) {
    let place = match (item.event, item.probe) {
        ("restart", _) => 0,
        ("firstProbe", Some("startup")) => 1,
        ("started", _) => 2,
        ("firstProbe", Some("readiness")) => 3,
        ("ready", _) => 4,
        ("firstProbe", _) => 5,
        ("unready", _) => 6,
        ("kill", _) => 7,
        ("sigterm", _) => 8,
        ("sigkill", _) => 9,
        _ => 10,
    };
    (item.instance, place)
}

fn more_restarts(restarts: &[&TimelineItem]) -> String {
    let count = restarts.len();
    let gaps = restarts.windows(2).filter_map(|pair| {
        let is_same = pair[0].container == pair[1].container;
        is_same.then(|| pair[1].earliest.saturating_sub(pair[0].earliest))
    });
    let gaps: Vec<Duration> = gaps.collect();
    let s = if count == 1 { "" } else { "s" };
    match (gaps.iter().min(), gaps.iter().max()) {
        (Some(least), Some(most)) => {
            let (least, most) = rounded(*least, *most);
            format!(
                "… and {count} more restart{s}, {} apart",
                time_range(least, Some(most))
            )
        }
        _ => format!("… and {count} more restart{s}"),
    }
}

fn event(item: &TimelineItem, is_named: bool) -> TimelineEvent {
    let (earliest, latest) = rounded(item.earliest, item.latest);
    let mut text = match item.probe {
        Some(probe) => format!("{} {probe}", item.event),
        None => item.event.to_owned(),
    };
    if item.instance > 0 {
        text.push_str(&format!(" (run {})", item.instance + 1));
    }
    let tone = match item.event {
        "ready" => Tone::Strong,
        "kill" | "sigkill" => Tone::Error,
        "unready" | "restart" => Tone::Warning,
        _ => Tone::Plain,
    };
    let perhaps = if item.is_certain { "" } else { PERHAPS };
    TimelineEvent {
        earliest,
        latest: Some(latest),
        container: if is_named {
            item.container.clone()
        } else {
            String::new()
        },
        event: Cell::new(text, tone),
        reason: format!("{perhaps}{}", item.reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(event: &'static str, instance: u32, seconds: u64) -> TimelineItem {
        TimelineItem {
            container: "app".to_owned(),
            event,
            probe: None,
            instance,
            occurrence: 0,
            earliest_seconds: 0.0,
            latest_seconds: 0.0,
            is_certain: true,
            reason: String::new(),
            earliest: Duration::from_secs(seconds),
            latest: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn many_restarts_are_counted_with_their_distance() {
        let runs = 1..=20_u32;
        let restarts = runs.map(|run| item("restart", run, u64::from(run) * 300));
        let items: Vec<_> = restarts.chain([item("kill", 9, 2_900)]).collect();
        let (events, notes) = folded(&items, false);
        assert_eq!(events.len(), 5);
        assert_eq!(
            notes,
            [
                "… and 15 more restarts, 5m apart",
                "… and 1 more event (`-o json` has all)"
            ]
        );
    }

    #[test]
    fn equal_times_are_in_the_order_of_the_course() {
        let names = ["started", "ended", "ready", "kill", "sigterm"];
        let items = names.map(|name| item(name, 0, 5));
        let mut restart = item("restart", 1, 5);
        restart.earliest = Duration::ZERO;
        restart.latest = Duration::ZERO;
        let items: Vec<_> = items.into_iter().chain([restart]).collect();
        let (events, _) = folded(&items, false);
        let found: Vec<_> = events.iter().map(|own| own.event.text()).collect();
        assert_eq!(
            found,
            [
                "restart (run 2)",
                "started",
                "ready",
                "kill",
                "sigterm",
                "ended"
            ]
        );
    }

    #[test]
    fn perhaps_is_explained_where_it_stands() {
        let mut items = vec![item("unready", 0, 5)];
        assert!(folded(&items, false).1.is_empty());
        items[0].is_certain = false;
        let (events, notes) = folded(&items, false);
        assert!(events[0].reason.starts_with("perhaps: "));
        assert_eq!(notes, ["perhaps: it depends on chance"]);
    }
}
