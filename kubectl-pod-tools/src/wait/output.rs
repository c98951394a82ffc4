//! Output while waiting: lines that stay, or lines of progress.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinError;
use tokio::time::Instant;

use super::ci;
use super::engine::{CLUSTER_LOST, Change, Creation, INTERRUPTED, Outcome};
use super::logs::last_lines;
use super::progress::{EventLine, ProgressView};
use super::sentence::sentence;
use super::session::Wait;
use super::subject::shown;
use crate::exit::Exit;
use crate::signals;
use crate::ui::Ui;
use pod_model::status::with_count;

/// Time after which the lines of progress are first drawn.
pub(super) const FIRST_DRAW: Duration = Duration::from_millis(200);
/// Time after which a change is drawn.
const REDRAW_DELAY: Duration = Duration::from_millis(100);
/// Interval at which the ages are redrawn.
const REDRAW_INTERVAL: Duration = Duration::from_secs(1);
/// Longest time between an event and the state that it causes, in either order.
const NOTE_LIFETIME: Duration = Duration::from_secs(5);
/// Maximum number of targets with which the lines are redrawn at each end.
const MAX_REDRAWN: usize = 100;
/// Maximum number of requests for last lines at a time.
pub(super) const MAX_TAILS: usize = 16;
/// Maximum number of targets that one line names.
const MAX_NAMED: usize = 20;
/// Maximum number of characters of the state of each.
const MAX_STATE_LENGTH: usize = 160;

