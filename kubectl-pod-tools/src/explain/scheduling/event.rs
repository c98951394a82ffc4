//! The scheduler's own event, and the reasons why it differs.

use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::lookup::{Answers, Need};

use super::report::{EventReport, NodeReport, SchedulingBody};
use crate::explain::events::Events;
use crate::explain::stored::{is_stored, node_name};
use crate::render::in_minutes;
use crate::targets::Target;

/// Reason of the event about a Pod without a node (pkg/scheduler/schedule_one.go).
const FAILED: &str = "FailedScheduling";
/// The message of older versions names the taint, this one does not.
const UNNAMED_TAINT: &str = "untolerated taint(s)";

/// Returns the look-up of a Pod's events.
pub(super) fn need(target: &Target) -> Option<Need> {
    let need = || Events::need("Pod", &target.metadata, &target.pod_namespace);
    is_of_now(target).then(need).flatten()
}

/// Returns whether the scheduler may have an event about a target: one about a Pod that has its
/// node by now is over.
fn is_of_now(target: &Target) -> bool {
    is_stored(target) && node_name(target).is_none()
}

/// Returns the scheduler's last event about a Pod, or the condition that says the same, and the
/// reason why the events were not read.
pub(super) fn seen(
    target: &Target,
    answers: &Answers,
    body: &SchedulingBody,
    now: Timestamp,
    version: KubernetesVersion,
) -> (Option<EventReport>, Option<String>) {
    if !target.is_pod() || node_name(target).is_some() {
        return (None, None);
    }
    let about = Events::about("Pod", &target.metadata, &target.pod_namespace, answers);
    let mut all = about.all();
    all.retain(|event| event.reason == FAILED);
    let last = all
        .into_iter()
        .max_by_key(|event| event.last.or(event.first));
    let event = last.map(|event| EventReport {
        differences: Vec::new(),
        message: event.message,
        count: event.count,
        last_seen: event.last.or(event.first),
    });
    let event = event.or_else(|| condition(target)).map(|mut event| {
        event.differences = differences(&event, body, now, version);
        event
    });
    let is_refused = about.are_refused() && is_stored(target);
    let unread = about.unread.filter(|_| is_refused);
    (event, unread.map(|why| format!("list events: {why}")))
}

/// Returns what the condition `PodScheduled` says, which outlives the event.
fn condition(target: &Target) -> Option<EventReport> {
    let conditions = target.status.as_ref()?.conditions.as_ref()?;
    let own = conditions.iter().find(|own| own.type_ == "PodScheduled")?;
    let message = own.message.clone().filter(|_| own.status == "False")?;
    Some(EventReport {
        message,
        count: 1,
        last_seen: own.last_transition_time.as_ref().map(|own| own.0),
        differences: Vec::new(),
    })
}

fn differences(
    event: &EventReport,
    body: &SchedulingBody,
    now: Timestamp,
    version: KubernetesVersion,
) -> Vec<String> {
    let mut lines = Vec::new();
    if body.total.is_none() {
        return lines;
    }
    let nodes = &body.nodes;
    let fitting = nodes.iter().filter(|own| own.fits == Some(true)).count();
    let age = event.last_seen.and_then(|last| age(last, now));
    let seen = age.map_or_else(String::new, |age| format!(", last seen {age} ago"));
    // What holds the Pod back as such does so although nodes fit.
    if fitting > 0 && body.cycle.is_empty() {
        lines.push(format!(
            "it is older than the state here{seen}: the scheduler tries again when something changes, or after a few minutes"
        ));
    }
    if let Some(total) = total(&event.message).filter(|total| *total != nodes.len()) {
        let s = if total == 1 { "" } else { "s" };
        let are = if nodes.len() == 1 { "is" } else { "are" };
        lines.push(format!(
            "it counts {total} node{s}, and there {are} {} now",
            nodes.len()
        ));
    }
    let has_several = |node: &NodeReport| {
        let mut plugins = node.reasons.iter().map(|own| &own.plugin);
        let first = plugins.next();
        plugins.any(|own| Some(own) != first)
    };
    let several = nodes.iter().filter(|node| has_several(node)).count();
    if several > 0 {
        let (s, have) = if several == 1 {
            ("", "has")
        } else {
            ("s", "have")
        };
        lines.push(format!(
            "it stops at the first plugin that refuses a node: {several} node{s} {have} more reasons"
        ));
    }
    if event.message.contains(UNNAMED_TAINT) && version >= KubernetesVersion::V1_34 {
        lines.push("since 1.34 it does not name the taint".to_owned());
    }
    lines
}

/// Returns how long ago something was.
fn age(last: Timestamp, now: Timestamp) -> Option<String> {
    let seconds = now.as_second().checked_sub(last.as_second())?;
    let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
    Some(in_minutes(std::time::Duration::from_secs(seconds)))
}

/// Returns the number of nodes in a message such as `0/5 nodes are available: …`.
fn total(message: &str) -> Option<usize> {
    let (_, rest) = message.split_once('/')?;
    let (number, _) = rest.split_once(" nodes are available")?;
    number.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_nodes_is_read_from_the_message() {
        assert_eq!(
            total("0/5 nodes are available: 5 Insufficient cpu."),
            Some(5)
        );
        assert_eq!(
            total("Scheduling is blocked due to non-empty scheduling gates"),
            None
        );
    }
}
