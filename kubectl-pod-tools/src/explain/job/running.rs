//! The state of a Job whose end is open.

use k8s_openapi::api::core::v1::Pod;
use pod_model::job::{NextPods, Retry, is_active, next_pods};
use pod_model::kubectl_status::pod_row;

use super::parts::{Counts, RetryReport};
use super::scene::{JobScene, State};
use super::suspension::suspended_by;
use super::time::{whole, with_distance};
use super::words::{capital, count};

/// STATUS of a Pod that is on its way.
const ON_ITS_WAY: [&str; 6] = [
    "Running",
    "Pending",
    "ContainerCreating",
    "PodInitializing",
    "Terminating",
    "Completed",
];

/// Returns the state of a Job whose end is open.
pub(super) fn running(scene: &JobScene<'_>, counts: &Counts) -> State {
    let shown = scene.shown;
    let name = scene.job.metadata.name.as_deref().unwrap_or_default();
    if let Some(controller) = scene.rules.external_controller {
        let summary = managed_by(&format!("{shown} is"), controller);
        return State::unfinished("ManagedBy", summary).advise(format!(
            "See whether the controller {controller} runs, and its own log."
        ));
    }
    if scene.job.metadata.deletion_timestamp.is_some() {
        let summary = format!("{shown} is being deleted: no further Pod is created.");
        return State::unfinished("Deleted", summary);
    }
    if scene.rules.is_suspended {
        let who = suspended_by(&scene.job.metadata);
        let who = who.map_or_else(String::new, |who| format!(" {}.", capital(&who)));
        let summary =
            format!("{shown} is suspended: no Pod is created until spec.suspend is false.{who}");
        return State::unfinished("Suspended", summary).advise(format!(
            "To resume it: kubectl patch job {name} -p '{{\"spec\":{{\"suspend\":false}}}}'"
        ));
    }
    if scene.rules.parallelism == 0 && counts.active == 0 {
        let summary =
            format!("{shown} creates no Pods: its parallelism is 0, and it waits for ever.");
        return State::unfinished("NoParallelism", summary)
            .advise("Set spec.parallelism to 1 or more.");
    }
    if let Some(event) = scene
        .events
        .first()
        .filter(|own| own.reason == "FailedCreate")
        && counts.active + counts.terminating == 0
    {
        let message = event.message.trim_end_matches('.');
        let summary =
            format!("{shown} has no Pod, because creating one fails: {message}. It tries again.");
        return State::unfinished("FailedCreate", summary)
            .advise(format!("To see why: {} job/{name}", scene.command));
    }
    if scene.own.unread.is_some() {
        let summary = format!("{shown} has not ended: {}.", progress(scene, counts));
        return State::unfinished("Running", summary);
    }
    match next_pods(&scene.observed()) {
        NextPods::HeldBack { at_once, retries } => held_back(scene, counts, at_once, &retries),
        NextPods::AfterTermination { terminating } => {
            let pods = count(terminating, "Pod");
            let summary = format!(
                "{shown} waits for the end of {pods} before it creates the next: {}.",
                progress(scene, counts)
            );
            State::unfinished("Terminating", summary)
        }
        NextPods::AtOnce { pods } if counts.active == 0 => {
            let summary = format!(
                "{shown} is about to create {}: {}.",
                count(pods, "Pod"),
                progress(scene, counts)
            );
            State::unfinished("Creating", summary)
        }
        NextPods::AtOnce { .. } | NextPods::Enough | NextPods::None => active(scene, counts),
    }
}

/// Says that something is managed by another controller.
pub(super) fn managed_by(who: &str, controller: &str) -> String {
    format!(
        "{who} managed by the controller {controller} (spec.managedBy): the Job controller of Kubernetes does nothing for it."
    )
}

fn active(scene: &JobScene<'_>, counts: &Counts) -> State {
    let shown = scene.shown;
    let name = scene.job.metadata.name.as_deref().unwrap_or_default();
    if let Some(held) = scene.own.pods.iter().find_map(|pod| held(pod)) {
        let summary = format!("{shown} has not ended: {held}.");
        return State::unfinished("HeldByContainer", summary).advise(
            "Make the container that accompanies the work a sidecar: an init container with restartPolicy Always.",
        );
    }
    let stuck = scene.own.pods.iter().find_map(|pod| stuck(scene, pod));
    if let Some((pod, status)) = stuck {
        let limit = match scene.rules.active_deadline_seconds {
            Some(_) => "so only activeDeadlineSeconds ends this",
            None => "so this has no end by itself",
        };
        let summary = format!(
            "{shown} waits for pod/{pod}, whose state is {status}. A Pod that does not start or end is no failure, {limit}."
        );
        return State::unfinished("PodNotRunning", summary)
            .advise(format!("To see why: {} job/{name}", scene.command));
    }
    let summary = format!("{shown} runs: {}.", progress(scene, counts));
    State::unfinished("Running", summary)
}

