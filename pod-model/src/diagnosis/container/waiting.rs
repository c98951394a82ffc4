//! The cause of a container that waits.
//!
//! Upstream: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
//! pkg/kubelet/container/sync_result.go.

use super::ended;
use super::errors::{config_error, create_error, start_error};
use super::rules;
use super::run::logs;
use crate::container::ContainerType;
use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::images::image;
use crate::diagnosis::scene::{ContainerState, Scene};
use crate::diagnosis::table as rows;
use crate::diagnosis::words::word_after;

/// Returns why a container waits, if its own reason says so.
pub(super) fn cause(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let (reason, message) = container.waiting()?;
    let shown = || {
        let path = container.state_path("state.waiting");
        let text = if message.is_empty() {
            reason.to_owned()
        } else {
            format!("{reason}: {message}")
        };
        Evidence::field(path, text)
    };
    let cause = match reason {
        "" | "ContainerCreating" | "PodInitializing" => return hook_runs(scene, container),
        "CrashLoopBackOff" => return Some(crash_loop(scene, container, message, shown())),
        "PostStartHookError" => ended::post_start(container),
        "CreateContainerConfigError" => config_error(scene, container, message),
        "CreateContainerError" | "PreCreateHookError" | "PreStartHookError" => {
            create_error(scene, container, message)
        }
        "RunContainerError" => start_error(container, message),
        _ => image(scene, container, reason, message)?,
    };
    Some(cause.of(container.name()).shown_by([shown()]))
}

/// The container is started again and again.
fn crash_loop(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    message: &str,
    shown: Evidence,
) -> Cause {
    let ended = container.latest_end();
    let cause = ended.and_then(|ended| ended::cause(scene, container, ended));
    let mut cause = cause.unwrap_or_else(|| {
        let noun = container.noun();
        let row = match container.view.container_type {
            ContainerType::Init => &rows::INIT_CONTAINER_FAILS,
            ContainerType::Sidecar => &rows::SIDECAR_FAILS,
            ContainerType::App | ContainerType::Ephemeral => &rows::EXITS_WITH_ERROR,
        };
        Cause::new(row, format!("{noun} ends again and again"))
            .of(container.name())
            .advise(format!("Read its log: {}", logs(scene, container)))
    });
    let rule = ended.and_then(|ended| rules::applied(scene, container, ended.run.exit_code));
    if let Some((path, action)) = rule {
        let whom = match action.as_str() {
            "RestartAllContainers" => "has all containers of the Pod restarted for it",
            _ => "has it restarted",
        };
        cause
            .message
            .push_str(&format!("; a rule of the container {whom}"));
        cause = cause.shown_by([Evidence::field(path, action)]);
    }
    if let Some(wait) = word_after(message, "back-off ") {
        cause.message.push_str(&format!(
            "; the kubelet waits {wait} before it starts it again"
        ));
    }
    cause.shown_by([shown])
}

/// A postStart hook holds back the status: the container runs, and is reported as waiting.
///
/// Upstream: `startContainer` runs the hook before the sync goes on, and nothing ends it; if it fails, there is an event,
/// and the container is killed.
fn hook_runs(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    container.view.lifecycle?.post_start.as_ref()?;
    let started = scene.events(Some(container.name()), "Started");
    let started = started.first()?;
    // The kubelet reports it before it kills the container, which may take the whole grace period.
    let failed = scene.events(Some(container.name()), "FailedPostStartHook");
    if let Some(failed) = failed.first().filter(|failed| failed.last >= started.last) {
        let shown = [failed.evidence(), started.evidence()];
        return Some(
            ended::post_start(container)
                .shown_by(shown)
                .since(failed.last),
        );
    }
    let path = format!("{}.lifecycle.postStart", container.view.path);
    let mut cause = Cause::new(
        &rows::POST_START_HOOK_RUNS,
        format!(
            "the postStart hook of {} has not ended, and holds back the following containers and all status; it has no time-out",
            container.noun()
        ),
    )
    .of(container.name())
    .may_pass()
    .shown_by([started.evidence()])
    .since(started.last)
    .advise(format!("See what the hook waits for ({path}); a hook that can wait for ever needs a time-out of its own."));
    cause.better_by_itself = BetterByItself::Unknown;
    Some(cause)
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::core::v1::{Event, Pod};
    use serde_json::{Value, json};

    use crate::diagnosis::{PodEvent, Scene, diagnose};
    use crate::version::KubernetesVersion;

    fn first_cause(events: &[Value]) -> String {
        let pod: Pod = serde_json::from_value(json!({
            "metadata": {"name": "web"},
            "spec": {"nodeName": "n", "containers": [
                {"name": "app", "lifecycle": {"postStart": {"exec": {"command": ["warm-up"]}}}}]},
            "status": {"phase": "Pending", "startTime": "2026-01-31T12:00:00Z", "containerStatuses": [
                {"name": "app", "image": "i", "imageID": "", "ready": false, "restartCount": 0,
                 "state": {"waiting": {"reason": "ContainerCreating"}}}]},
        }))
        .unwrap();
        let decoded = events.iter().cloned().map(serde_json::from_value::<Event>);
        let events: Vec<PodEvent> = decoded.map(|event| PodEvent::of(&event.unwrap())).collect();
        let diagnosis = diagnose(&Scene {
            pod: &pod,
            events: &events,
            has_events: true,
            now: None,
            version: KubernetesVersion::V1_37,
            node: None,
            nodes: &[],
            claims: &[],
            volumes: &[],
            keys: &[],
        });
        diagnosis.causes[0].row.id.to_owned()
    }

    fn event(reason: &str, at: &str) -> Value {
        json!({
            "metadata": {}, "reason": reason, "lastTimestamp": at,
            "involvedObject": {"fieldPath": "spec.containers{app}"}
        })
    }

    #[test]
    fn a_hook_that_has_failed_does_not_run_while_its_container_is_killed() {
        let started = event("Started", "2026-01-31T12:00:00Z");
        let failed = event("FailedPostStartHook", "2026-01-31T12:00:00Z");
        let restarted = event("Started", "2026-01-31T12:00:40Z");
        let causes = [
            (vec![started.clone()], "post-start-hook-runs"),
            (vec![started, failed.clone()], "post-start-hook-failed"),
            (vec![failed, restarted], "post-start-hook-runs"),
        ];
        for (events, expected) in causes {
            assert_eq!(first_cause(&events), expected);
        }
    }
}