impl Wait<'_> {
    pub(super) fn shown(&self, at: usize) -> String {
        let target = self.engine.target(at);
        target.map_or_else(String::new, |target| shown(self.subjects, target))
    }

    /// Prints all changes. An end that needs the last lines of a log is printed when these have
    /// arrived, and later ends after it.
    pub(super) fn report_changes(&mut self) {
        for change in self.engine.take_changes() {
            match change {
                Change::Ended(at) => self.on_ended(at),
                change => self.on_change(change),
            }
        }
        self.print_ended();
    }

    /// Prints the remaining ends, without waiting for lines of logs.
    pub(super) fn report_remaining(&mut self) {
        self.tails.abort_all();
        for change in self.engine.take_changes() {
            if let Change::Ended(at) = change {
                self.ends.push_back((at, None));
            }
        }
        for (at, lines) in std::mem::take(&mut self.ends) {
            self.print_outcome(at, &lines.unwrap_or_default());
        }
    }

    /// Handles the last lines of a log.
    pub(super) fn on_log_tail(&mut self, tail: Result<(usize, Vec<String>), JoinError>) {
        if let Ok((at, lines)) = tail
            && let Some(end) = self.ends.iter_mut().find(|(end, _)| *end == at)
        {
            end.1 = Some(lines);
        }
        if self.tails.is_empty() {
            // The lines of a failed task never arrive.
            for (_, lines) in &mut self.ends {
                lines.get_or_insert_default();
            }
        }
        self.print_ended();
    }

    fn print_ended(&mut self) {
        while let Some((at, Some(lines))) = self.ends.front().cloned() {
            self.ends.pop_front();
            self.print_outcome(at, &lines);
        }
    }

    /// Handles a change that can be printed at once.
    pub(super) fn on_change(&mut self, change: Change) {
        match change {
            Change::Event(at, line) => {
                self.redraw_soon();
                if self.draw_at.is_none() {
                    self.ui.note(&format!("  {line}"));
                } else {
                    let at_time = self.now();
                    *slot(&mut self.notes, at) = Some(EventLine { line, at: at_time });
                }
            }
            Change::Progress(at) => self.print_progress(at),
            Change::PodsRequested {
                stream,
                group,
                selector,
            } => self.start_pods(stream, group, &selector),
            Change::LookupRequested {
                stream,
                group,
                namespace,
                name,
                follow,
            } => self.start_lookup(stream, group, (&namespace, &name), follow),
            Change::PodsChanged(at) => self.follow_pods(at),
            Change::Empty => self.print_empty(),
            Change::Left(at, why) => {
                let shown = self.shown(at);
                self.ui
                    .note(&format!("{shown}: no longer waited for: {why}"));
                // A later object of the same name is another.
                self.printed.forget(at);
                *slot(&mut self.notes, at) = None;
                self.redraw_soon();
            }
            Change::Ended(_) => {}
        }
    }

    /// Prints that nothing matches yet, and how long a first match is waited for.
    fn print_empty(&self) {
        let groups: Vec<usize> = (0..self.subjects.len()).collect();
        let kinds = self.kinds(&groups);
        let limit = match self.engine.creation() {
            Creation::Within(limit) => {
                format!(" up to {:?}", self.engine.creation_limit(limit))
            }
            _ => String::new(),
        };
        self.ui
            .note(&format!("no {kinds} match yet; waiting{limit} for one"));
    }

    /// Follows the logs of the Pods of a target.
    fn follow_pods(&mut self, at: usize) {
        let Some(target) = self.engine.target(at) else {
            return;
        };
        if let (Some(followed), Some(subject)) =
            (&mut self.followed, self.subjects.get(target.group))
        {
            for pod in self.engine.pods(target) {
                followed.see(subject.namespace_of(target), pod);
            }
        }
    }

    fn print_progress(&mut self, at: usize) {
        let Some(target) = self.engine.target(at).filter(|t| t.end().is_none()) else {
            return;
        };
        let now = target.evidence.to_string();
        if self.printed.is_last(at, &now) {
            return;
        }
        let times = self.printed.count(at, &now);
        self.redraw_soon();
        if self.draw_at.is_none() {
            let message = format!("{}: {now}", self.shown(at));
            self.ui.note(&if times == 1 {
                message
            } else {
                with_count(&message, times)
            });
        } else {
            // An older event was about the previous state.
            let waited = self.now();
            let note = slot(&mut self.notes, at);
            *note = note.take().filter(|note| waited < note.at + NOTE_LIFETIME);
        }
    }

    fn on_ended(&mut self, at: usize) {
        let failing_container = self.engine.target(at).and_then(|target| {
            let end = target.end()?;
            let bad = matches!(end.outcome, Outcome::Failed | Outcome::Stuck);
            let subject = self.subjects.get(target.group)?;
            let failing_container = end.evidence.failing_container.clone().filter(|_| bad)?;
            Some((subject.namespace_of(target).to_owned(), failing_container))
        });
        let Some((namespace, failing_container)) = failing_container else {
            self.ends.push_back((at, Some(Vec::new())));
            return;
        };
        self.ends.push_back((at, None));
        let (cluster, turns) = (self.cluster.clone(), Arc::clone(&self.open_tails));
        self.tails.spawn(async move {
            let lines = last_lines(&cluster, &namespace, &failing_container, &turns).await;
            (at, lines)
        });
    }

    fn print_outcome(&mut self, at: usize, last_lines: &[String]) {
        let Some(end) = self.engine.target(at).and_then(|t| t.end()) else {
            return;
        };
        let is_alone = self.engine.count().0 == 1;
        // The error of the run says why.
        if end.outcome == Outcome::Unfinished
            && (end.evidence.reason == INTERRUPTED
                || end.evidence.reason == CLUSTER_LOST && is_alone)
        {
            return;
        }
        let outcome = end.outcome;
        let conditions = &self.options.spec.conditions;
        let message = sentence(&self.shown(at), end, conditions, last_lines);
        if self.draw_at.is_some() && redraws_after_end(self.now(), self.engine.count().0) {
            self.draw();
        }
        match outcome {
            Outcome::Succeeded | Outcome::Met | Outcome::Unfinished => self.ui.note(&message),
            _ => {
                self.ui.error(&message);
                if ci::under_github() {
                    let annotation = ci::annotation(&self.shown(at), &message);
                    self.ui.runner_command(&annotation);
                }
            }
        }
        self.redraw_soon();
    }

    /// Prints which targets were open when the wait was interrupted, with their states.
    pub(super) fn print_interrupted(&self, signal: Exit) {
        let word = signals::word(signal);
        let mut message = format!("{word} after {} s", self.now().as_secs());
        let open = self.engine.targets().filter_map(|(at, target)| {
            let end = target.end()?;
            let left = end.outcome == Outcome::Unfinished && end.evidence.reason == INTERRUPTED;
            let mut state = end.evidence.message.clone();
            if let Some((end, _)) = state.char_indices().nth(MAX_STATE_LENGTH) {
                state.truncate(end);
                state.push('…');
            }
            left.then(|| format!("{}: {state}", self.shown(at)))
        });
        let open: Vec<String> = open.collect();
        for one in open.iter().take(MAX_NAMED) {
            message.push_str(&format!("; {one}"));
        }
        if open.len() > MAX_NAMED {
            message.push_str(&format!("; and {} more", open.len() - MAX_NAMED));
        }
        let ended = self.engine.targets().count() - open.len();
        if ended > 0 {
            message.push_str(&format!("; {ended} had ended before"));
        }
        self.ui.error(&message);
    }

    /// Schedules a redraw of the lines of progress.
    fn redraw_soon(&mut self) {
        let soon = Instant::now() + REDRAW_DELAY;
        // Not before they are first drawn.
        let shown = self.began.elapsed() >= FIRST_DRAW;
        self.draw_at = self.draw_at.map(|at| if shown { at.min(soon) } else { at });
    }

    /// Draws the lines of progress.
    pub(super) fn draw(&mut self) {
        let now = ProgressView {
            engine: &self.engine,
            subjects: self.subjects,
            notes: &self.notes,
            waited: self.began.elapsed(),
            clock: Timestamp::now(),
        };
        self.ui.progress(&now.lines(Ui::size()));
        self.draw_at = Some(Instant::now() + REDRAW_INTERVAL);
    }
}

/// Returns whether the lines are redrawn as soon as a target has ended, so that its line is not
/// seen below its end. With many targets it soon is redrawn anyway.
fn redraws_after_end(waited: Duration, targets: usize) -> bool {
    waited >= FIRST_DRAW && targets <= MAX_REDRAWN
}

fn slot<T: Clone + Default>(of: &mut Vec<T>, at: usize) -> &mut T {
    if of.len() <= at {
        of.resize(at + 1, T::default());
    }
    &mut of[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_drawn_at_once_among_few_and_not_before_the_first_time() {
        let early = FIRST_DRAW.saturating_sub(Duration::from_millis(1));
        for (waited, targets, draws) in [
            (early, 1, false),
            (FIRST_DRAW, 1, true),
            (REDRAW_INTERVAL, 1, true),
            (REDRAW_INTERVAL, MAX_REDRAWN, true),
            (REDRAW_INTERVAL, MAX_REDRAWN + 1, false),
            (early, MAX_REDRAWN + 1, false),
        ] {
            assert_eq!(
                redraws_after_end(waited, targets),
                draws,
                "{waited:?} {targets}"
            );
        }
    }
}
