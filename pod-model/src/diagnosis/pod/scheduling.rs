//! A Pod without a node: what the scheduler says, and what the Pod itself asks for.
//!
//! Upstream: `FitError.Error` in pkg/scheduler/framework/types.go, the `ErrReason…` of each plugin in
//! pkg/scheduler/framework/plugins, `handleSchedulingFailure` in pkg/scheduler/schedule_one.go. The scheduler stops at
//! the first plugin that refuses a node, so that more may be in the way than it says.

use super::wants::{claims, cordoned, host_ports, places, pod_labels, request, selector, taints};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table::{self as rows, CauseRow};
use crate::diagnosis::words::quoted_after;
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
    let failed = scene.events(None, "FailedScheduling");
    let since = scheduled.and_then(|own| own.last_transition_time.as_ref());
    let cause = by_message(scene, message);
    Some(
        cause
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

/// Phrases of the scheduler, each with its cause; those that a person has to act on come first.
const PHRASES: &[(&str, &CauseRow)] = &[
    (
        "unbound immediate PersistentVolumeClaims",
        &rows::CLAIM_UNBOUND,
    ),
    (
        "didn't find available persistent volumes to bind",
        &rows::CLAIM_UNBOUND,
    ),
    (
        "volume node affinity conflict",
        &rows::VOLUME_NODE_AFFINITY_CONFLICT,
    ),
    (
        "didn't match PersistentVolume's node affinity",
        &rows::VOLUME_NODE_AFFINITY_CONFLICT,
    ),
    (
        "didn't match Pod's node affinity/selector",
        &rows::NODE_SELECTOR_MISMATCH,
    ),
    ("untolerated taint", &rows::UNTOLERATED_TAINT),
    ("that the pod didn't tolerate", &rows::UNTOLERATED_TAINT),
    ("were unschedulable", &rows::NODE_CORDONED),
    ("didn't match pod affinity rules", &rows::POD_AFFINITY_UNMET),
    (
        "didn't match pod anti-affinity rules",
        &rows::POD_AFFINITY_UNMET,
    ),
    (
        "didn't satisfy existing pods anti-affinity rules",
        &rows::POD_AFFINITY_UNMET,
    ),
    (
        "didn't match pod topology spread constraints",
        &rows::POD_AFFINITY_UNMET,
    ),
    ("didn't have free ports", &rows::HOST_PORT_TAKEN),
    ("Insufficient ", &rows::INSUFFICIENT_RESOURCES),
    ("Too many pods", &rows::INSUFFICIENT_RESOURCES),
];

fn by_message(scene: &Scene<'_>, message: &str) -> Cause {
    // Behind it stands what preemption would do.
    let own = message.split(" preemption: ").next().unwrap_or(message);
    if let Some(claim) = quoted_after(own, "persistentvolumeclaim ")
        && own.contains("not found")
    {
        return Cause::new(
            &rows::CLAIM_MISSING,
            format!("the Pod needs the PersistentVolumeClaim {claim}, which does not exist"),
        )
        .advise("Create the claim, or correct its name in spec.volumes.");
    }
    let mut found: Vec<_> = PHRASES
        .iter()
        .filter(|(phrase, _)| own.contains(phrase))
        .collect();
    // With several, the one of the most nodes is named first.
    found.sort_by_key(|(phrase, _)| std::cmp::Reverse(nodes_of(own, phrase)));
    let Some((phrase, row)) = found.first() else {
        return Cause::new(
            &rows::UNSCHEDULABLE,
            format!("the scheduler finds no node for the Pod: {}", own.trim()),
        )
        .advise("The message is the scheduler's; explain-scheduling says it for each node.");
    };
    let rest: Vec<&str> = found[1..].iter().map(|(_, row)| row.states).collect();
    let mut cause = one(scene, own, phrase, row);
    if !rest.is_empty() {
        cause
            .message
            .push_str(&format!("; on other nodes {}", list(&rest)));
    }
    cause
}

/// Returns the number in front of a phrase: `3 node(s) had …`.
fn nodes_of(message: &str, phrase: &str) -> u32 {
    let Some((before, _)) = message.split_once(phrase) else {
        return 0;
    };
    let clause = before.rsplit([',', ':']).next().unwrap_or(before);
    let digits = clause.split_whitespace().next().unwrap_or_default();
    digits.parse().unwrap_or(1)
}

fn one(scene: &Scene<'_>, message: &str, phrase: &str, row: &'static CauseRow) -> Cause {
    let new = |words: String| Cause::new(row, words);
    if *row == rows::CLAIM_UNBOUND {
        return claim_unbound(scene, row);
    }
    if *row == rows::VOLUME_NODE_AFFINITY_CONFLICT {
        return new(format!(
            "the volume of {} can be used on other nodes only{}",
            claims(scene),
            places(scene)
        ))
        .advise("See which node the volume is on (kubectl describe pv), and bring the Pod there; a volume does not move.");
    }
    if *row == rows::NODE_SELECTOR_MISMATCH {
        let wants = selector(scene);
        return new(format!("no node has the labels that the Pod wants{wants}")).advise(
            "Label a node, or correct nodeSelector and affinity: kubectl get nodes --show-labels.",
        );
    }
    if *row == rows::UNTOLERATED_TAINT {
        let taints = taints(scene);
        return new(format!("the Pod tolerates no taint of the nodes{taints}"))
            .advise("Add a toleration, or take the taint away: kubectl describe nodes.");
    }
    if *row == rows::NODE_CORDONED {
        let names = cordoned(scene);
        return new(format!("{names} cordoned, and may take no new Pods"))
            .advise("Let nodes take Pods again: kubectl uncordon NODE.");
    }
    if *row == rows::HOST_PORT_TAKEN {
        let ports = host_ports(scene);
        return new(format!(
            "another Pod uses the host port that this one wants{ports}"
        ))
        .advise("Leave hostPort out and use a Service, or stop the other Pod.");
    }
    if *row == rows::POD_AFFINITY_UNMET {
        let wants = pod_labels(scene);
        return new(format!("no node {}{wants}", phrase.replace("didn't match", "matches the Pod's")))
            .advise("See whether the Pods that it is to be beside, or away from, run: kubectl get pods --show-labels.");
    }
    let what = message
        .split("Insufficient ")
        .nth(1)
        .map(|rest| rest.split([',', '.', ' ']).next().unwrap_or(rest));
    let full = match message.split("Insufficient ").nth(1) {
        Some(rest) => {
            let end = rest.find([',', ' ']).unwrap_or(rest.len());
            rest[..end].trim_end_matches('.').to_owned()
        }
        None => what.unwrap_or("room for Pods").to_owned(),
    };
    let asks = request(scene, &full);
    let mut cause = new(format!(
        "no node has as much {full} left as the Pod asks for{asks}"
    ))
    .advise(format!(
        "Ask for less {full} (resources.requests), free some, or add a node."
    ));
    if scene.nodes.is_empty() {
        cause.better_by_itself = crate::diagnosis::cause::BetterByItself::Unknown;
    }
    cause
}

fn claim_unbound(scene: &Scene<'_>, row: &'static CauseRow) -> Cause {
    let mut cause = Cause::new(row, format!("{} has no volume", claims(scene)));
    let mut says = None;
    for (claim, events) in scene.claims {
        let is_bound = claim
            .status
            .as_ref()
            .and_then(|status| status.phase.as_deref())
            == Some("Bound");
        let failed = events
            .iter()
            .filter(|event| event.reason == "ProvisioningFailed");
        if let Some(event) = failed.max_by_key(|event| event.last)
            && !is_bound
        {
            says = Some(event.message.clone());
            cause = cause.shown_by([event.evidence()]);
        }
    }
    match says {
        Some(says) => {
            cause.message.push_str(&format!(": {says}"));
            cause.advise("Correct storageClassName of the claim: kubectl get storageclass.")
        }
        None => cause.advise("See what the claim waits for: kubectl describe pvc; its class may make no volumes by itself."),
    }
}
