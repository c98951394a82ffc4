//! A Pod without a node: what the scheduler says, and what the Pod itself asks for.
//!
//! Upstream: `FitError.Error` in pkg/scheduler/framework/types.go, the `ErrReason…` of each plugin in
//! pkg/scheduler/framework/plugins, `handleSchedulingFailure` in pkg/scheduler/schedule_one.go. The scheduler stops at
//! the first plugin that refuses a node, so that more may be in the way than it says.

mod claims;
mod message;
mod outlook;

use self::message::by_message;
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table as rows;
use crate::prose::list;

pub(in crate::diagnosis) fn cause(scene: &Scene<'_>) -> Option<Cause> {
    if scene.node_name().is_some() || scene.has_ended() {
        return None;
    }
    let scheduled = scene.condition("PodScheduled");
    let reason = scheduled
        .and_then(|own| own.reason.as_deref())
        .unwrap_or_default();
    let message = scheduled
        .and_then(|own| own.message.as_deref())
        .unwrap_or_default();
    let gates: Vec<&str> = scene
        .spec()
        .and_then(|spec| spec.scheduling_gates.as_ref())
        .into_iter()
        .flatten()
        .map(|gate| gate.name.as_str())
        .collect();
    if !gates.is_empty() {
        return Some(gated(&gates));
    }
    if reason != "Unschedulable" && reason != "SchedulerError" {
        return waits(scene);
    }
    let is_error = reason == "SchedulerError";
    let failed = scene.events(None, "FailedScheduling");
    let since = scheduled.and_then(|own| own.last_transition_time.as_ref());
    let mut cause = by_message(scene, message);
    if is_error {
        // It is tried again.
        cause = cause.may_pass();
    }
    Some(
        outlook::with_outlook(scene, cause, message)
            .shown_by([Evidence::field(
                "status.conditions",
                format!("PodScheduled is False, {reason}: {message}"),
            )])
            .shown_by(
                failed
                    .first()
                    .filter(|event| event.message != message)
                    .map(|event| event.evidence()),
            )
            .since(since.map(|time| time.0)),
    )
}

fn gated(gates: &[&str]) -> Cause {
    let names = list(gates);
    let (noun, verb, it) = match gates {
        [_] => ("scheduling gate", "keeps", "it"),
        _ => ("scheduling gates", "keep", "them"),
    };
    Cause::new(
        &rows::SCHEDULING_GATE,
        format!("the {noun} {names} {verb} the Pod from being scheduled"),
    )
    .may_pass()
    .shown_by([Evidence::field("spec.schedulingGates", names.clone())])
    .advise(format!("Whoever set {it} has to remove {it}: see whether that controller runs and has admitted the Pod."))
}

fn waits(scene: &Scene<'_>) -> Option<Cause> {
    if scene.phase() != "Pending" {
        return None;
    }
    let scheduler = scene.spec().and_then(|spec| spec.scheduler_name.as_deref());
    let scheduler = scheduler.unwrap_or("default-scheduler");
    Some(
        Cause::new(
            &rows::NOT_SCHEDULED,
            format!("the scheduler {scheduler} has not placed the Pod yet, and says nothing"),
        )
        .may_pass()
        .shown_by([Evidence::field("spec.schedulerName", scheduler)])
        .advise(format!(
            "If that lasts, see whether a scheduler of the name {scheduler} runs."
        )),
    )
}