/// The name and STATUS of an active Pod that is not on its way.
fn stuck(scene: &JobScene<'_>, pod: &Pod) -> Option<(String, String)> {
    let status = pod_row(pod, scene.version).status.text;
    let is_on_its_way = ON_ITS_WAY.contains(&status.as_str())
        || status
            .strip_prefix("Init:")
            .is_some_and(|rest| rest.starts_with(|own: char| own.is_ascii_digit()));
    if !is_active(pod) || is_on_its_way || status == "Error" {
        return None;
    }
    Some((pod.metadata.name.clone().unwrap_or_default(), status))
}

/// A Pod with a container that has done its work and another that runs on.
fn held(pod: &Pod) -> Option<String> {
    let status = pod.status.as_ref()?;
    let statuses = status.container_statuses.as_deref()?;
    let mut done = statuses.iter().filter(|own| {
        let ended = own.state.as_ref().and_then(|own| own.terminated.as_ref());
        ended.is_some_and(|own| own.exit_code == 0)
    });
    let done = done.next()?;
    let mut rest = statuses
        .iter()
        .filter(|own| own.state.as_ref().is_some_and(|own| own.running.is_some()));
    let runs = rest.next().filter(|_| is_active(pod))?;
    Some(format!(
        "container {} of pod/{} has ended with exit code 0, and container {} runs on",
        done.name,
        pod.metadata.name.as_deref().unwrap_or_default(),
        runs.name
    ))
}

fn held_back(scene: &JobScene<'_>, counts: &Counts, at_once: i64, retries: &[Retry]) -> State {
    let shown = scene.shown;
    let first = retries.first();
    let next = first.map_or_else(String::new, |first| {
        let at = with_distance(first.at, scene.now);
        let latest = if first.is_exact { "" } else { " at the latest" };
        match first.index {
            Some(index) => format!("; the next Pod of index {index} comes at {at}{latest}"),
            None => format!("; the next Pod comes at {at}{latest}"),
        }
    });
    let others = match at_once {
        0 => String::new(),
        pods => format!(", and {} at once", count(pods, "Pod")),
    };
    let summary = format!(
        "{shown} waits before it tries again: {}{next}{others}.",
        progress(scene, counts)
    );
    State {
        retries: retries
            .iter()
            .map(|own| RetryReport {
                index: own.index,
                at: whole(own.at),
                is_exact: own.is_exact,
                failures: own.back_off.failures,
            })
            .collect(),
        ..State::unfinished("BackOff", summary)
    }
}

/// The numbers in a phrase: `2 Pods have failed, and it bears 4 more`.
fn progress(scene: &JobScene<'_>, counts: &Counts) -> String {
    let mut parts = Vec::new();
    if counts.active > 0 {
        let is = if counts.active == 1 { "is" } else { "are" };
        parts.push(format!(
            "{} {is} active ({} ready)",
            count(counts.active, "Pod"),
            counts.ready
        ));
    }
    match counts.completions {
        Some(1) => {}
        Some(completions) if scene.rules.is_indexed => parts.push(format!(
            "{} of {completions} indexes have succeeded",
            counts.succeeded
        )),
        Some(completions) => parts.push(format!(
            "{} of {completions} Pods have succeeded",
            counts.succeeded
        )),
        None if counts.succeeded > 0 => {
            parts.push(format!("{} succeeded", count(counts.succeeded, "Pod")));
        }
        None => {}
    }
    if counts.failed > 0 {
        let limit = scene.rules.backoff_limit;
        let more = i64::from(limit) - counts.failed;
        let bears = match more {
            _ if limit == i32::MAX => String::new(),
            ..=0 => ", and it bears no more".to_owned(),
            more => format!(", and it bears {more} more"),
        };
        let have = if counts.failed == 1 { "has" } else { "have" };
        parts.push(format!(
            "{} {have} failed{bears}",
            count(counts.failed, "Pod")
        ));
    }
    if counts.ignored > 0 {
        parts.push(format!(
            "{} by a rule of podFailurePolicy",
            match counts.ignored {
                1 => "1 failure is ignored".to_owned(),
                many => format!("{many} failures are ignored"),
            }
        ));
    }
    if scene.rules.restarts_in_place && counts.restarts > 0 {
        let limit = scene.rules.backoff_limit.max(1);
        parts.push(format!(
            "{}, and it fails at {limit}",
            count(counts.restarts, "restart")
        ));
    }
    if parts.is_empty() {
        parts.push("no Pod has ended yet".to_owned());
    }
    parts.join("; ")
}
