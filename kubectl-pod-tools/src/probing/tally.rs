//! The attempts of a probe, counted.

use pod_probe::{ProbeKind, Verdict, WorkerState};

/// Number of attempts of a probe, and of those that did not pass.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    attempts: u32,
    failed: u32,
    would_restart: bool,
    /// True if a startup probe has passed: its failures before are what it is for.
    has_started: bool,
}

impl Tally {
    /// Counts an attempt, with the state of the worker after it.
    pub(super) fn count(&mut self, kind: ProbeKind, verdict: Verdict, state: &WorkerState) {
        self.attempts += 1;
        match verdict {
            Verdict::Failure | Verdict::Errored => self.failed += 1,
            Verdict::Success | Verdict::Warning => self.has_started |= kind == ProbeKind::Startup,
        }
        self.would_restart |= state.would_restart;
    }

    /// Returns whether an attempt did not pass that should have.
    pub(super) fn has_failed(&self) -> bool {
        self.failed > 0 && (!self.has_started || self.would_restart)
    }

    /// Returns the attempts in words, if some of several have passed: `1 of 3 attempts of`.
    pub(super) fn share(&self) -> Option<String> {
        let (failed, attempts) = (self.failed, self.attempts);
        (failed < attempts).then(|| format!("{failed} of {attempts} attempts of "))
    }
}
