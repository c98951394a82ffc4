//! `--rm`: deletes what has ended, and knows what it has not deleted.

use std::collections::BTreeSet;

use serde_json::Value;
use tokio::time::Instant;

use super::engine::{INTERRUPTED, Outcome, Target};
use super::left_behind::LeftBehind;
use super::run::{Wait, reached};
use crate::cluster::{Cluster, Resource};
use crate::error::Failure;
use crate::exit::Exit;
use crate::signals::{self, Claim};
use crate::ui::Ui;
use pod_model::status::fields::{items_at, number_at, text_at};

/// What `--rm` came to.
#[derive(Debug, Default)]
pub(super) struct Removal {
    undeleted: Vec<Undeleted>,
    /// The signal or the limit that ended it before it was through.
    cut_short: Option<Exit>,
}

/// An object that has ended and is not deleted, or perhaps not.
#[derive(Debug)]
pub(super) struct Undeleted {
    /// The number of the target.
    target: usize,
    /// The group of the target.
    pub group: usize,
    /// Why, in words that name it.
    pub why: String,
    state: State,
}

/// How far its deletion came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The server, or the way to it, gave no good answer.
    Refused(Exit),
    /// There was no answer yet when the run was cut short.
    Unanswered(Exit),
    /// It was not asked for any more.
    Unsent(Exit),
}

impl Removal {
    /// The exit code that says so.
    pub(super) fn exit(&self) -> Exit {
        let exits = self.undeleted.iter().map(Undeleted::exit);
        exits.fold(Exit::Success, Exit::worse)
    }

    /// The signal that came meanwhile.
    pub(super) fn signal(&self) -> Option<Exit> {
        self.cut_short.filter(|exit| *exit != Exit::TimedOut)
    }

    /// What is not deleted, in the order of the targets.
    pub(super) fn undeleted(&self) -> &[Undeleted] {
        &self.undeleted
    }

    /// The targets that are left, and that nobody refused to delete.
    fn left(&self) -> BTreeSet<usize> {
        let objects = self.undeleted.iter();
        let left = objects.filter(|object| !matches!(object.state, State::Refused(_)));
        left.map(|object| object.target).collect()
    }

    /// Cuts it short, at the first of several reasons.
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

    /// The outcome and the reason that a report has for it.
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

/// The word for a run that ended so.
fn word(exit: Exit) -> &'static str {
    if exit == Exit::TimedOut {
        "timed out"
    } else {
        signals::word(exit)
    }
}

impl Wait<'_> {
    /// Deletes what has ended, before a limit and the first signal; what still runs is
    /// left alone. What becomes of each is told.
    pub(super) async fn remove(&self, limit: Option<Instant>, claim: &Claim) -> Removal {
        let mut removal = Removal::default();
        let mut unsent = 0;
        let mut helped = BTreeSet::new();
        for (number, target) in self.engine.targets().filter(|(_, target)| is_done(target)) {
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
                        // Of many that fail alike the way out is told once.
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

    /// Names what `--rm` was to delete and has not: what still runs, what the run had
    /// no time for, and all where it did not begin to delete.
    pub(super) fn print_left_behind(&self, removal: Option<&Removal>) {
        if !self.options.remove {
            return;
        }
        let undeleted = removal.map(Removal::left);
        let mut left = LeftBehind::default();
        for (number, target) in self.engine.targets() {
            let is_deleted = match &undeleted {
                Some(undeleted) => is_done(target) && !undeleted.contains(&number),
                None => false,
            };
            let outcome = target.end().map(|end| end.outcome);
            if let Some(subject) = self.subjects.get(target.group)
                && !is_deleted
                && outcome != Some(Outcome::Deleted)
            {
                left.add(
                    &subject.resource,
                    subject.namespace_of(target),
                    &target.name,
                );
            }
        }
        left.print(self.ui);
    }
}

/// Whether `--rm` deletes it.
fn is_done(target: &Target) -> bool {
    target.end().is_some_and(|end| {
        matches!(
            end.outcome,
            Outcome::Succeeded | Outcome::Met | Outcome::Failed
        )
    })
}

/// The deletion of one object.
pub(crate) struct Deletion<'a> {
    /// Its kind.
    pub resource: &'a Resource,
    /// Where; empty for what lives in none.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its uid: another object of that name is not deleted.
    pub uid: Option<&'a str>,
    /// Its name as people are told it.
    pub shown: &'a str,
}

/// Why an object is not deleted, or perhaps not.
pub(crate) enum DeletionError {
    /// There was no good answer.
    Refused(Failure),
    /// There was no answer before the limit or a signal, in words.
    Unanswered(Exit, String),
}

impl Deletion<'_> {
    /// Asks for it, before a limit and the first signal, and tells what is answered.
    /// What is gone by itself is deleted.
    ///
    /// # Errors
    /// Nobody knows that it is deleted; nothing is told then.
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
                    ui.note(&told(self.shown, &answer));
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

/// What the answer to a deletion says. With finalizers the object goes when they are
/// done with it, and a Pod that runs when it has stopped.
fn told(shown: &str, answer: &Value) -> String {
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
