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
            // The reason why the wait ended gives the code.
            Self::Succeeded | Self::Met | Self::Unfinished => Exit::Success,
            Self::Failed => Exit::Failure,
            Self::Deleted => Exit::NotFound,
            Self::Stuck => Exit::Stuck,
            Self::TimedOut => Exit::TimedOut,
        }
    }
}

impl Wait<'_> {
    /// The exit code that the ends of the targets come to.
    pub(super) fn verdict(&self) -> Exit {
        let exit = match (self.exit(), &self.options.exit_code_from) {
            (Exit::Success | Exit::Failure, Some(container)) => {
                self.exit_code_of(container).unwrap_or(Exit::Failure)
            }
            (exit, _) => exit,
        };
        self.unless_removed(exit)
    }

    /// The exit code of a run that is cut off here: where something is still to be
    /// deleted, the run is not good yet.
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

    /// The exit code of a container; the first target whose code is not 0 counts.
    /// A target that failed never gives 0: where this container is not to blame,
    /// the code is that of the failure.
    /// None where it has not ended.
    pub(super) fn exit_code_of(&self, container: &str) -> Option<Exit> {
        let mut codes = Vec::new();
        let mut failed = false;
        for (_, target) in self.engine.targets() {
            let end = target.end();
            let pods = self.engine.pods(target);
            let is_failed = end.is_some_and(|end| end.outcome == Outcome::Failed);
            failed |= is_failed;
            let has_failed = is_failed || target.last_seen().is_some_and(|o| says_failed(&o));
            codes.extend(end.and_then(|end| container_code(end, &pods, has_failed, container)));
        }
        if codes.is_empty() {
            return None;
        }
        Some(match codes.into_iter().find(|code| *code != 0) {
            // A container's exit code has eight bits; what has more is a failure still.
            Some(code) => Exit::Container(u8::try_from(code).unwrap_or(1)),
            None if failed => Exit::Failure,
            None => Exit::Container(0),
        })
    }
}

/// How a container ended in the Pods of a target, which come by age. Of several
/// Pods the one to blame counts; then, where the target failed, the last that did not
/// end with 0, and where it did not, the last that succeeded. What did not fail never
/// gives the code of a Pod that failed, nor that of a run before the one that runs.
fn container_code(end: &End, pods: &[&Value], has_failed: bool, container: &str) -> Option<i64> {
    let code_in = |pod: &&Value| {
        let mut statuses = container_statuses(pod);
        let status = statuses.find(|status| text(status, "name") == container)?;
        let last = || number_at(status, "/lastState/terminated/exitCode").filter(|_| has_failed);
        number_at(status, "/state/terminated/exitCode").or_else(last)
    };
    let failing_container = end.evidence.failing_container.as_ref();
    let to_blame = pods.iter().find(|pod| {
        failing_container.is_some_and(|failing_container| failing_container.pod == name(pod))
    });
    let failed = end.outcome == Outcome::Failed;
    let phase = |pod: &Value| text_at(pod, "/status/phase").to_owned();
    let fits = |pod: &&&Value| match code_in(pod) {
        Some(code) if failed => code != 0,
        Some(_) => phase(pod) == "Succeeded",
        None => false,
    };
    let may_tell = |pod: &&&Value| has_failed || phase(pod) != "Failed";
    let code = to_blame.and_then(code_in);
    code.filter(|code| !failed || *code != 0)
        .or_else(|| pods.iter().rev().find(fits).and_then(code_in))
        .or_else(|| pods.iter().rev().filter(may_tell).find_map(code_in))
}

/// Whether the status of an object is failed, even if that was waited for.
fn says_failed(object: &Value) -> bool {
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
    fn of_several_pods_the_right_one_gives_the_code() {
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
            // What went well gives the code of the Pod that succeeded, at any place,
            (Succeeded, "", &[&good, &bad][..], false, Some(0)),
            (Succeeded, "", &[&bad, &good], false, Some(0)),
            // and never that of one that failed.
            (Succeeded, "", &[&bad], false, None),
            (Succeeded, "", &[&again], false, None),
            (Succeeded, "", &[&runs], false, None),
            // What failed gives that of the Pod to blame, then of the last that failed.
            (Failed, "bad", &[&bad, &worse], true, Some(3)),
            (Failed, "", &[&bad, &worse, &good], true, Some(4)),
            (Failed, "good", &[&bad, &good], true, Some(3)),
            (Failed, "", &[&again], true, Some(5)),
            (Failed, "", &[&good], true, Some(0)),
            (Failed, "", &[], true, None),
            // That it failed was what was waited for.
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
    fn an_object_says_itself_that_it_has_failed() {
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
            assert_eq!(says_failed(&object), failed, "{object}");
        }
    }
}
