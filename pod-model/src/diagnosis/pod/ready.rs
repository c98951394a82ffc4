//! Conditions of a Pod whose containers are well: gates that others open, and resizes.
//!
//! Upstream: `GeneratePodReadyCondition` in pkg/kubelet/status/generate.go, pkg/kubelet/allocation.

use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::scene::{Scene, YOUNG};
use crate::diagnosis::table as rows;
use crate::prose::list;

pub(in crate::diagnosis) fn gates(scene: &Scene<'_>) -> Option<Cause> {
    if scene.has_ended() || !scene.is("ContainersReady", "True") {
        return None;
    }
    let gates = scene.spec()?.readiness_gates.as_ref()?;
    let open: Vec<&str> = gates
        .iter()
        .map(|gate| gate.condition_type.as_str())
        .filter(|kind| !scene.is(kind, "True"))
        .collect();
    if open.is_empty() {
        return None;
    }
    let names = list(&open);
    let (noun, is) = match open.as_slice() {
        [_] => ("condition", "is"),
        _ => ("conditions", "are"),
    };
    let says = open
        .iter()
        .find_map(|kind| scene.condition(kind)?.message.as_deref());
    let says = says
        .filter(|says| !says.is_empty())
        .map_or_else(String::new, |says| format!(": {says}"));
    let mut cause = Cause::new(
        &rows::READINESS_GATE_UNMET,
        format!("the containers are ready, but the {noun} {names} of readinessGates {is} not True{says}"),
    )
    .shown_by([Evidence::field("spec.readinessGates", names.clone())])
    .advise("The controller that the name belongs to has to set it, such as that of a load balancer: see whether it runs and knows the Pod.");
    cause.better_by_itself = BetterByItself::Unknown;
    // Others need a moment to see that the containers are ready.
    let ready = scene
        .condition("ContainersReady")?
        .last_transition_time
        .as_ref();
    let waits = scene.seconds_since(ready.map(|time| time.0));
    Some(if waits.is_some_and(|waits| waits < YOUNG) {
        cause.may_pass()
    } else {
        cause
    })
}

pub(in crate::diagnosis) fn resize(scene: &Scene<'_>) -> Option<Cause> {
    let pending = scene
        .condition("PodResizePending")
        .filter(|own| own.status == "True");
    let progress = scene
        .condition("PodResizeInProgress")
        .filter(|own| own.status == "True");
    let own = pending.or(progress)?;
    let message = own.message.as_deref().unwrap_or_default();
    let reason = own.reason.as_deref().unwrap_or_default();
    let why = match message.trim_end_matches('.') {
        "" => String::new(),
        words => format!(" ({words})"),
    };
    let shown = Evidence::field(
        "status.conditions",
        format!("{} is True, {reason}: {message}", own.type_),
    );
    let cause = match (own.type_.as_str(), reason) {
        ("PodResizePending", "Infeasible") => Cause::new(
            &rows::RESIZE_INFEASIBLE,
            format!(
                "the Pod runs with its old resources: its node can never give the new ones{why}"
            ),
        )
        .advise("Ask for less, or let the Pod be made anew on a larger node."),
        ("PodResizePending", _) => Cause::new(
            &rows::RESIZE_DEFERRED,
            format!(
                "the Pod runs with its old resources: its node cannot give the new ones now{why}"
            ),
        )
        .may_pass()
        .advise("It is resized when other Pods of the node have ended."),
        // Upstream: `SetPodResizeInProgressCondition` in pkg/kubelet/status/status_manager.go.
        (_, "Error") => Cause::new(
            &rows::RESIZE_DEFERRED,
            format!("the new resources cannot be applied, and the kubelet tries again{why}"),
        )
        .may_pass()
        .advise("See what the message names; the old resources hold until then."),
        _ => Cause::new(
            &rows::RESIZE_DEFERRED,
            format!("the new resources are being applied{why}"),
        )
        .passes(),
    };
    Some(
        cause
            .shown_by([shown])
            .since(own.last_transition_time.as_ref().map(|time| time.0)),
    )
}
