//! Jobs.
//!
//! Upstream: `syncJob` in pkg/controller/job/job_controller.go; [`crate::job`] has its rules.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;

use super::refused;
use super::scene::{OwnPod, State, WorkloadScene, of_pods};
use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::table::{self as rows, CauseRow};
use crate::job::{JOB_CONTROLLER, match_failure_policy, recorded_end};
use crate::prose::list;
use crate::verdict::Verdict;

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
        return failed(own, end.reason(), pods);
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

fn number(given: Option<i32>) -> i32 {
    given.unwrap_or(0)
}

fn failed(own: &Job, reason: &str, pods: &[OwnPod<'_>]) -> State {
    let spec = own.spec.as_ref();
    let status = own.status.as_ref();
    let conditions = status
        .and_then(|status| status.conditions.as_deref())
        .unwrap_or_default();
    let condition = conditions.iter().find(|own| {
        matches!(own.type_.as_str(), "Failed" | "FailureTarget") && own.status == "True"
    });
    let is_over = conditions
        .iter()
        .any(|own| own.type_ == "Failed" && own.status == "True");
    let message = condition
        .and_then(|own| own.message.as_deref())
        .unwrap_or_default();
    let of_pod = of_pods(pods.iter().filter(|pod| is_failed(pod)));
    let count = number(status.and_then(|status| status.failed));
    let why = of_pod
        .first()
        .map_or_else(String::new, |cause| format!(": {}", cause.message));
    let name = own.metadata.name.as_deref().unwrap_or_default();
    let main = match reason {
        "DeadlineExceeded" => {
            let seconds = spec.and_then(|spec| spec.active_deadline_seconds).unwrap_or_default();
            Cause::new(
                &rows::JOB_DEADLINE,
                format!("it was active longer than its activeDeadlineSeconds of {seconds} s, and its Pods were ended"),
            )
            .advise("Raise activeDeadlineSeconds, or see why the work takes so long.")
        }
        "PodFailurePolicy" => Cause::new(&rows::JOB_FAILURE_POLICY, format!("a rule of podFailurePolicy failed it: {message}"))
            .advise("The rule says that this exit code must not be tried again: read the log of the Pod that it names."),
        "FailedIndexes" | "MaxFailedIndexesExceeded" => {
            let indexes = status.and_then(|status| status.failed_indexes.as_deref()).unwrap_or_default();
            let most = spec.and_then(|spec| spec.max_failed_indexes);
            let most = match (reason, most) {
                ("MaxFailedIndexesExceeded", Some(most)) => format!(", and maxFailedIndexes allows {most}"),
                _ => String::new(),
            };
            let indexes = if indexes.is_empty() {
                "some indexes failed".to_owned()
            } else if indexes.contains([',', '-']) {
                format!("the indexes {indexes} failed")
            } else {
                format!("index {indexes} failed")
            };
            Cause::new(&rows::JOB_FAILED_INDEXES, format!("{indexes}{most}{why}"))
                .advise("Read the logs of the Pods of these indexes; the others have succeeded, or were ended.")
        }
        _ => backoff(own, count, &why),
    };
    let path = "status.conditions";
    let kind = condition.map_or("Failed", |own| own.type_.as_str());
    let main = main
        .shown_by([Evidence::field(
            path,
            format!("{kind} is True, {reason}: {message}"),
        )])
        .since(
            condition
                .and_then(|own| own.last_transition_time.as_ref())
                .map(|time| time.0),
        );
    // A program that ends with an error of its own is all that there is to say of a Pod; another cause says more.
    let tells_more = of_pod.first().is_some_and(|cause| {
        reason == "BackoffLimitExceeded"
            && *cause.row != rows::EXITS_WITH_ERROR
            && *cause.row != rows::TERMINATING
    });
    let mut causes = of_pod;
    if tells_more {
        causes.insert(1, main);
    } else {
        causes.insert(0, main);
    }
    let words = if is_over {
        "has failed".to_owned()
    } else {
        let ends = number(status.and_then(|status| status.terminating));
        format!("fails for certain, and waits for the end of {ends} Pods")
    };
    debug_assert!(!name.contains('/'), "{name}");
    State {
        words,
        since: causes.first().and_then(|cause| cause.since),
        causes,
        verdict: Verdict::No,
    }
}

fn backoff(own: &Job, count: i32, why: &str) -> Cause {
    let spec = own.spec.as_ref();
    let limit = spec.and_then(|spec| spec.backoff_limit).unwrap_or(6);
    let policy = spec.and_then(|spec| spec.template.spec.as_ref()?.restart_policy.as_deref());
    let (what, logs) = match policy {
        Some("OnFailure") => (
            format!(
                "its containers were restarted as often as backoffLimit {limit} allows, and its Pod was deleted with its logs"
            ),
            "restartPolicy Never keeps the Pods that failed, and their logs.",
        ),
        _ => (
            format!("{count} Pods failed, and backoffLimit {limit} allows {limit}"),
            "Read the log of a Pod that failed.",
        ),
    };
    Cause::new(&rows::JOB_BACKOFF_LIMIT, format!("{what}{why}")).advise(logs)
}

fn is_failed(pod: &OwnPod<'_>) -> bool {
    pod.scene.phase() == "Failed"
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
                .advise("A queue such as Kueue resumes it when it admits it; by hand: kubectl patch job NAME -p '{\"spec\":{\"suspend\":false}}'."),
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
    let event = refused::newest(scene.events);
    if let Some(event) = event.filter(|_| active == 0) {
        return vec![
            refused::cause(&event.message)
                .shown_by([event.evidence()])
                .since(event.first),
        ];
    }
    if let Some(cause) = held(pods) {
        return vec![cause];
    }
    let live = pods.iter().filter(|pod| !pod.scene.has_ended());
    let sick: Vec<Cause> = of_pods(live)
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
            .collect();
    }
    vec![
        ignored(own, pods)
            .or_else(|| retries(own, pods))
            .unwrap_or_else(|| runs(own, active)),
    ]
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

fn ignored(own: &Job, pods: &[OwnPod<'_>]) -> Option<Cause> {
    let policy = own.spec.as_ref()?.pod_failure_policy.as_ref()?;
    let is_ignored = |pod: &Pod| {
        let own = match_failure_policy(policy, pod);
        own.is_some_and(|own| own.action == crate::job::FailureAction::Ignore)
    };
    let ignored = pods
        .iter()
        .filter(|pod| is_failed(pod) && is_ignored(pod.scene.pod))
        .count();
    if ignored == 0 {
        return None;
    }
    Some(
        Cause::new(
            &rows::JOB_FAILURES_IGNORED,
            format!("Pods fail ({ignored} are still there), and a rule of podFailurePolicy ignores that (action Ignore): it tries again for ever, each time after a longer wait, up to 10 minutes"),
        )
        .may_pass()
        .advise("The wait is shown nowhere; see why the Pods fail."),
    )
}

fn retries(own: &Job, pods: &[OwnPod<'_>]) -> Option<Cause> {
    let count = number(own.status.as_ref()?.failed);
    if count == 0 {
        return None;
    }
    let limit = own
        .spec
        .as_ref()
        .and_then(|spec| spec.backoff_limit)
        .unwrap_or(6);
    let of_pod = of_pods(pods.iter().filter(|pod| is_failed(pod)));
    let why = of_pod
        .first()
        .map_or_else(String::new, |cause| format!(" ({})", cause.message));
    let left = limit.saturating_sub(count);
    Some(
        Cause::new(
            &rows::JOB_RETRIES,
            format!("{count} Pods have failed{why}, and it tries again: backoffLimit {limit} allows {left} more failures"),
        )
        .may_pass()
        .advise("See why the Pods fail: kubectl logs of one of them."),
    )
}

fn runs(own: &Job, active: i32) -> Cause {
    let succeeded = number(own.status.as_ref().and_then(|status| status.succeeded));
    let completions = own.spec.as_ref().and_then(|spec| spec.completions);
    let of = completions.map_or_else(String::new, |completions| format!(" of {completions}"));
    Cause::new(
        &rows::JOB_RUNNING,
        format!("{active} Pods are active, and {succeeded}{of} have succeeded"),
    )
    .passes()
    .advise("Wait for its end: kubectl pod-tools wait job/NAME.")
}
