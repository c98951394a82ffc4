//! Texts of a Pod whose containers have not started.

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use super::view::{Found, View};
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

pub(super) fn find(view: &View<'_>, found: &mut Found) {
    if view.has_ended() {
        return;
    }
    match view.rule() {
        StatusRule::SchedulingGated => gated(view, found),
        StatusRule::Phase if view.text() == "Pending" => pending(view, found),
        StatusRule::InitProgress => init_progress(view, found),
        StatusRule::Waiting if view.text() == "ContainerCreating" => sandbox(view, true, found),
        StatusRule::Waiting if view.text() == "PodInitializing" => sandbox(view, false, found),
        _ => {}
    }
}

fn gated(view: &View<'_>, found: &mut Found) {
    let gates = view
        .spec()
        .and_then(|spec| spec.scheduling_gates.as_deref());
    if gates.is_none_or(<[_]>::is_empty) {
        found.push(Misleading {
            reason: PodMisleading::GatesRemoved,
            path: FieldPath::root().field("spec").field("schedulingGates"),
        });
    }
}

fn pending(view: &View<'_>, found: &mut Found) {
    if let Some((path, scheduled)) = view.condition("PodScheduled")
        && scheduled.status == "False"
        && let Some(reason) = scheduled.reason.clone().filter(|text| !text.is_empty())
    {
        let message = scheduled.message.clone().unwrap_or_default();
        let reason = PodMisleading::PendingCauseHidden { reason, message };
        found.push(Misleading { reason, path });
        return;
    }
    let node = view.spec().and_then(|spec| spec.node_name.clone());
    if let Some(node) = node.filter(|name| !name.is_empty())
        && view.all().is_empty()
    {
        found.push(Misleading {
            reason: PodMisleading::PendingOnNode { node },
            path: FieldPath::root().field("status").field("containerStatuses"),
        });
    }
}

/// `Init:0/1` of a container that runs, was not created, or is a sidecar.
fn init_progress(view: &View<'_>, found: &mut Found) {
    let Some(own) = view.origin_status() else {
        return;
    };
    if own.is_sidecar() && own.is_running() {
        found.push(Misleading {
            reason: PodMisleading::SidecarNotStarted {
                sidecar: own.container.clone(),
            },
            path: own.path.field("started"),
        });
    } else if own.waiting_reason().is_some() {
        sandbox(view, false, found);
    }
    let init = view.spec().and_then(|spec| spec.init_containers.as_deref());
    let init = init.unwrap_or_default();
    let sidecars = init.iter();
    let sidecars =
        sidecars.filter(|container| container.restart_policy.as_deref() == Some("Always"));
    let (sidecars, total) = (sidecars.count(), init.len());
    if sidecars > 0 && total > sidecars {
        found.push(Misleading {
            reason: PodMisleading::InitCountsSidecars { sidecars, total },
            path: FieldPath::root().field("spec").field("initContainers"),
        });
    }
}

/// The kubelet reports whether the sandbox of the Pod is there (PodReadyToStartContainers).
fn sandbox(view: &View<'_>, also_if_there: bool, found: &mut Found) {
    let Some((path, condition)) = view.condition("PodReadyToStartContainers") else {
        return;
    };
    let reason = match condition.status.as_str() {
        "False" => PodMisleading::NoSandbox,
        "True" if also_if_there => PodMisleading::SandboxIsThere,
        _ => return,
    };
    let path = path.field("status");
    found.push(Misleading { reason, path });
}
