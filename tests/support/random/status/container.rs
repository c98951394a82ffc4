//! The status of one container, as a kubelet writes it.

use serde_json::{Value, json};

use super::super::Rng;
use super::clock::Clock;

/// Reasons of a container that was never created.
const NOT_CREATED: [&str; 14] = [
    "ContainerCreating",
    "ContainerCreating",
    "ContainerCreating",
    "ErrImagePull",
    "ImagePullBackOff",
    "ImagePullBackOff",
    "ErrImageNeverPull",
    "InvalidImageName",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
    "CreateContainerConfigError",
    "CreateContainerError",
    "PreStartHookError",
];

/// Reasons of a container that ran before.
const BETWEEN_RUNS: [&str; 8] = [
    "CrashLoopBackOff",
    "CrashLoopBackOff",
    "CrashLoopBackOff",
    "RunContainerError",
    "PostStartHookError",
    "CreateContainerError",
    "ImagePullBackOff",
    "RestartingAllContainers",
];

/// Reasons, exit codes and signals of runs that have ended badly; runtimes leave out the
/// reason, and old ones gave signals.
const BAD_ENDS: [(&str, i64, i64); 15] = [
    ("Error", 1, 0),
    ("Error", 1, 0),
    ("Error", 2, 0),
    ("Error", 126, 0),
    ("Error", 127, 0),
    ("Error", 137, 0),
    ("Error", 143, 0),
    ("OOMKilled", 137, 0),
    ("OOMKilled", 1, 0),
    ("OOMKilled", 143, 0),
    ("StartError", 128, 0),
    ("ContainerStatusUnknown", 137, 0),
    ("Unknown", 255, 0),
    ("", 3, 0),
    ("", 130, 9),
];

const GOOD_ENDS: [(&str, i64, i64); 5] = [
    ("Completed", 0, 0),
    ("Completed", 0, 0),
    ("Completed", 0, 0),
    ("OOMKilled", 0, 0),
    ("", 0, 0),
];

/// The part of a container's life that its status is of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Not created yet, for one of the reasons or for `PodInitializing`.
    Waiting { initializing: bool },
    /// Runs, passed its startup probe or not, and is ready or not.
    Running { started: bool, ready: bool },
    /// Waits for its next run.
    BetweenRuns,
    /// Has ended, with exit code 0 or another one.
    Ended { well: bool },
}

impl Part {
    pub fn running(rng: &mut Rng) -> Self {
        let started = rng.percent(85);
        let ready = started && rng.percent(80);
        Self::Running { started, ready }
    }

    /// A part that a container may have once the Pod is initialized.
    pub fn any(rng: &mut Rng) -> Self {
        match rng.below(10) {
            0 => Self::Waiting {
                initializing: false,
            },
            1..=4 => Self::running(rng),
            5 | 6 => Self::BetweenRuns,
            _ => Self::Ended {
                well: rng.percent(50),
            },
        }
    }
}

/// The state of a run that has ended.
pub fn terminated(rng: &mut Rng, clock: Clock, well: bool) -> Value {
    let ends = if well { &GOOD_ENDS[..] } else { &BAD_ENDS[..] };
    let (reason, code, signal) = rng.pick(ends);
    let finished = Clock::span(rng);
    let started = finished + Clock::span(rng);
    let mut end = json!({ "exitCode": code, "containerID": "containerd://a" });
    if !reason.is_empty() {
        end["reason"] = reason.into();
    }
    if signal != 0 {
        end["signal"] = signal.into();
    }
    // A process that could not start has no time of its start, and an end that nobody saw
    // has no times at all.
    match reason {
        "ContainerStatusUnknown" => {
            end["startedAt"] = Value::Null;
            end["finishedAt"] = Value::Null;
        }
        "StartError" => {
            end["startedAt"] = "1970-01-01T00:00:00Z".into();
            end["finishedAt"] = clock.ago(finished);
        }
        _ => {
            end["startedAt"] = clock.ago(started);
            end["finishedAt"] = clock.ago(finished);
        }
    }
    end
}

/// The status of a container. `is_init` is a container that has to end before the next one.
pub fn status(rng: &mut Rng, clock: Clock, name: &Value, part: Part, is_init: bool) -> Value {
    let ran_before = match part {
        Part::Waiting { .. } => false,
        Part::BetweenRuns => true,
        Part::Running { .. } | Part::Ended { .. } => rng.percent(35),
    };
    let restarts = if ran_before { 1 + rng.below(9) } else { 0 };
    let mut status = json!({
        "name": name,
        "image": "docker.io/library/nginx:1.29",
        "imageID": "",
        "ready": false,
        "started": false,
        "restartCount": restarts,
        "lastState": {},
    });
    // The garbage collector may have removed the container of the last run.
    if ran_before && rng.percent(92) {
        let well = rng.percent(30);
        status["lastState"] = json!({ "terminated": terminated(rng, clock, well) });
    }
    status["state"] = match part {
        Part::Waiting { initializing } => {
            let reason = if initializing {
                "PodInitializing"
            } else {
                rng.pick(&NOT_CREATED)
            };
            json!({ "waiting": { "reason": reason } })
        }
        Part::BetweenRuns => json!({ "waiting": { "reason": rng.pick(&BETWEEN_RUNS) } }),
        Part::Running { started, ready } => {
            status["started"] = started.into();
            status["ready"] = ready.into();
            json!({ "running": { "startedAt": clock.past(rng) } })
        }
        Part::Ended { well } => {
            status["ready"] = (is_init && well).into();
            json!({ "terminated": terminated(rng, clock, well) })
        }
    };
    status
}
