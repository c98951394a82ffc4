//! Everything that could not be read, and its part in the verdict.

use pod_model::Verdict;

use crate::explain::events::Events;

/// Returns what a report says of events that were not read.
pub(super) fn unread_events(events: &Events<'_>) -> Option<String> {
    let why = events.unread.as_ref()?;
    Some(format!("events unknown: {why}; they would prove more"))
}

/// Returns a verdict as it is without what could not be read: a Pod that looks well may have probes that cannot be run.
pub(super) fn limited(verdict: Verdict, is_refused: bool, is_final: bool) -> Verdict {
    match verdict {
        Verdict::Ok if is_refused && !is_final => Verdict::Unknown,
        verdict => verdict,
    }
}
