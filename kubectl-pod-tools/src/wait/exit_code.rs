//! The exit code that the ends of the targets come to, or that a container gives.

use serde_json::Value;

use super::engine::{End, Outcome};
use super::fields::{container_statuses, name, number_at, text, text_at};
use super::run::Wait;
use crate::exit::Exit;

impl Wait<'_> {
    /// The exit code that the ends of the targets come to.
    pub(super) fn verdict(&self) -> Exit {
        match (self.exit(), &self.options.exit_code_from) {
            (exit @ (Exit::Yes | Exit::No), Some(container)) => {
                self.exit_code_of(container).unwrap_or(exit)
            }
            (exit, _) => exit,
        }
    }

    pub(super) fn exit(&self) -> Exit {
        let ends = self.engine.targets().map(|(_, target)| {
            let end = target.end.as_ref();
            end.map_or(Exit::TimedOut, |end| end.outcome.exit())
        });
        ends.fold(Exit::Yes, Exit::worse)
    }

    /// The exit code of a container; the first target whose code is not 0 counts.
    /// A target that failed never gives 0: where this container is not to blame,
    /// the code is that of the failure.
    /// None where it has not ended.
    pub(super) fn exit_code_of(&self, container: &str) -> Option<Exit> {
        let mut codes = Vec::new();
        let mut failed = false;
        for (_, target) in self.engine.targets() {
            let end = target.end.as_ref();
            let pods = self.engine.pods(target);
            failed |= end.is_some_and(|end| end.outcome == Outcome::Failed);
            codes.extend(end.and_then(|end| container_code(end, &pods, container)));
        }
        if codes.is_empty() {
            return None;
        }
        Some(match codes.into_iter().find(|code| *code != 0) {
            // A container's exit code has eight bits; what has more is a failure still.
            Some(code) => Exit::Container(u8::try_from(code).unwrap_or(1)),
            None if failed => Exit::No,
            None => Exit::Container(0),
        })
    }
}

/// How a container ended in the Pods of a target, which come by age. Of several
/// Pods the one to blame counts; then, where it failed, the last that did not end
/// with 0, and where it did not, the last that succeeded.
fn container_code(end: &End, pods: &[&Value], container: &str) -> Option<i64> {
    let code_in = |pod: &&Value| {
        let mut statuses = container_statuses(pod);
        let status = statuses.find(|status| text(status, "name") == container)?;
        let last = || number_at(status, "/lastState/terminated/exitCode");
        number_at(status, "/state/terminated/exitCode").or_else(last)
    };
    let culprit = end.evidence.culprit.as_ref();
    let to_blame = pods
        .iter()
        .find(|pod| culprit.is_some_and(|culprit| culprit.pod == name(pod)));
    let failed = end.outcome == Outcome::Failed;
    let fits = |pod: &&&Value| match code_in(pod) {
        Some(code) if failed => code != 0,
        Some(_) => text_at(pod, "/status/phase") == "Succeeded",
        None => false,
    };
    let code = to_blame.and_then(code_in);
    code.filter(|code| !failed || *code != 0)
        .or_else(|| pods.iter().rev().find(fits).and_then(code_in))
        .or_else(|| pods.iter().rev().find_map(code_in))
}
