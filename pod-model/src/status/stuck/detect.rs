//! Detection of stuck states.

use std::collections::HashMap;

use serde_json::Value;

use super::hold::find_hold_for_person;
use super::table::{Detector, STUCK_STATES, StuckState};
use crate::status::answer::{Evidence, FailingContainer};
use crate::status::event_note::EventNote;
use crate::status::fields::{
    condition, container_statuses, deciding_statuses, items_at, name, number_at, pod_ended,
    pod_is_alive, pod_runs_to_completion, removed_to_restart, text, text_at, true_condition, uid,
};
use crate::status::observation::Observation;
use crate::status::workload_kind::WorkloadKind;

/// A stuck state that was detected.
#[derive(Clone, Debug)]
pub struct Stuck {
    /// The state.
    pub state: &'static StuckState,
    /// The reason.
    pub evidence: Evidence,
}

/// Finds the first state of the table that the object, or one of its Pods, is in.
pub fn find_stuck(observation: &Observation) -> Option<Stuck> {
    let pods = Pods::of(observation);
    STUCK_STATES.iter().find_map(|state| {
        let evidence = match state.detector {
            Detector::Waiting(reasons) => {
                pods.halted(|pod| waiting(pod, container_statuses(pod), reasons))
            }
            Detector::CrashLoop(reasons) => pods.halted(|pod| {
                let statuses = || blocking_statuses(pod).into_iter();
                let found = || waiting(pod, statuses(), reasons);
                let found = || found().or_else(|| crashed(pod, statuses()));
                pod_runs_to_completion(pod).then(found).flatten()
            }),
            Detector::Unschedulable => {
                let mut alive = pods.alive.iter();
                alive.find_map(|pod| unschedulable(pods.notes_of(pod), pod))
            }
            Detector::FailedCreate => failed_create(observation),
            Detector::Hold(kind) => {
                find_hold_for_person(observation, kind).map(|hold| hold.evidence)
            }
            Detector::Volumes(reasons) => {
                pods.halted(|pod| volumes(pods.notes_of(pod), pod, reasons))
            }
        };
        evidence.map(|evidence| Stuck { state, evidence })
    })
}

/// The Pods of an observation as most states need them: there may be thousands, and each
/// state looks at them.
struct Pods<'a> {
    /// Those that have neither ended nor been asked to terminate.
    alive: Vec<&'a Value>,
    /// Those of them with a waiting or terminated container.
    halted: Vec<&'a Value>,
    notes: HashMap<&'a str, Vec<&'a EventNote>>,
}

impl<'a> Pods<'a> {
    fn of(observation: &Observation<'a>) -> Self {
        let is_halted = |pod: &&Value| {
            container_statuses(pod).any(|status| {
                let state = status.get("state");
                ["waiting", "terminated"]
                    .iter()
                    .any(|word| state.is_some_and(|state| state.get(word).is_some()))
            })
        };
        let alive: Vec<&Value> = observation
            .pods
            .iter()
            .copied()
            .filter(|pod| pod_is_alive(pod))
            .collect();
        let halted = alive.iter().copied().filter(is_halted).collect();
        let mut notes: HashMap<&str, Vec<&EventNote>> = HashMap::new();
        for note in &observation.notes {
            notes.entry(&note.uid).or_default().push(note);
        }
        Self {
            alive,
            halted,
            notes,
        }
    }

    fn halted(&self, look: impl Fn(&Value) -> Option<Evidence>) -> Option<Evidence> {
        self.halted.iter().find_map(|pod| look(pod))
    }

    fn notes_of(&self, pod: &Value) -> &[&'a EventNote] {
        self.notes.get(uid(pod)).map_or(&[], Vec::as_slice)
    }
}

/// Returns the statuses of the containers that can prevent the end of a Pod: not those of
/// sidecars, once the main containers have been started.
fn blocking_statuses(pod: &Value) -> Vec<&Value> {
    let started = items_at(pod, "/status/containerStatuses").any(|status| {
        ["/state/running", "/state/terminated"]
            .iter()
            .any(|state| status.pointer(state).is_some())
    });
    if started {
        deciding_statuses(pod).collect()
    } else {
        container_statuses(pod).collect()
    }
}

