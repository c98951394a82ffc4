//! Looking for stuck states in what is known of an object.

use std::collections::HashMap;

use serde_json::Value;

use super::held::by_person;
use super::{ROWS, Row, Seen};
use crate::wait::answer::{Culprit, Evidence};
use crate::wait::fields::{
    condition, container_statuses, deciding_statuses, items_at, name, number_at, pod_ended,
    pod_is_alive, pod_is_to_end, text, text_at, true_condition, uid,
};
use crate::wait::scene::{Note, Scene};

/// A stuck state that was seen.
#[derive(Clone, Debug)]
pub(crate) struct Stuck {
    /// Which.
    pub row: &'static Row,
    /// What to tell.
    pub evidence: Evidence,
}

/// The first state of the table that the object, or one of its Pods, is in.
pub(crate) fn look(scene: &Scene) -> Option<Stuck> {
    let pods = Pods::of(scene);
    ROWS.iter().find_map(|row| {
        let evidence = match row.seen {
            Seen::Waiting(reasons) => {
                pods.halted(|pod| waiting(pod, container_statuses(pod), reasons))
            }
            Seen::WaitingToEnd(reasons) => pods.halted(|pod| {
                let statuses = || in_the_way(pod).into_iter();
                let found = || waiting(pod, statuses(), reasons);
                let found = || found().or_else(|| crashed(pod, statuses()));
                pod_is_to_end(pod).then(found).flatten()
            }),
            Seen::Unschedulable => {
                let mut alive = pods.alive.iter();
                alive.find_map(|pod| unschedulable(pods.notes_of(pod), pod))
            }
            Seen::FailedCreate => failed_create(scene),
            Seen::Held(hold) => by_person(scene, hold).map(|held| held.evidence),
            Seen::Volumes(reasons) => pods.halted(|pod| volumes(pods.notes_of(pod), pod, reasons)),
        };
        evidence.map(|evidence| Stuck { row, evidence })
    })
}

/// The Pods of a scene as most rows need them: there may be thousands, and each row
/// looks at them.
struct Pods<'a> {
    /// Those that are neither at their end nor told to stop.
    alive: Vec<&'a Value>,
    /// Those of them with a container that waits or has ended.
    halted: Vec<&'a Value>,
    notes: HashMap<&'a str, Vec<&'a Note>>,
}

impl<'a> Pods<'a> {
    fn of(scene: &Scene<'a>) -> Self {
        let is_halted = |pod: &&Value| {
            container_statuses(pod).any(|status| {
                let state = status.get("state");
                ["waiting", "terminated"]
                    .iter()
                    .any(|word| state.is_some_and(|state| state.get(word).is_some()))
            })
        };
        let alive: Vec<&Value> = scene
            .pods
            .iter()
            .copied()
            .filter(|pod| pod_is_alive(pod))
            .collect();
        let halted = alive.iter().copied().filter(is_halted).collect();
        let mut notes: HashMap<&str, Vec<&Note>> = HashMap::new();
        for note in &scene.notes {
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

    fn notes_of(&self, pod: &Value) -> &[&'a Note] {
        self.notes.get(uid(pod)).map_or(&[], Vec::as_slice)
    }
}

/// The statuses of the containers that can keep a Pod from its end: a sidecar
/// does not, once the containers that decide have been started.
fn in_the_way(pod: &Value) -> Vec<&Value> {
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
        if let Some(code) = number_at(status, "/lastState/terminated/exitCode") {
            said.push_str(&format!("; it exited {code} and {}", restarted(status)));
        }
        let culprit = Culprit {
            pod: name(pod).to_owned(),
            container: container.to_owned(),
        };
        Some(Evidence::new(reason, said).blaming(Some(culprit)))
    })
}

fn restarted(status: &Value) -> String {
    match number_at(status, "/restartCount").unwrap_or(0) {
        1 => "was restarted once".to_owned(),
        restarts => format!("was restarted {restarts} times"),
    }
}

