//! Texts that are about one container and read as if they were about the Pod.

use super::pod_reason::{OtherContainer, PodMisleading};
use super::reason::Misleading;
use super::view::{Found, RESTARTING, Seen, View};
use crate::container::ContainerType;
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

pub(super) fn find(view: &View<'_>, found: &mut Found) {
    if view.row.masked.is_some() {
        return;
    }
    if !view.has_ended() {
        others_run(view, found);
    }
    others_fail(view, found);
    if let Some(own) = view.origin_status() {
        of_origin(view, &own, found);
    }
    match view.rule() {
        StatusRule::NotReadyBesideCompleted => not_ready(view, found),
        StatusRule::Phase | StatusRule::RunningBesideCompleted if view.text() == "Running" => {
            running(view, found);
        }
        _ => {}
    }
}

fn others_run(view: &View<'_>, found: &mut Found) {
    let Some(container) = view.origin().cloned() else {
        return;
    };
    let apps = view.apps();
    let Some(first) = apps.iter().find(|seen| seen.is_running()) else {
        return;
    };
    let path = first.path.field("state").field("running");
    let running = view.running_apps();
    let reason = match view.rule() {
        StatusRule::InitTerminated | StatusRule::InitWaiting | StatusRule::InitProgress => {
            PodMisleading::AppRuns { container, running }
        }
        _ => PodMisleading::OthersRun { container, running },
    };
    found.push(Misleading { reason, path });
}

/// Containers with an error that is not the text.
fn others_fail(view: &View<'_>, found: &mut Found) {
    // `Running` names them with those that are not ready.
    if view.text() == "Running" || !view.is_of_container() {
        return;
    }
    let own = view.origin_status().map(|own| own.path);
    let mut path = None;
    let others: Vec<OtherContainer> = view
        .all()
        .into_iter()
        .filter(|seen| own.as_ref() != Some(&seen.path))
        // A sidecar is stopped at the end of the Pod, whatever its exit code.
        .filter(|seen| !(view.has_ended() && seen.is_sidecar()))
        .filter_map(|seen| {
            let state = seen.error()?;
            path.get_or_insert_with(|| seen.path.field("state"));
            Some(OtherContainer {
                container: seen.container,
                state,
            })
        })
        .collect();
    if let Some(path) = path {
        found.push(Misleading {
            reason: PodMisleading::OthersFail { others },
            path,
        });
    }
}

/// The end or the last end of the container of the text.
fn of_origin(view: &View<'_>, own: &Seen<'_>, found: &mut Found) {
    let state = own.path.field("state");
    let container = || own.container.clone();
    if own.waiting_reason() == Some("CrashLoopBackOff")
        && let Some(last) = own.last_terminated()
    {
        let reason = last.reason.clone().unwrap_or_default();
        if last.exit_code == 0 || !matches!(reason.as_str(), "" | "Error") {
            found.push(Misleading {
                reason: PodMisleading::LastRunHidden {
                    container: container(),
                    reason,
                    exit_code: last.exit_code,
                },
                path: own.path.field("lastState").field("terminated"),
            });
        }
    }
    let reason = own.terminated().and_then(|end| end.reason.as_deref());
    if own.waiting_reason() == Some(RESTARTING) || reason == Some(RESTARTING) {
        let reason = PodMisleading::RemovedToRestart {
            container: container(),
        };
        found.push(Misleading {
            reason,
            path: state,
        });
        return;
    }
    let Some(end) = own.terminated() else { return };
    if !is_terminated(view.rule()) {
        return;
    }
    if matches!(reason, Some("ContainerStatusUnknown" | "Unknown")) {
        found.push(Misleading {
            reason: PodMisleading::EndNotObserved {
                container: container(),
                exit_code: end.exit_code,
            },
            path: state.field("terminated").field("reason"),
        });
    }
    if let Some(path) = restart_policy(view, own, end.exit_code) {
        found.push(Misleading {
            reason: PodMisleading::WillRestart {
                container: container(),
            },
            path,
        });
    }
}