fn waiting<'a>(
    pod: &Value,
    mut statuses: impl Iterator<Item = &'a Value>,
    reasons: &[&str],
) -> Option<Evidence> {
    statuses.find_map(|status| {
        let waiting = status.pointer("/state/waiting")?;
        let reason = text(waiting, "reason");
        if !reasons.contains(&reason) {
            return None;
        }
        let container = text(status, "name");
        let mut said = format!("pod {}, container {container}", name(pod));
        match text(waiting, "message") {
            "" => {}
            message => said.push_str(&format!(": {}", message.trim())),
        }
        let last = status.pointer("/lastState/terminated");
        let code = last.filter(|last| !removed_to_restart(last));
        if let Some(code) = code.and_then(|last| number_at(last, "/exitCode")) {
            said.push_str(&format!("; it exited {code} and {}", restarted(status)));
        }
        let failing_container = FailingContainer {
            pod: name(pod).to_owned(),
            container: container.to_owned(),
        };
        Some(Evidence::new(reason, said).with_failing_container(Some(failing_container)))
    })
}

fn restarted(status: &Value) -> String {
    match number_at(status, "/restartCount").unwrap_or(0) {
        1 => "was restarted once".to_owned(),
        restarts => format!("was restarted {restarts} times"),
    }
}

/// A container that crashes repeatedly and is about to be restarted. The kubelet reports
/// CrashLoopBackOff only at its next sync after it has delayed the start
/// (pkg/kubelet/kubelet_pods.go, `convertToAPIContainerStatuses`: `reasonCache`); on a busy
/// node that is after most of the back-off.
fn crashed<'a>(pod: &Value, mut statuses: impl Iterator<Item = &'a Value>) -> Option<Evidence> {
    if text_at(pod, "/spec/restartPolicy") != "OnFailure" {
        return None;
    }
    statuses.find_map(|status| {
        let terminated = status.pointer("/state/terminated");
        let terminated = terminated.filter(|terminated| !removed_to_restart(terminated))?;
        let code = number_at(terminated, "/exitCode").filter(|code| *code != 0)?;
        number_at(status, "/restartCount").filter(|restarts| *restarts > 0)?;
        let container = text(status, "name");
        let said = format!(
            "pod {}, container {container}: it exited {code} and {}",
            name(pod),
            restarted(status)
        );
        let failing_container = FailingContainer {
            pod: name(pod).to_owned(),
            container: container.to_owned(),
        };
        Some(
            Evidence::new("CrashLoopBackOff", said).with_failing_container(Some(failing_container)),
        )
    })
}

/// The scheduler's message, unless an autoscaler has requested a node. A Pod that has a node can
/// keep the condition (kubernetes/kubernetes#139602, mended in 1.37).
fn unschedulable(notes: &[&EventNote], pod: &Value) -> Option<Evidence> {
    if !text_at(pod, "/spec/nodeName").is_empty() {
        return None;
    }
    let scheduled = condition(pod, "PodScheduled")?;
    if text(scheduled, "status") != "False" || text(scheduled, "reason") != "Unschedulable" {
        return None;
    }
    let asked_for = ["TriggeredScaleUp", "Nominated"];
    if notes
        .iter()
        .any(|note| asked_for.contains(&note.reason.as_str()))
    {
        return None;
    }
    let said = format!("pod {}: {}", name(pod), text(scheduled, "message"));
    Some(Evidence::new("Unschedulable", said))
}

