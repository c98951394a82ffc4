//! The node of a Pod, and the sandbox on it.
//!
//! Upstream: `MarkPodsNotReady` in pkg/controller/util/node/controller_utils.go (Ready becomes False without a
//! reason), pkg/controller/nodelifecycle, pkg/controller/podgc.

use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::scene::{ContainerState, Scene};
use crate::diagnosis::table as rows;

/// Returns whether the kubelet of the Pod's node no longer answers.
pub(in crate::diagnosis) fn is_node_silent(scene: &Scene<'_>) -> bool {
    by_node(scene) || by_pod(scene)
}

fn node_ready(scene: &Scene<'_>) -> Option<String> {
    let conditions = scene.node?.status.as_ref()?.conditions.as_ref()?;
    let ready = conditions
        .iter()
        .find(|condition| condition.type_ == "Ready")?;
    Some(ready.status.clone())
}

/// A node that says False still answers.
fn by_node(scene: &Scene<'_>) -> bool {
    node_ready(scene).is_some_and(|ready| ready == "Unknown")
}

/// Somebody other than the kubelet has set Ready to False: without a reason, beside containers that are ready.
fn by_pod(scene: &Scene<'_>) -> bool {
    let ready = scene.condition("Ready");
    let has_no_reason = ready.is_some_and(|ready| {
        ready.status == "False" && ready.reason.as_deref().unwrap_or_default().is_empty()
    });
    has_no_reason
        && scene.is("ContainersReady", "True")
        && node_ready(scene).is_none_or(|ready| ready != "True")
}

/// Returns what is wrong with the node of a Pod that is not being deleted.
pub(in crate::diagnosis) fn node(scene: &Scene<'_>) -> Option<Cause> {
    let name = scene.node_name()?;
    if scene.has_ended() || !is_node_silent(scene) {
        return None;
    }
    let not_ready = scene.events(None, "NodeNotReady");
    let since = scene
        .condition("Ready")
        .and_then(|ready| ready.last_transition_time.as_ref());
    let ready = node_ready(scene);
    let message = if ready.as_deref() == Some("False") {
        format!(
            "node {name} says that it is not ready: nobody knows whether the Pod does its work there"
        )
    } else {
        format!("node {name} does not answer: nobody knows whether the Pod still runs there")
    };
    let of_node = ready.map(|ready| {
        let text = format!("Ready of node {name} is {ready}");
        Evidence::field("status.conditions", text)
    });
    let of_pod = by_pod(scene).then(|| {
        let text = "Ready is False without a reason, and ContainersReady is True";
        Evidence::field("status.conditions", text)
    });
    Some(
        Cause::new(&rows::NODE_NOT_READY, message)
            .may_pass()
            .shown_by(not_ready.first().map(|event| event.evidence()))
            .shown_by(of_node)
            .shown_by(of_pod)
            .since(since.map(|time| time.0))
            .advise(format!("Look at the node: kubectl describe node {name}. If it stays away, the Pod is deleted and replaced where something owns it.")),
    )
}

/// A Pod with a node that nobody has.
pub(in crate::diagnosis) fn missing_node(scene: &Scene<'_>) -> Option<Cause> {
    let name = scene.node_name()?;
    let has_begun = scene
        .status()
        .is_some_and(|status| status.start_time.is_some());
    if scene.phase() != "Pending" || has_begun {
        return None;
    }
    let is_known = scene
        .nodes
        .iter()
        .any(|node| node.metadata.name.as_deref() == Some(name));
    if is_known || (scene.nodes.is_empty() && scene.node.is_some()) {
        return Some(not_taken_up(name));
    }
    if scene.nodes.is_empty() {
        return Some(not_taken_up(name));
    }
    Some(
        Cause::new(
            &rows::NODE_MISSING,
            format!("the Pod names node {name}, and there is none of that name: nobody starts it"),
        )
        .shown_by([Evidence::field("spec.nodeName", name)])
        .advise(
            "Take nodeName out, so that the scheduler chooses, or correct it: kubectl get nodes.",
        ),
    )
}

fn not_taken_up(name: &str) -> Cause {
    Cause::new(
        &rows::NOT_TAKEN_UP,
        format!("the kubelet of node {name} has not taken up the Pod yet"),
    )
    .may_pass()
    .shown_by([Evidence::field("spec.nodeName", name)])
    .advise(format!(
        "See whether the node is there and answers: kubectl get node {name}."
    ))
}

/// The runtime or the network cannot make the sandbox.
pub(in crate::diagnosis) fn sandbox(scene: &Scene<'_>) -> Option<Cause> {
    if scene.has_ended() || scene.is("PodReadyToStartContainers", "True") {
        return None;
    }
    if scene.containers().iter().any(ContainerState::is_running) {
        return None;
    }
    let failed = scene.events(None, "FailedCreatePodSandBox");
    let event: &PodEvent = failed.first()?;
    // An image is pulled for a sandbox that is there.
    if scene
        .last_step()
        .is_some_and(|step| event.last < Some(step))
    {
        return None;
    }
    // Messages that name the id of the sandbox are events of their own.
    let count = failed
        .iter()
        .fold(0_u32, |sum, own| sum.saturating_add(own.count));
    let first = failed.iter().filter_map(|own| own.first).min();
    let node = scene.node_name().unwrap_or("the node");
    let words = event
        .message
        .trim_start_matches("Failed to create pod sandbox: ");
    let mut cause = Cause::new(
        &rows::SANDBOX_CREATION_FAILS,
        format!("the container runtime or the network of node {node} cannot make the Pod's sandbox: {words}"),
    )
    .shown_by([event.evidence()])
    .since(first)
    .advise(format!("This lies in the node, not in the Pod: look at the runtime and the CNI plugin of {node}."));
    if count <= 2 || scene.awaits_agents() {
        cause = cause.may_pass();
    }
    Some(cause)
}
