//! Failures of the wait as a whole: a set that was never listed or is too small, a container
//! without an exit code, or a lost cluster.

use super::ci;
use super::engine::{CLUSTER_LOST, End, INTERRUPTED, Outcome};
use super::session::Wait;
use super::subject::{Subject, Which};
use crate::error::Failure;
use crate::exit::Exit;
use crate::signals;
use pod_model::status::Evidence;

/// A failure of the wait as a whole.
pub(super) struct WaitFailure {
    /// The exit code.
    pub exit: Exit,
    /// The outcome and the reason.
    pub end: End,
    /// The groups that it concerns.
    pub groups: Vec<usize>,
}

impl WaitFailure {
    /// Returns the message.
    pub(super) fn message(&self) -> &str {
        &self.end.evidence.message
    }
}

impl Wait<'_> {
    /// Prints and returns the failure of a wait whose time is over, or that has no targets.
    pub(super) fn incomplete(&self) -> Option<WaitFailure> {
        let failure = self.unlisted().or_else(|| self.too_few())?;
        self.ui.error(failure.message());
        if failure.exit == Exit::NotFound {
            self.ui.help(
                "use `--wait-for-creation` or `--expect N` to wait for them until `--timeout`",
            );
        }
        self.annotate(failure.message());
        Some(failure)
    }

    /// Prints and returns the failure of a wait for the exit code of a container that has none.
    pub(super) fn without_code(&self, container: &str) -> WaitFailure {
        let why = format!("no container {container} has ended");
        self.ui.error(&why);
        self.annotate(&why);
        self.for_all_groups(Exit::Failure, Outcome::Failed, "NoExitCode", why)
    }

    /// Returns a failure that concerns all groups.
    pub(super) fn for_all_groups(
        &self,
        exit: Exit,
        outcome: Outcome,
        reason: &str,
        why: String,
    ) -> WaitFailure {
        WaitFailure {
            exit,
            end: self.end(outcome, reason, why),
            groups: (0..self.subjects.len()).collect(),
        }
    }

    /// Returns the failure of a wait that lost its cluster.
    pub(super) fn lost(&self, failure: &Failure) -> WaitFailure {
        self.annotate(&failure.message);
        let end = self.end(Outcome::Unfinished, CLUSTER_LOST, failure.message.clone());
        self.for_sets(failure.exit, end)
    }

    /// Returns the failure of a wait that a signal ended before its sets were listed or large
    /// enough, or when all targets had succeeded but not everything was done.
    pub(super) fn left(&self, signal: Exit) -> Option<WaitFailure> {
        let unlisted: Vec<usize> = self.engine.unlisted().collect();
        let why = match self.engine.count() {
            _ if !unlisted.is_empty() => "no status received".to_owned(),
            (there, expected) if self.engine.too_few() => {
                format!("found {there} of {}", expected.max(1))
            }
            _ if self.all_is_well() => {
                let word = signals::word(signal);
                let why = if self.options.remove {
                    format!("{word} before anything was deleted")
                } else {
                    format!("{word} before everything was reported")
                };
                return Some(self.for_all_groups(signal, Outcome::Unfinished, INTERRUPTED, why));
            }
            _ => return None,
        };
        Some(WaitFailure {
            exit: signal,
            end: self.end(Outcome::Unfinished, INTERRUPTED, why),
            groups: if unlisted.is_empty() {
                sets(self.subjects)
            } else {
                unlisted
            },
        })
    }

    /// Returns whether all targets have succeeded.
    fn all_is_well(&self) -> bool {
        self.engine.targets().all(|(_, target)| {
            let outcome = target.end().map(|end| end.outcome);
            matches!(outcome, Some(Outcome::Succeeded | Outcome::Met))
        })
    }

    /// Returns the failure of sets that were not listed when the time was over: whether they are
    /// empty is not known.
    fn unlisted(&self) -> Option<WaitFailure> {
        let groups: Vec<usize> = self.engine.unlisted().collect();
        if groups.is_empty() || !self.engine.out_of_time() {
            return None;
        }
        let (kinds, server) = (self.kinds(&groups), self.cluster.server());
        let why = format!("timed out: {server} has not listed its {kinds}");
        Some(WaitFailure {
            exit: Exit::TimedOut,
            end: self.end(Outcome::TimedOut, "", why),
            groups,
        })
    }

    fn too_few(&self) -> Option<WaitFailure> {
        if !self.engine.too_few() {
            return None;
        }
        let (there, expected) = self.engine.count();
        let groups: Vec<usize> = (0..self.subjects.len()).collect();
        let kinds = self.kinds(&groups);
        Some(if self.engine.out_of_time() {
            let wanted = expected.max(1);
            let why = format!("timed out: found {there} of {wanted} {kinds}");
            self.for_sets(Exit::TimedOut, self.end(Outcome::TimedOut, "", why))
        } else {
            let why = format!("no {kinds} match");
            self.for_sets(Exit::NotFound, self.end(Outcome::Deleted, "NotFound", why))
        })
    }

    fn end(&self, outcome: Outcome, reason: &str, why: String) -> End {
        End {
            outcome,
            evidence: Evidence::new(reason, why),
            at: self.now(),
        }
    }

    fn for_sets(&self, exit: Exit, end: End) -> WaitFailure {
        WaitFailure {
            exit,
            end,
            groups: sets(self.subjects),
        }
    }

    pub(super) fn kinds(&self, groups: &[usize]) -> String {
        let subjects = groups.iter().filter_map(|group| self.subjects.get(*group));
        let kinds: Vec<String> = subjects.map(|s| s.resource.qualified()).collect();
        kinds.join(", ")
    }

    /// Prints an error annotation of a GitHub workflow.
    fn annotate(&self, message: &str) {
        if ci::under_github() {
            self.ui.runner_command(&ci::annotation("wait", message));
        }
    }
}

/// Returns the groups with a selector.
fn sets(subjects: &[Subject]) -> Vec<usize> {
    let groups = subjects.iter().enumerate();
    let sets = groups.filter(|(_, subject)| matches!(subject.which, Which::Selected(_)));
    sets.map(|(group, _)| group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Resource, Selection};

    /// A report has an item for each of them, and none for what has a name.
    #[test]
    fn only_selected_groups_are_sets() {
        for (chosen, expected) in [
            (&[][..], &[][..]),
            (&[false], &[]),
            (&[true], &[0]),
            (&[true, true, true], &[0, 1, 2]),
            (&[false, true, false, true], &[1, 3]),
            (&[false, false], &[]),
        ] {
            let subject = |is_chosen: &bool| {
                let pods = Resource::built_in("v1", "Pod").unwrap();
                let mut subject = Subject::named(pods, "default", "web");
                if *is_chosen {
                    subject.which = Which::Selected(Selection::named("web"));
                }
                subject
            };
            let subjects: Vec<Subject> = chosen.iter().map(subject).collect();
            assert_eq!(sets(&subjects), expected, "{chosen:?}");
        }
    }
}
