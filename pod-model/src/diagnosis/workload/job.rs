//! Jobs.
//!
//! Upstream: `syncJob` in pkg/controller/job/job_controller.go; [`crate::job`] has its rules.

use k8s_openapi::api::batch::v1::Job;

use super::job_failed::{failed, number};
use super::job_retries::{crashes, failures, ignored, index_failed, restarts};
use super::refused;
use super::scene::{OwnPod, State, WorkloadScene, of_pods};
use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::table::{self as rows, CauseRow};
use crate::job::{JOB_CONTROLLER, recorded_end};
use crate::prose::list;
use crate::verdict::Verdict;

/// Seconds in which the first Pods of a Job are created.
const JUST_NOW: i64 = 60;

pub(super) fn state(scene: &WorkloadScene<'_>, own: &Job, pods: &[OwnPod<'_>]) -> State {
    if let Some(end) = recorded_end(own) {
        if end.is_success() {
            return State {
                words: "has succeeded".to_owned(),
                causes: Vec::new(),
                verdict: Verdict::Ok,
                since: own
                    .status
                    .as_ref()
                    .and_then(|own| own.completion_time.as_ref())
                    .map(|time| time.0),
            };
        }
        return failed(scene, own, end.reason(), pods);
    }
    let causes = running(scene, own, pods);
    let verdict = causes
        .first()
        .map_or(Verdict::Unknown, |cause| cause.verdict);
    State {
        words: "has not ended".to_owned(),
        since: causes.first().and_then(|cause| cause.since),
        causes,
        verdict,
    }
}

fn running(scene: &WorkloadScene<'_>, own: &Job, pods: &[OwnPod<'_>]) -> Vec<Cause> {
    let spec = own.spec.as_ref();
    let status = own.status.as_ref();
    if let Some(manager) = spec
        .and_then(|spec| spec.managed_by.as_deref())
        .filter(|own| *own != JOB_CONTROLLER)
    {
        return vec![
            Cause::new(
                &rows::JOB_MANAGED_BY,
                format!("{manager} is responsible for it; the built-in controller does nothing"),
            )
            .may_pass()
            .shown_by([Evidence::field("spec.managedBy", manager)])
            .advise(format!(
                "See whether the controller {manager} runs, and what it says of the Job."
            )),
        ];
    }
    if spec.and_then(|spec| spec.suspend) == Some(true) {
        return vec![
            Cause::new(&rows::JOB_SUSPENDED, "it is suspended: nothing runs before somebody sets spec.suspend to false")
                .may_pass()
                .shown_by([Evidence::field("spec.suspend", "true")])
                .advise(format!(
                    "A queue such as Kueue resumes it when it admits it; by hand: kubectl patch {} -p '{{\"spec\":{{\"suspend\":false}}}}'",
                    scene.argument()
                )),
        ];
    }
    if spec.and_then(|spec| spec.parallelism) == Some(0) {
        return vec![
            Cause::new(
                &rows::JOB_PARALLELISM_ZERO,
                "its parallelism is 0, so that no Pod is created",
            )
            .may_pass()
            .shown_by([Evidence::field("spec.parallelism", "0")])
            .advise("Set parallelism to 1 or more."),
        ];
    }
    let active = number(status.and_then(|status| status.active));
    let refusal = refused::newest(scene.events).map(|event| {
        refused::cause(&event.message, "Pod")
            .shown_by([event.evidence()])
            .since(event.first)
    });
    if active == 0
        && let Some(cause) = refusal
    {
        return vec![cause];
    }
    if let Some(cause) = held(pods).or_else(|| index_failed(scene, own, pods)) {
        return vec![cause];
    }
    let restarts = restarts(scene, own, pods);
    // Restarts count as failures do, with restartPolicy OnFailure.
    let counts = |pod: &&OwnPod<'_>| restarts.is_some() && crashes(pod);
    let live = pods.iter().filter(|pod| !pod.scene.has_ended());
    let sick: Vec<Cause> = of_pods(live.filter(|pod| !counts(pod)))
        .into_iter()
        .filter(|cause| cause.verdict == Verdict::No || is_in_the_way(cause))
        .collect();
    if !sick.is_empty() {
        return sick
            .into_iter()
            .map(|mut cause| {
                cause.message.push_str(
                    "; a Pod that does not start or end is no failure, so that the Job goes on",
                );
                cause
            })
            .chain(restarts)
            .collect();
    }
    vec![
        restarts
            .or_else(|| ignored(own, pods))
            .or_else(|| some_refused(own, active, refusal))
            .or_else(|| failures(scene, own, pods))
            .unwrap_or_else(|| runs(scene, own, pods)),
    ]
}

