//! The end of a run in words, and its exit code.

use super::idle::Idle;
use super::options::Ending;
use super::session::{End, Session};
use super::subject::word;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::signals::word as signal_word;
use crate::ui::Ui;

impl Session<'_> {
    /// Returns the exit code of an end.
    pub(super) fn exit_of(&self, end: &End) -> Exit {
        match end {
            End::Done if self.failure().is_some() => Exit::Failure,
            End::Done | End::Ready => Exit::Success,
            End::Failed(failure) => failure.exit,
            End::TimedOut => Exit::TimedOut,
            End::Signal(exit) => *exit,
        }
    }

    /// Prints the end, and returns the exit code.
    ///
    /// # Errors
    /// Every end but success.
    pub(super) fn conclude(&self, end: End, ui: &Ui) -> Result<Exit, CommandError> {
        let elapsed = self.clock.elapsed().as_secs_f64();
        let exit = self.exit_of(&end);
        match end {
            // Who does not read the lines needs no summary of them.
            End::Done if self.printer.is_lost() => Ok(exit),
            End::Done => self
                .failure()
                .map_or(Ok(exit), |failure| Err(failure.into())),
            End::Ready => {
                let what = match self.subjects {
                    [subject] => format!("{} is ready", subject.shown),
                    _ => {
                        let present = self.containers.iter().filter(|own| !own.is_gone());
                        match present.count() {
                            1 => "the container that remains is ready".to_owned(),
                            count => format!("all {count} containers are ready"),
                        }
                    }
                };
                ui.note(&format!("{what} after {elapsed:.1} s"));
                Ok(exit)
            }
            End::Failed(failure) => Err(failure.into()),
            End::TimedOut => Err(self.timed_out().into()),
            End::Signal(signal) => {
                ui.note(signal_word(signal));
                Err(CommandError::Reported(signal))
            }
        }
    }

    /// Returns the failure of the probes that did not pass, and of containers that do not run.
    fn failure(&self) -> Option<Failure> {
        let tallies = self.tallies.borrow();
        let mut failed = tallies.iter().filter(|(_, tally)| tally.has_failed());
        let idle = Idle::message(&self.idle);
        let Some(((at, probe), tally)) = failed.next() else {
            return idle.map(|_| Idle::failure(&self.idle));
        };
        let subject = self.subjects.get(*at)?;
        let kind = word(subject.probes.get(*probe)?.probe.kind);
        let more = match failed.count() {
            0 => String::new(),
            1 => ", nor did 1 other probe".to_owned(),
            count => format!(", nor did {count} other probes"),
        };
        let share = tally.share().unwrap_or_default();
        let idle = idle.map_or_else(String::new, |idle| format!("; {idle}"));
        let message = format!(
            "{share}the {kind} probe of {} did not pass{more}{idle}",
            subject.shown
        );
        let failure = Failure::new(Exit::Failure, message);
        Some(if self.has_program {
            failure.help("use `--until ready` to give the program the time to become ready")
        } else {
            failure
        })
    }

    fn timed_out(&self) -> Failure {
        let after = self.options.timeout.unwrap_or_default().as_secs_f64();
        match self.options.ending {
            Ending::Ready => {}
            Ending::Failed => {
                return Failure::timed_out(format!("no probe has failed after {after} s"));
            }
            _ => return Failure::timed_out(format!("after {after} s")),
        }
        let mut places = self.subjects.iter().zip(self.containers);
        let Some((subject, container)) =
            places.find(|(_, own)| !own.is_gone() && (!own.is_ready() || own.awaits_liveness()))
        else {
            return Failure::timed_out(format!("after {after} s"));
        };
        let blame = container
            .blame()
            .map_or_else(String::new, |last| format!(": {last}"));
        let shown = &subject.shown;
        Failure::timed_out(if container.is_ready() {
            format!("the liveness probe of {shown} has not passed after {after} s{blame}")
        } else {
            format!("{shown} is not ready after {after} s{blame}")
        })
    }
}