/// A controller without Pods that was refused one. The refusal is only an event: quota, Pod
/// Security, a missing ServiceAccount, an admission webhook. A Pod that was created later
/// ends it.
fn failed_create(observation: &Observation) -> Option<Evidence> {
    let object = observation.object;
    if observation.kind() == WorkloadKind::Pod || true_condition(object, "Suspended").is_some() {
        return None;
    }
    if number_at(object, "/status/active").unwrap_or(0) > 0
        || observation.pods.iter().any(|pod| !pod_ended(pod))
    {
        return None;
    }
    // For a Deployment the Pod of its ReplicaSet is refused.
    let concerns = |note: &EventNote| {
        let is_own = note.uid == uid(object)
            || observation.kind() == WorkloadKind::Deployment && is_own_replica_set(note, object);
        is_own && note.is_from_controller()
    };
    let notes: Vec<&EventNote> = observation
        .notes
        .iter()
        .copied()
        .filter(|n| concerns(n))
        .collect();
    let refused_pod = last_of(&notes, &["FailedCreate"], &["SuccessfulCreate"]);
    // Without its Workload a Job makes no Pods (pkg/controller/job/job_scheduling_manager.go).
    let refused_workload = || {
        let reasons = ["FailedWorkloadCreate", "FailedWorkloadCompilation"];
        last_of(&notes, &reasons, &["WorkloadCreated", "SuccessfulCreate"])
    };
    let note = refused_pod.or_else(refused_workload)?;
    let pods = observation.pods.iter();
    let newest = pods
        .filter_map(|pod| text_at(pod, "/metadata/creationTimestamp").get(..19))
        .max();
    if newest.is_some_and(|newest| !note.at.is_empty() && newest >= note.at.as_str()) {
        return None;
    }
    let said = format!("no Pod can be created: {}", note.message);
    Some(Evidence::new(&note.reason, said))
}

/// Returns whether an event is about a ReplicaSet of a Deployment. The name alone does not prove it:
/// one without a controller, or of an Argo Rollout, may look the same. The Deployment's
/// conditions name its new ReplicaSet, and tell that a Pod of its own is refused (pkg/controller/deployment/progress.go, `syncRolloutStatus`).
fn is_own_replica_set(note: &EventNote, deployment: &Value) -> bool {
    let quoted = format!("\"{}\"", note.name);
    let progressing = condition(deployment, "Progressing");
    let is_named = progressing.is_some_and(|c| text(c, "message").contains(&quoted));
    note.deployment() == Some(name(deployment))
        && (is_named || true_condition(deployment, "ReplicaFailure").is_some())
}

/// Returns the last note with one of the reasons, unless a note of a recovery came later or in
/// the same second.
fn last_of<'a>(
    notes: &[&'a EventNote],
    reasons: &[&str],
    recoveries: &[&str],
) -> Option<&'a EventNote> {
    let is = |note: &&&EventNote, reasons: &[&str]| reasons.contains(&note.reason.as_str());
    let last = *notes.iter().rfind(|note| is(note, reasons))?;
    let place = |note: &EventNote| notes.iter().position(|other| std::ptr::eq(*other, note));
    let passed = notes
        .iter()
        .filter(|note| is(note, recoveries))
        .any(|note| place(note) > place(last) || !note.at.is_empty() && note.at >= last.at);
    (!passed).then_some(last)
}

/// A scheduled Pod whose containers are not created because of a volume.
fn volumes(notes: &[&EventNote], pod: &Value, reasons: &[&str]) -> Option<Evidence> {
    let creating = container_statuses(pod).any(|status| {
        matches!(
            text_at(status, "/state/waiting/reason"),
            "ContainerCreating" | "PodInitializing"
        )
    });
    let started = items_at(pod, "/status/initContainerStatuses")
        .any(|status| status.pointer("/state/waiting").is_none());
    if !creating || started {
        return None;
    }
    // All volumes are mounted before the first image is pulled.
    let mounted = ["Pulling", "Pulled", "Created"];
    let attached = ["SuccessfulAttachVolume", "Pulling", "Pulled", "Created"];
    let recoveries: &[&str] = if reasons.contains(&"FailedAttachVolume") {
        &attached
    } else {
        &mounted
    };
    let note = last_of(notes, reasons, recoveries)?;
    let said = format!("pod {}: {}", name(pod), note.message);
    Some(Evidence::new(&note.reason, said))
}