/// Pods that are refused while others run.
fn some_refused(own: &Job, active: i32, refusal: Option<Cause>) -> Option<Cause> {
    let spec = own.spec.as_ref()?;
    let parallelism = spec.parallelism.unwrap_or(1);
    let succeeded = number(own.status.as_ref().and_then(|status| status.succeeded));
    let wanted = match spec.completions {
        Some(completions) => parallelism.min(completions.saturating_sub(succeeded)),
        None => parallelism,
    };
    let mut cause = refusal.filter(|_| active < wanted)?.may_pass();
    cause.message = format!("{active} of {wanted} Pods are active: {}", cause.message);
    Some(cause)
}

/// Returns whether an unknown cause is more than that of a Pod that is on its way.
fn is_in_the_way(cause: &Cause) -> bool {
    const ON_THE_WAY: [&CauseRow; 6] = [
        &rows::STARTING,
        &rows::STARTUP_PROBE_FAILS,
        &rows::INIT_CONTAINER_RUNS,
        &rows::CONTAINER_COMPLETED,
        &rows::TERMINATING,
        &rows::NOT_TAKEN_UP,
    ];
    cause.verdict == Verdict::Unknown && !ON_THE_WAY.contains(&cause.row)
}

/// A Pod whose work is done, and that another container keeps from ending.
fn held(pods: &[OwnPod<'_>]) -> Option<Cause> {
    pods.iter().find_map(|pod| {
        if pod.scene.has_ended() {
            return None;
        }
        let status = pod.scene.pod.status.as_ref()?;
        let statuses = status.container_statuses.as_ref()?;
        let done = |own: &&k8s_openapi::api::core::v1::ContainerStatus| {
            let ended = own.state.as_ref().and_then(|state| state.terminated.as_ref());
            ended.is_some_and(|ended| ended.exit_code == 0)
        };
        let (ended, others): (Vec<_>, Vec<_>) = statuses.iter().partition(done);
        let is_running = |own: &&&k8s_openapi::api::core::v1::ContainerStatus| {
            own.state.as_ref().is_some_and(|state| state.running.is_some())
        };
        let running: Vec<&str> = others.iter().filter(is_running).map(|own| own.name.as_str()).collect();
        if ended.is_empty() || running.is_empty() || running.len() < others.len() {
            return None;
        }
        let ended: Vec<&str> = ended.iter().map(|own| own.name.as_str()).collect();
        let mut cause = Cause::new(
            &rows::JOB_HELD_BY_CONTAINER,
            format!(
                "pod {}: container {} has done its work, and {} still runs, which keeps the Pod and the Job from ending",
                pod.scene.name(),
                list(&ended),
                list(&running)
            ),
        )
        .advise("Make what accompanies the work a sidecar: an init container with restartPolicy Always ends with the others.");
        cause.better_by_itself = BetterByItself::Unknown;
        Some(cause)
    })
}

fn runs(scene: &WorkloadScene<'_>, own: &Job, pods: &[OwnPod<'_>]) -> Cause {
    let status = own.status.as_ref();
    let active = number(status.and_then(|status| status.active));
    let terminating = number(status.and_then(|status| status.terminating));
    let succeeded = number(status.and_then(|status| status.succeeded));
    let completions = own.spec.as_ref().and_then(|spec| spec.completions);
    let of = completions.map_or_else(String::new, |completions| format!(" of {completions}"));
    let mut counts = vec![match active {
        1 => "1 Pod is active".to_owned(),
        active => format!("{active} Pods are active"),
    }];
    if terminating > 0 {
        counts.push(format!("{terminating} terminating"));
    }
    counts.push(format!("{succeeded}{of} succeeded"));
    let live: Vec<_> = pods.iter().filter(|pod| !pod.scene.has_ended()).collect();
    let pods_are_known = usize::try_from(active).is_ok_and(|active| live.len() >= active);
    let all_get_better = live
        .iter()
        .all(|pod| pod.diagnosis.better_by_itself == BetterByItself::Yes);
    let times = [
        own.metadata.creation_timestamp.as_ref(),
        status.and_then(|status| status.start_time.as_ref()),
    ];
    let times = times.into_iter().flatten().map(|time| time.0);
    let is_fine = pods_are_known && all_get_better && !live.is_empty();
    let is_young = pods_are_known && live.is_empty() && scene.has_events;
    let cause = Cause::new(&rows::JOB_RUNNING, list(&counts));
    if is_fine || (is_young && scene.is_within(JUST_NOW, times)) {
        return cause.passes().advise(format!(
            "Wait for its end: kubectl pod-tools wait {}",
            scene.argument()
        ));
    }
    let cause = cause.may_pass();
    if pods_are_known {
        cause.advise(format!(
            "If that lasts, look at its Pods and events: kubectl describe {}",
            scene.argument()
        ))
    } else {
        cause.advise(format!(
            "Ask for its Pods: kubectl pod-tools explain-status {}",
            scene.argument()
        ))
    }
}