fn is_terminated(rule: StatusRule) -> bool {
    matches!(
        rule,
        StatusRule::Terminated | StatusRule::ErrorBesideCompleted | StatusRule::InitTerminated
    )
}

/// Returns the path of the policy by which the kubelet starts a container again, whatever its
/// restart rules add (pkg/api/v1/pod/util.go, `ContainerShouldRestart`).
fn restart_policy(view: &View<'_>, own: &Seen<'_>, exit_code: i32) -> Option<FieldPath> {
    if view.has_ended() || view.is_deleted() {
        return None;
    }
    let spec = view.spec()?;
    let root = FieldPath::root().field("spec");
    let is_init = own.container.container_type != ContainerType::App;
    let (list, containers) = if is_init {
        let init = spec.init_containers.as_deref().unwrap_or_default();
        (root.field("initContainers"), init)
    } else {
        (root.field("containers"), spec.containers.as_slice())
    };
    let index = containers.iter().position(|c| c.name == own.container.name);
    let of_container = index.and_then(|index| {
        let policy = containers.get(index)?.restart_policy.as_deref()?;
        Some((policy, list.index(index).field("restartPolicy")))
    });
    let of_pod = spec.restart_policy.as_deref().unwrap_or("Always");
    let (policy, path) = of_container.unwrap_or((of_pod, root.field("restartPolicy")));
    // An init container that has done its part is not started again.
    let ends_well_again = !is_init || own.is_sidecar();
    let restarts = match policy {
        "Never" => false,
        "OnFailure" => exit_code != 0,
        _ => exit_code != 0 || ends_well_again,
    };
    restarts.then_some(path)
}

fn not_ready(view: &View<'_>, found: &mut Found) {
    let apps = view.apps();
    let completed: Vec<&Seen<'_>> = apps
        .iter()
        .filter(|seen| seen.terminated().is_some_and(|end| end.exit_code == 0))
        .collect();
    let Some(first) = completed.first() else {
        return;
    };
    if let Some(path) = restart_policy(view, first, 0) {
        let container = first.container.clone();
        found.push(Misleading {
            reason: PodMisleading::WillRestart { container },
            path,
        });
        return;
    }
    let path = first.path.field("state").field("terminated");
    let reason = PodMisleading::NotReadyByCompletion {
        completed: completed
            .iter()
            .map(|seen| seen.container.clone())
            .collect(),
        running: view.running_apps(),
    };
    found.push(Misleading { reason, path });
}

/// `Running` of a Pod that is not ready, by a container or by a readiness gate.
fn running(view: &View<'_>, found: &mut Found) {
    let mut path = None;
    let others: Vec<OtherContainer> = view
        .all()
        .into_iter()
        .filter(|seen| seen.container.container_type != ContainerType::Init)
        .filter_map(|seen| {
            let state = match seen.error() {
                Some(error) => error,
                None if seen.is_running() && !seen.status.ready => "not ready".to_owned(),
                None if seen.terminated().is_some() => "completed".to_owned(),
                None => return None,
            };
            path.get_or_insert_with(|| seen.path.field("ready"));
            Some(OtherContainer {
                container: seen.container,
                state,
            })
        })
        .collect();
    match path {
        Some(path) => found.push(Misleading {
            reason: PodMisleading::NotReadyContainers { others },
            path,
        }),
        None => readiness_gates(view, found),
    }
}

fn readiness_gates(view: &View<'_>, found: &mut Found) {
    let gates = view.spec().and_then(|spec| spec.readiness_gates.as_deref());
    let is_true = view.true_conditions();
    let conditions: Vec<String> = gates
        .unwrap_or_default()
        .iter()
        .map(|gate| gate.condition_type.clone())
        .filter(|kind| !is_true.contains(kind.as_str()))
        .collect();
    if conditions.is_empty() || view.is_true("Ready") {
        return;
    }
    let path = FieldPath::root().field("spec").field("readinessGates");
    found.push(Misleading {
        reason: PodMisleading::ReadinessGates { conditions },
        path,
    });
}
