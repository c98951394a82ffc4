//! Answers of a container to its probes, as assumed.

use super::assumptions::Assumptions;
use super::time::{NEVER, Time, time};
use crate::verdict::Verdict;

/// The answer to an attempt, and how long it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) verdict: Verdict,
    pub(super) takes: Time,
    /// There is none: the attempt times out.
    pub(super) is_late: bool,
}

/// [`Assumptions`] in the times of a run; what never happens does so at [`NEVER`].
#[derive(Clone, Debug)]
pub(super) struct Behaviour {
    starts_after: Time,
    slow: Time,
    fails_at: Time,
    recovers_at: Time,
    hangs_at: Time,
    errors_at: Time,
    exits_at: Option<(Time, i32)>,
    first_run_only: bool,
}

impl From<&Assumptions> for Behaviour {
    fn from(does: &Assumptions) -> Self {
        let at = |at: Option<_>| at.map_or(NEVER, time);
        Self {
            starts_after: time(does.starts_after),
            slow: time(does.slow),
            fails_at: at(does.fails_at),
            recovers_at: at(does.recovers_at),
            hangs_at: at(does.hangs_at),
            errors_at: at(does.errors_at),
            exits_at: does.exits_at.map(|(at, code)| (time(at), code)),
            first_run_only: does.first_run_only,
        }
    }
}

impl Behaviour {
    /// Returns the answer of an instance that has run for some time, and whose program takes some
    /// time to listen; with it, the age from which on it may be another one.
    pub(super) fn answer(
        &self,
        instance: u32,
        age: Time,
        timeout: Time,
        listens_after: Time,
    ) -> (Answer, Time) {
        let fails = self.fails(instance);
        let listens = self.starts_after.max(listens_after);
        let mut until = if age < listens { listens } else { NEVER };
        let mut since = |at: Time| {
            if fails && age < at {
                until = until.min(at);
            }
            fails && age >= at
        };
        let (recovered, hangs) = (since(self.recovers_at), since(self.hangs_at));
        let (errors, has_failed) = (since(self.errors_at), since(self.fails_at));
        let is_late = (hangs && !recovered) || self.slow > timeout;
        let (verdict, takes) = if is_late {
            (Verdict::Failure, timeout)
        } else if errors && !recovered {
            (Verdict::Errored, self.slow)
        } else if age < listens || (has_failed && !recovered) {
            (Verdict::Failure, self.slow)
        } else {
            (Verdict::Success, self.slow)
        };
        let answer = Answer {
            verdict,
            takes,
            is_late,
        };
        (answer, until)
    }

    /// Returns the age from which on an instance accepts connections. One that hangs does.
    pub(super) fn accepts_from(&self, instance: u32, listens_after: Time) -> Time {
        let listens = self.starts_after.max(listens_after);
        if self.fails(instance) && self.hangs_at < self.recovers_at {
            return listens.min(self.hangs_at);
        }
        listens
    }

    /// Returns when an instance ends by itself, and with which exit code.
    pub(super) fn exit(&self, instance: u32) -> Option<(Time, i32)> {
        self.exits_at.filter(|_| self.fails(instance))
    }

    fn fails(&self, instance: u32) -> bool {
        !(self.first_run_only && instance > 0)
    }
}
