//! `--rm`: deletes targets whose objects have ended, and records which are not deleted.
//!
//! A target that met its condition may still run: a Ready Pod, a Job that was only waited to be
//! created, a Deployment. Its object is kept.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::time::Instant;

use super::engine::{INTERRUPTED, Outcome, Target};
use super::left_behind::LeftBehind;
use super::session::{Wait, reached};
use crate::cluster::{Cluster, Resource};
use crate::error::Failure;
use crate::exit::Exit;
use crate::signals::{self, Claim};
use crate::ui::Ui;
use pod_model::status::WorkloadKind;
use pod_model::status::fields::{items_at, number_at, text_at};

/// The result of `--rm`.
#[derive(Debug, Default)]
pub(super) struct Removal {
    undeleted: Vec<Undeleted>,
    /// The signal or the time-out that ended it early.
    cut_short: Option<Exit>,
}

/// An object that has ended and is not, or may not be, deleted.
#[derive(Debug)]
pub(super) struct Undeleted {
    /// Index of the target.
    target: usize,
    /// Index of its group.
    pub group: usize,
    /// The message, which names it.
    pub why: String,
    state: State,
}

/// The progress of a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The request failed.
    Refused(Exit),
    /// There was no answer yet when the run was cut short.
    Unanswered(Exit),
    /// It was not requested any more.
    Unsent(Exit),
}

impl Removal {
    /// Returns the exit code.
    pub(super) fn exit(&self) -> Exit {
        let exits = self.undeleted.iter().map(Undeleted::exit);
        exits.fold(Exit::Success, Exit::worse)
    }

    /// Returns the signal that ended it.
    pub(super) fn signal(&self) -> Option<Exit> {
        self.cut_short.filter(|exit| *exit != Exit::TimedOut)
    }

    /// Returns the objects that are not deleted, in the order of the targets.
    pub(super) fn undeleted(&self) -> &[Undeleted] {
        &self.undeleted
    }

    /// Returns the targets whose deletion did not fail, and was not completed.
    fn left(&self) -> BTreeSet<usize> {
        let objects = self.undeleted.iter();
        let left = objects.filter(|object| !matches!(object.state, State::Refused(_)));
        left.map(|object| object.target).collect()
    }

    /// Cuts it short, and returns the first reason to do so.
    fn cut(&mut self, exit: Exit) -> Exit {
        *self.cut_short.get_or_insert(exit)
    }
}

impl Undeleted {
    fn exit(&self) -> Exit {
        match self.state {
            State::Refused(exit) | State::Unanswered(exit) | State::Unsent(exit) => exit,
        }
    }

    /// Returns its outcome and reason for a report.
    pub(super) fn outcome(&self) -> (Outcome, &'static str) {
        match self.state {
            State::Refused(_) => (Outcome::Failed, "DeletionFailed"),
            State::Unanswered(Exit::TimedOut) | State::Unsent(Exit::TimedOut) => {
                (Outcome::TimedOut, "DeletionTimedOut")
            }
            State::Unanswered(_) | State::Unsent(_) => (Outcome::Unfinished, INTERRUPTED),
        }
    }
}

/// Returns the word for a run that ended early.
fn word(exit: Exit) -> &'static str {
    if exit == Exit::TimedOut {
        "timed out"
    } else {
        signals::word(exit)
    }
}