/// A container that crashes again and again, and is about to be started once
/// more. The kubelet says CrashLoopBackOff only when it looks at the Pod again
/// after it has put the start off (pkg/kubelet/kubelet_pods.go,
/// `convertToAPIContainerStatuses`: `reasonCache`); on a busy node that is most
/// of the time that the back-off takes.
fn crashed<'a>(pod: &Value, mut statuses: impl Iterator<Item = &'a Value>) -> Option<Evidence> {
    if text_at(pod, "/spec/restartPolicy") != "OnFailure" {
        return None;
    }
    statuses.find_map(|status| {
        let code = number_at(status, "/state/terminated/exitCode").filter(|code| *code != 0)?;
        number_at(status, "/restartCount").filter(|restarts| *restarts > 0)?;
        let container = text(status, "name");
        let said = format!(
            "pod {}, container {container}: it exited {code} and {}",
            name(pod),
            restarted(status)
        );
        let culprit = Culprit {
            pod: name(pod).to_owned(),
            container: container.to_owned(),
        };
        Some(Evidence::new("CrashLoopBackOff", said).blaming(Some(culprit)))
    })
}

/// What the scheduler says; a node that an autoscaler has asked for may come.
fn unschedulable(notes: &[&Note], pod: &Value) -> Option<Evidence> {
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

/// A controller that has no Pod and was refused one. The refusal is an event
/// only: quota, Pod Security, a missing ServiceAccount, an admission webhook. It
/// is over when a Pod was created after it.
fn failed_create(scene: &Scene) -> Option<Evidence> {
    let object = scene.object;
    if scene.kind() == "Pod" || true_condition(object, "Suspended").is_some() {
        return None;
    }
    if number_at(object, "/status/active").unwrap_or(0) > 0
        || scene.pods.iter().any(|pod| !pod_ended(pod))
    {
        return None;
    }
    // A Deployment's ReplicaSet is refused in the Deployment's stead.
    let concerns = |note: &Note| {
        let is_own = note.uid == uid(object)
            || scene.kind() == "Deployment" && is_own_replica_set(note, object);
        is_own && note.is_of_controller()
    };
    let notes: Vec<&Note> = scene
        .notes
        .iter()
        .copied()
        .filter(|n| concerns(n))
        .collect();
    let note = last_of(&notes, &["FailedCreate"], &["SuccessfulCreate"])?;
    let pods = scene.pods.iter();
    let newest = pods
        .filter_map(|pod| text_at(pod, "/metadata/creationTimestamp").get(..19))
        .max();
    if newest.is_some_and(|newest| !note.at.is_empty() && newest >= note.at.as_str()) {
        return None;
    }
    let said = format!("no Pod can be created: {}", note.message);
    Some(Evidence::new("FailedCreate", said))
}

/// Whether an event tells of a ReplicaSet of a Deployment. The name alone does not
/// say so: one that nobody controls, or an Argo Rollout, may have the like. The
/// Deployment's conditions name its new ReplicaSet, and say that one of its own is
/// refused (pkg/controller/deployment/progress.go, `syncRolloutStatus`).
fn is_own_replica_set(note: &Note, deployment: &Value) -> bool {
    let quoted = format!("\"{}\"", note.name);
    let progressing = condition(deployment, "Progressing");
    let is_named = progressing.is_some_and(|c| text(c, "message").contains(&quoted));
    note.deployment() == Some(name(deployment))
        && (is_named || true_condition(deployment, "ReplicaFailure").is_some())
}

/// The last note with one of the reasons, unless one came later, or in the same
/// second, that says that it is over.
fn last_of<'a>(notes: &[&'a Note], reasons: &[&str], over: &[&str]) -> Option<&'a Note> {
    let is = |note: &&&Note, reasons: &[&str]| reasons.contains(&note.reason.as_str());
    let last = *notes.iter().rfind(|note| is(note, reasons))?;
    let place = |note: &Note| notes.iter().position(|other| std::ptr::eq(*other, note));
    let passed = notes
        .iter()
        .filter(|note| is(note, over))
        .any(|note| place(note) > place(last) || !note.at.is_empty() && note.at >= last.at);
    (!passed).then_some(last)
}

/// A Pod with a node whose containers are not created yet, and why.
fn volumes(notes: &[&Note], pod: &Value, reasons: &[&str]) -> Option<Evidence> {
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
    // All volumes are there before the first image is pulled.
    let over = ["Pulling", "Pulled", "Created"];
    let attached = ["SuccessfulAttachVolume", "Pulling", "Pulled", "Created"];
    let over: &[&str] = if reasons.contains(&"FailedAttachVolume") {
        &attached
    } else {
        &over
    };
    let note = last_of(notes, reasons, over)?;
    let said = format!("pod {}: {}", name(pod), note.message);
    Some(Evidence::new(&note.reason, said))
}
