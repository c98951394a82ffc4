//! The loops of a run: one for each probe, on its schedule.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::pin::pin;
use std::time::Duration;

use pod_probe::{ProbeKind, ProbeResult, Schedule, WorkerState};
use tokio::time::sleep_until;

use super::attempt::{self, Attempt, Target, TlsFacts};
use super::clock::Clock;
use super::container::{ContainerState, Standing};
use super::fault::FaultKind;
use super::idle::Idle;
use super::line::{Made, tls_words};
use super::options::{Ending, ProbeOptions};
use super::pods::ProbedPod;
use super::printer::Printer;
use super::subject::{RunProbe, Subject, word};
use super::tally::Tally;
use crate::error::Failure;
use crate::exit::Exit;
use crate::ui::Ui;

/// Number of containers from which on their attempts are spread over the period.
const MANY: usize = 8;

/// A run.
pub(super) struct Session<'a> {
    pub(super) options: &'a ProbeOptions,
    pub(super) pods: &'a [ProbedPod],
    pub(super) subjects: &'a [Subject],
    /// One for each subject.
    pub(super) containers: &'a [ContainerState],
    pub(super) idle: Vec<Idle>,
    pub(super) clock: Clock,
    pub(super) printer: Printer,
    /// The attempts of each probe, by subject and probe.
    pub(super) tallies: RefCell<BTreeMap<(usize, usize), Tally>>,
    /// True if the containers' process is started by this run.
    pub(super) has_program: bool,
    /// The last certificate of each probe that was printed.
    pub(super) tls: RefCell<HashMap<(usize, usize), TlsFacts>>,
}

/// The end of a run.
pub(super) enum End {
    /// All attempts were made, or nobody reads them any more.
    Done,
    /// All containers are ready.
    Ready,
    /// The run ends with a failure.
    Failed(Failure),
    TimedOut,
    Signal(Exit),
}

