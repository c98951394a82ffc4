//! The exit code of a wait: of the outcomes of its targets, or of a container.

use serde_json::Value;

use super::engine::{End, Outcome};
use super::session::Wait;
use crate::exit::Exit;
use pod_model::status::WorkloadKind;
use pod_model::status::fields::{
    container_statuses, name, number_at, text, text_at, true_condition,
};

impl Outcome {
    /// Returns the exit code of a wait in which all targets ended so.
    pub(super) fn exit(self) -> Exit {
        match self {
            // The end of the whole wait sets the code.
            Self::Succeeded | Self::Met | Self::Unfinished => Exit::Success,
            Self::Failed => Exit::Failure,
            Self::Deleted => Exit::NotFound,
            Self::Stuck => Exit::Stuck,
            Self::TimedOut => Exit::TimedOut,
        }
    }
}

impl Wait<'_> {
    /// Returns the exit code of the outcomes so far.
    pub(super) fn verdict(&self) -> Exit {
        let exit = match (self.exit(), &self.options.exit_code_from) {
            (Exit::Success | Exit::Failure, Some(container)) => {
                self.exit_code_of(container).unwrap_or(Exit::Failure)
            }
            (exit, _) => exit,
        };
        self.unless_removed(exit)
    }

    /// Returns the exit code of a run that is cut off now: it has not succeeded if something has
    /// still to be deleted.
    pub(super) fn unless_removed(&self, exit: Exit) -> Exit {
        if self.options.remove {
            exit.worse(Exit::TimedOut)
        } else {
            exit
        }
    }

    pub(super) fn exit(&self) -> Exit {
        let ends = self.engine.targets().map(|(_, target)| {
            let end = target.end();
            end.map_or(Exit::TimedOut, |end| end.outcome.exit())
        });
        ends.fold(Exit::Success, Exit::worse)
    }

    /// Returns the exit code of a container, or `None` if it has ended in no target. The first one
    /// that is not 0 counts. If a target failed it is never 0: if this container has not failed,
    /// the code is that of the failure.
    pub(super) fn exit_code_of(&self, container: &str) -> Option<Exit> {
        let mut codes = Vec::new();
        let mut failed = false;
        for (_, target) in self.engine.targets() {
            let end = target.end();
            let pods = self.engine.pods(target);
            let is_failed = end.is_some_and(|end| end.outcome == Outcome::Failed);
            failed |= is_failed;
            let has_failed = is_failed || target.last_seen().is_some_and(|o| has_failed_status(&o));
            codes.extend(end.and_then(|end| container_code(end, &pods, has_failed, container)));
        }
        if codes.is_empty() {
            return None;
        }
        Some(match codes.into_iter().find(|code| *code != 0) {
            // An exit code has eight bits; a larger one is a failure, too.
            Some(code) => Exit::Container(u8::try_from(code).unwrap_or(1)),
            None if failed => Exit::Failure,
            None => Exit::Container(0),
        })
    }
}

/// Returns the exit code of a container in the Pods of a target, the oldest first. The first row
/// with a code counts; Pods in which the container has not ended are skipped.
///
/// | Pod | if the target failed | otherwise |
/// |---|---|---|
/// | the Pod of the failing container | code other than 0 | any code |
/// | the newest Pod with a code | other than 0 | of a Pod that succeeded |
/// | the newest Pod with a code | any code | of a Pod that has not failed |
///
/// `lastState` of a restarted container counts only if the target failed.
fn container_code(end: &End, pods: &[&Value], has_failed: bool, container: &str) -> Option<i64> {
    let code_in = |pod: &&Value| {
        let mut statuses = container_statuses(pod);
        let status = statuses.find(|status| text(status, "name") == container)?;
        let last = || number_at(status, "/lastState/terminated/exitCode").filter(|_| has_failed);
        number_at(status, "/state/terminated/exitCode").or_else(last)
    };
    let failing_container = end.evidence.failing_container.as_ref();
    let failing_pod = pods.iter().find(|pod| {
        failing_container.is_some_and(|failing_container| failing_container.pod == name(pod))
    });
    let failed = end.outcome == Outcome::Failed;
    let phase = |pod: &Value| text_at(pod, "/status/phase").to_owned();
    let fits = |pod: &&&Value| match code_in(pod) {
        Some(code) if failed => code != 0,
        Some(_) => phase(pod) == "Succeeded",
        None => false,
    };
    let may_count = |pod: &&&Value| has_failed || phase(pod) != "Failed";
    let code = failing_pod.and_then(code_in);
    code.filter(|code| !failed || *code != 0)
        .or_else(|| pods.iter().rev().find(fits).and_then(code_in))
        .or_else(|| pods.iter().rev().filter(may_count).find_map(code_in))
}