impl Wait<'_> {
    /// Deletes the objects that have ended, until a limit or the first signal, and prints each
    /// result. Objects that have not ended are kept.
    pub(super) async fn remove(&self, limit: Option<Instant>, claim: &Claim) -> Removal {
        let mut removal = Removal::default();
        let mut unsent = 0;
        let mut helped = BTreeSet::new();
        for (number, target) in self
            .engine
            .targets()
            .filter(|(_, target)| is_removed(target))
        {
            let Some(subject) = self.subjects.get(target.group) else {
                continue;
            };
            let shown = self.shown(number);
            let is_over = limit.is_some_and(|limit| Instant::now() >= limit);
            let over = claim.received_by_now();
            let over = over.or(is_over.then_some(Exit::TimedOut));
            let (state, why) = if let Some(exit) = removal.cut_short.or(over) {
                let exit = removal.cut(exit);
                unsent += 1;
                let why = format!("{}: {shown} is not deleted", word(exit));
                (State::Unsent(exit), why)
            } else {
                let object = Deletion {
                    resource: &subject.resource,
                    namespace: subject.namespace_of(target),
                    name: &target.name,
                    uid: target.uid(),
                    shown: &shown,
                };
                match object.request(self.cluster, limit, claim, self.ui).await {
                    Ok(()) => continue,
                    Err(DeletionError::Refused(failure)) => {
                        self.ui.error(&failure.message);
                        // The same help is printed once.
                        if let Some(help) = &failure.help
                            && helped.insert(help.clone())
                        {
                            self.ui.help(help);
                        }
                        (State::Refused(failure.exit), failure.message)
                    }
                    Err(DeletionError::Unanswered(exit, why)) => {
                        self.ui.error(&why);
                        (State::Unanswered(removal.cut(exit)), why)
                    }
                }
            };
            removal.undeleted.push(Undeleted {
                target: number,
                group: target.group,
                why,
                state,
            });
        }
        if unsent > 0 && removal.cut_short == Some(Exit::TimedOut) {
            let objects = if unsent == 1 {
                "object is"
            } else {
                "objects are"
            };
            let why = format!("timed out: {unsent} {objects} not deleted");
            self.ui.error(&why);
        }
        removal
    }

    /// Prints which objects `--rm` did not delete: those that it kept, because they have not
    /// ended, and those that were not requested in time, or all if it did not begin.
    pub(super) fn print_left_behind(&self, removal: Option<&Removal>) {
        if !self.options.remove {
            return;
        }
        let undeleted = removal.map(Removal::left);
        let (mut kept, mut left) = (LeftBehind::default(), LeftBehind::default());
        let mut endless = LeftBehind::default();
        for (number, target) in self.engine.targets() {
            let outcome = target.end().map(|end| end.outcome);
            let Some(subject) = self.subjects.get(target.group) else {
                continue;
            };
            if target.is_gone() || outcome == Some(Outcome::Deleted) {
                continue;
            }
            let objects = match &undeleted {
                Some(undeleted) if is_removed(target) && !undeleted.contains(&number) => continue,
                Some(_) if is_decided(target) && !target.has_ended() => {
                    match subject.resource.workload_kind() {
                        WorkloadKind::Pod | WorkloadKind::Job => &mut kept,
                        _ => &mut endless,
                    }
                }
                _ => &mut left,
            };
            objects.add(
                &subject.resource,
                subject.namespace_of(target),
                &target.name,
            );
        }
        left.print("left behind", self.ui);
        kept.print("kept, not ended", self.ui);
        endless.print("kept, neither a Pod nor a Job", self.ui);
    }
}

/// Returns whether its conditions are decided, so that nobody waits for it any more.
fn is_decided(target: &Target) -> bool {
    target.end().is_some_and(|end| {
        matches!(
            end.outcome,
            Outcome::Succeeded | Outcome::Met | Outcome::Failed
        )
    })
}

/// Returns whether `--rm` deletes its object.
fn is_removed(target: &Target) -> bool {
    is_decided(target) && target.has_ended() && !target.is_gone()
}

/// The deletion of one object.
pub(crate) struct Deletion<'a> {
    /// Its kind.
    pub resource: &'a Resource,
    /// Its namespace; empty if it is cluster-scoped.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its uid: another object of that name is not deleted.
    pub uid: Option<&'a str>,
    /// Its name in messages.
    pub shown: &'a str,
}

/// Reason why an object is not, or may not be, deleted.
pub(crate) enum DeletionError {
    /// The request failed.
    Refused(Failure),
    /// There was no answer before the limit or a signal; with the message.
    Unanswered(Exit, String),
}

impl Deletion<'_> {
    /// Requests it, until a limit or the first signal, and prints the answer. An object that does
    /// not exist counts as deleted.
    ///
    /// # Errors
    /// It is not known to be deleted; nothing is printed then.
    pub(crate) async fn request(
        &self,
        cluster: &Cluster,
        limit: Option<Instant>,
        claim: &Claim,
        ui: &Ui,
    ) -> Result<(), DeletionError> {
        let answer = cluster.request_deletion(self.resource, self.namespace, self.name, self.uid);
        let exit = tokio::select! {
            biased;
            answer = answer => return match answer {
                Ok(answer) => {
                    ui.note(&describe(self.shown, &answer));
                    Ok(())
                }
                // Its TTL was quicker.
                Err(error) if error.is_not_found() => Ok(()),
                Err(error) => Err(DeletionError::Refused(error.into())),
            },
            signal = claim.received() => signal,
            () = reached(limit) => Exit::TimedOut,
        };
        let (word, shown) = (word(exit), self.shown);
        let why = format!("{word}: it is not known whether {shown} is deleted");
        Err(DeletionError::Unanswered(exit, why))
    }
}

/// Returns the message for the answer to a deletion. An object with finalizers is deleted when
/// these are done, and a Pod with a grace period when it has terminated.
fn describe(shown: &str, answer: &Value) -> String {
    let finalizers: Vec<&str> = items_at(answer, "/metadata/finalizers")
        .filter_map(Value::as_str)
        .collect();
    let grace = number_at(answer, "/metadata/deletionGracePeriodSeconds").unwrap_or(0);
    if text_at(answer, "/metadata/deletionTimestamp").is_empty() {
        return format!("{shown} deleted");
    }
    if !finalizers.is_empty() {
        let finalizers = finalizers.join(", ");
        return format!("{shown}: deletion requested; blocked by finalizers: {finalizers}");
    }
    if grace > 0 {
        return format!("{shown}: deletion requested; it has {grace} s to terminate");
    }
    format!("{shown} deleted")
}