impl Session<'_> {
    /// Returns the loops of all probes.
    pub(super) fn loops(&self) -> impl Iterator<Item = impl Future<Output = Option<End>>> {
        let places = self.subjects.iter().enumerate();
        let is_idle = |at: usize| self.idle.iter().any(|idle| idle.at == at);
        let places = places
            .filter(move |(at, _)| !is_idle(*at))
            .flat_map(|(at, subject)| (0..subject.probes.len()).map(move |probe| (at, probe)));
        places.map(|(subject, probe)| self.probe(subject, probe))
    }

    /// Prints the containers that are ready without a probe.
    pub(super) fn note_unprobed(&self, ui: &Ui) {
        if self.options.ending != Ending::Ready {
            return;
        }
        let has = |subject: &Subject, kind| subject.probes.iter().any(|run| run.probe.kind == kind);
        // One note for all of whom the same is said.
        let mut notes: BTreeMap<String, (&str, usize)> = BTreeMap::new();
        for (subject, container) in self.subjects.iter().zip(self.containers) {
            if has(subject, ProbeKind::Readiness) {
                continue;
            }
            let what = if container.has_only_liveness() {
                "counts as ready once its liveness probe has passed"
            } else {
                "counts as ready once it has started"
            };
            let why = if self.options.has_kind(ProbeKind::Readiness) {
                "it has no readiness probe"
            } else {
                "`--kind` leaves out readiness probes"
            };
            let note = notes.entry(format!("{what}: {why}"));
            note.or_insert((&subject.shown, 0)).1 += 1;
        }
        for (note, (first, count)) in notes {
            let others = match count - 1 {
                0 => String::new(),
                1 => ", like 1 other container,".to_owned(),
                others => format!(", like {others} other containers,"),
            };
            ui.note(&format!("{first}{others} {note}"));
        }
    }

    /// Returns the end if it is reached without an attempt.
    pub(super) fn reached(&self) -> Option<End> {
        let mut present = self
            .containers
            .iter()
            .filter(|own| !own.is_gone())
            .peekable();
        let is_some = present.peek().is_some();
        let is_ready = |own: &ContainerState| own.is_ready() && !own.awaits_liveness();
        (self.options.ending == Ending::Ready && is_some && present.all(is_ready))
            .then_some(End::Ready)
    }

    /// Runs one probe until it is over.
    async fn probe(&self, at: usize, probe: usize) -> Option<End> {
        let (subject, container) = (self.subjects.get(at)?, self.containers.get(at)?);
        let run = subject.probes.get(probe)?;
        let mut number = 0;
        if self.options.ending == Ending::Once {
            return self.attempt(at, probe, 1).await.err();
        }
        let mut schedule = self.schedule(at, run, container);
        let mut instance = instance(container);
        loop {
            // From here on no change is missed.
            let mut changed = pin!(container.changed.notified());
            changed.as_mut().enable();
            match &*container.standing() {
                Standing::Gone => return None,
                Standing::Running {
                    instance: now,
                    started_at,
                    ..
                } if instance.as_ref() != Some(now) => {
                    instance = Some(now.clone());
                    schedule.restart(*started_at);
                }
                _ => {}
            }
            if container.is_on_hold(probe) {
                if let Ending::Count(_) = self.options.ending {
                    return None;
                }
                changed.await;
                continue;
            }
            let due = self.clock.instant(schedule.next());
            tokio::select! {
                biased;
                () = changed => {
                    // The kubelet syncs the Pod, and tries again what is not ready.
                    let is_triggered = run.probe.kind == ProbeKind::Readiness
                        && !container.is_held_back(ProbeKind::Readiness)
                        && !container.is_ready();
                    if is_triggered {
                        schedule.trigger(self.clock.now());
                    }
                    continue;
                }
                () = reached(due) => {}
            }
            let is_running = matches!(*container.standing(), Standing::Running { .. });
            if !is_running || container.is_held_back(run.probe.kind) {
                if self.is_over(run.probe.kind, container) {
                    return None;
                }
                schedule.finish(self.clock.now());
                continue;
            }
            number += 1;
            if let Err(end) = self.attempt(at, probe, number).await {
                return Some(end);
            }
            if self.options.ending == Ending::Count(number) {
                return None;
            }
            schedule.finish(self.clock.now());
        }
    }

    /// Returns whether a probe that is held back stays so: the attempts of the startup probe are
    /// used up, or it has succeeded.
    fn is_over(&self, kind: ProbeKind, container: &ContainerState) -> bool {
        match self.options.ending {
            Ending::Count(count) if kind == ProbeKind::Startup => {
                container.is_held_back(kind) && count > 0
            }
            Ending::Count(count) => container.startup_attempts() >= count,
            _ => false,
        }
    }

    /// Returns the schedule of a probe. The phase, which is the kubelet's choice, is chosen so that
    /// the first attempt comes as early as it can; many containers are spread over the period.
    fn schedule(&self, at: usize, run: &RunProbe, container: &ContainerState) -> Schedule {
        let seconds = |number: i32| Duration::from_secs(u64::try_from(number).unwrap_or_default());
        let period = seconds(run.probe.period_seconds).max(Duration::from_secs(1));
        let now = self.clock.now();
        let started = match *container.standing() {
            // It is not known since when a process runs that somebody else started.
            Standing::Running { started_at, .. } => started_at,
            _ => now,
        };
        let first = now.max(started.saturating_add(seconds(run.probe.initial_delay_seconds)));
        let count = u32::try_from(self.subjects.len())
            .unwrap_or(u32::MAX)
            .max(1);
        let place = u32::try_from(at).unwrap_or_default();
        let phase = if self.subjects.len() > MANY {
            period.min(Duration::from_secs(1)) * place / count
        } else {
            Duration::ZERO
        };
        let first = first.saturating_add(phase);
        Schedule::new(&run.probe, started, first.saturating_sub(period))
    }

    /// Makes an attempt, prints it, and returns the end if it is one.
    async fn attempt(&self, at: usize, probe: usize, number: u32) -> Result<(), End> {
        let (Some(subject), Some(container)) = (self.subjects.get(at), self.containers.get(at))
        else {
            return Ok(());
        };
        let (Some(run), Some(pod)) = (subject.probes.get(probe), self.pods.get(subject.pod)) else {
            return Ok(());
        };
        let began = self.clock.now();
        let target = Target {
            address: &run.address,
            port: run.port,
            env: &subject.env,
            version: subject.version,
            way: &*run.way,
            executor: subject.executor.as_deref(),
        };
        let attempt = attempt::run(&run.probe, &target).await;
        self.check_fault(pod)?;
        let state = container.record(probe, attempt.verdict);
        let mut tallies = self.tallies.borrow_mut();
        let tally = tallies.entry((at, probe)).or_default();
        tally.count(run.probe.kind, attempt.verdict, &state);
        drop(tallies);
        let made = Made {
            pod,
            subject,
            kind: run.probe.kind,
            number,
            began,
            attempt: &attempt,
            state,
            is_ready: (!subject.has_other_readiness).then(|| container.is_ready()),
        };
        container.set_last(probe, made.blame());
        let printed = self.printer.print(&made);
        printed.map_err(|error| {
            let message = format!("cannot write the report: {error}");
            End::Failed(Failure::new(Exit::Failure, message))
        })?;
        self.note_tls((at, probe), subject, &attempt);
        if let Some(end) = self.end_after(subject, run, &state) {
            return Err(end);
        }
        if state.would_restart {
            // As the restart would let it.
            container.restart(probe);
        }
        Ok(())
    }

    /// Returns the end that an error of the cluster is.
    fn check_fault(&self, pod: &ProbedPod) -> Result<(), End> {
        let is_short = matches!(self.options.ending, Ending::Once | Ending::Count(_));
        match pod.fault.take() {
            Some(FaultKind::Refused(failure)) => Err(End::Failed(failure)),
            // Where it is waited for, the Pod is followed.
            Some(FaultKind::Missing(failure) | FaultKind::Unreachable(failure)) if is_short => {
                Err(End::Failed(failure))
            }
            _ => Ok(()),
        }
    }

    fn note_tls(&self, place: (usize, usize), subject: &Subject, attempt: &Attempt) {
        let Some(tls) = &attempt.tls else { return };
        let mut known = self.tls.borrow_mut();
        if known.get(&place) != Some(tls) {
            let words = tls_words(tls, self.clock.now());
            self.printer.note(&format!("{}: {words}", subject.shown));
            known.insert(place, tls.clone());
        }
    }

    fn end_after(&self, subject: &Subject, run: &RunProbe, state: &WorkerState) -> Option<End> {
        let is_failed =
            state.counted == ProbeResult::Failure && state.consecutive >= state.threshold;
        let failed = || {
            let kind = word(run.probe.kind);
            let threshold = state.threshold;
            let times = match threshold {
                1 => "once".to_owned(),
                times => format!("{times} times in a row"),
            };
            let what = if state.would_restart {
                "the kubelet would kill it"
            } else {
                "it is not ready"
            };
            let shown = &subject.shown;
            let message = format!("the {kind} probe of {shown} failed {times}: {what}");
            End::Failed(Failure::new(Exit::Failure, message))
        };
        let ending = self.options.ending;
        match ending {
            Ending::Ready if state.would_restart => Some(failed()),
            Ending::Ready => self.reached(),
            Ending::Failed if is_failed => Some(failed()),
            Ending::Failed => None,
            // A command that only prints ends with its reader. With a program it has a verdict to
            // find as well, unless it would go on for ever.
            _ if self.printer.is_lost() && (!self.has_program || ending == Ending::Never) => {
                Some(End::Done)
            }
            _ => None,
        }
    }
}

fn instance(container: &ContainerState) -> Option<String> {
    match &*container.standing() {
        Standing::Running { instance, .. } => Some(instance.clone()),
        _ => None,
    }
}

/// Waits for an instant, or for ever if there is none.
async fn reached(at: Option<tokio::time::Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