/// Returns whether an object has failed by its own status, even if that was waited for.
fn has_failed_status(object: &Value) -> bool {
    match WorkloadKind::of_object(object) {
        WorkloadKind::Job => ["Failed", "FailureTarget"]
            .into_iter()
            .any(|kind| true_condition(object, kind).is_some()),
        WorkloadKind::Pod => text_at(object, "/status/phase") == "Failed",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use pod_model::status::{Evidence, FailingContainer};

    fn pod(name: &str, phase: &str, status: &Value) -> Value {
        let mut status = status.clone();
        status["name"] = "c".into();
        json!({"kind": "Pod", "metadata": {"name": name},
            "status": {"phase": phase, "containerStatuses": [status]}})
    }

    fn code(outcome: Outcome, blamed: &str, pods: &[&Value], has_failed: bool) -> Option<i64> {
        let failing_container = (!blamed.is_empty()).then(|| FailingContainer {
            pod: blamed.to_owned(),
            container: "c".to_owned(),
        });
        let end = End {
            outcome,
            evidence: Evidence::new("R", "").with_failing_container(failing_container),
            at: Duration::ZERO,
        };
        container_code(&end, pods, has_failed, "c")
    }

    #[test]
    fn the_code_is_that_of_the_failing_or_succeeded_pod() {
        use Outcome::{Failed, Met, Succeeded};
        let ended = |code: u8| json!({"state": {"terminated": {"exitCode": code}}});
        let good = pod("good", "Succeeded", &ended(0));
        let bad = pod("bad", "Failed", &ended(3));
        let worse = pod("worse", "Failed", &ended(4));
        let runs = pod("runs", "Running", &json!({"state": {"running": {}}}));
        let mut again = pod("again", "Running", &json!({"state": {"running": {}}}));
        again["status"]["containerStatuses"][0]["lastState"] =
            json!({"terminated": {"exitCode": 5}});
        for (outcome, blamed, pods, has_failed, expected) in [
            // A success has the code of the Pod that succeeded, at any place,
            (Succeeded, "", &[&good, &bad][..], false, Some(0)),
            (Succeeded, "", &[&bad, &good], false, Some(0)),
            // and never that of one that failed.
            (Succeeded, "", &[&bad], false, None),
            (Succeeded, "", &[&again], false, None),
            (Succeeded, "", &[&runs], false, None),
            // A failure has that of the failing Pod, then of the last that failed.
            (Failed, "bad", &[&bad, &worse], true, Some(3)),
            (Failed, "", &[&bad, &worse, &good], true, Some(4)),
            (Failed, "good", &[&bad, &good], true, Some(3)),
            (Failed, "", &[&again], true, Some(5)),
            (Failed, "", &[&good], true, Some(0)),
            (Failed, "", &[], true, None),
            // The failure was waited for.
            (Met, "", &[&bad], true, Some(3)),
        ] {
            let names: Vec<&str> = pods.iter().map(|pod| name(pod)).collect();
            assert_eq!(
                code(outcome, blamed, pods, has_failed),
                expected,
                "{outcome:?} {blamed} {names:?}"
            );
        }
    }

    #[test]
    fn failed_jobs_and_pods_have_a_failed_status() {
        let job = |kind: &str, status: &str| json!({"kind": "Job", "status": {"conditions": [{"type": kind, "status": status}]}});
        for (object, failed) in [
            (pod("p", "Failed", &json!({})), true),
            (pod("p", "Succeeded", &json!({})), false),
            (pod("p", "Running", &json!({})), false),
            (json!({"kind": "Pod"}), false),
            (job("Failed", "True"), true),
            (job("FailureTarget", "True"), true),
            (job("Failed", "False"), false),
            (job("Complete", "True"), false),
            (
                json!({"kind": "Deployment", "status": {"phase": "Failed"}}),
                false,
            ),
        ] {
            assert_eq!(has_failed_status(&object), failed, "{object}");
        }
    }
}
