//! The lines of progress on a terminal: one for each open target, or, if these do not fit, a
//! summary and the most urgent of them.

use std::time::Duration;

use jiff::Timestamp;
use pod_model::kubectl_status::format_duration;

use super::engine::{Engine, Outcome, Target};
use super::subject::{Subject, shown};
use crate::ui::{ProgressLine, Size};

/// Maximum number of lines.
const MOST: usize = 20;
/// The rest of the screen, which follow for what is above.
const ABOVE: usize = 2;
/// Maximum number of targets if not all fit.
const URGENT: usize = 5;
/// The column of names takes at most this fraction of the width.
const NAMES: usize = 3;

/// The line of an event, and when it was reported since the wait began.
#[derive(Clone, Debug)]
pub(super) struct EventLine {
    pub line: String,
    pub at: Duration,
}

/// The state of the wait that the lines show.
pub(super) struct ProgressView<'a> {
    pub engine: &'a Engine,
    pub subjects: &'a [Subject],
    /// The last event about each target.
    pub notes: &'a [Option<EventLine>],
    /// Time since the wait began.
    pub waited: Duration,
    /// The time of day.
    pub clock: Timestamp,
}

impl ProgressView<'_> {
    /// Returns the lines for a terminal of a size.
    pub(super) fn lines(&self, size: Size) -> Vec<ProgressLine> {
        let room = size.rows.saturating_sub(ABOVE).clamp(1, MOST);
        let mut open: Vec<(usize, &Target)> = self
            .engine
            .targets()
            .filter(|(_, target)| target.end().is_none())
            .collect();
        let (there, expected) = self.engine.count();
        let mut lines = Vec::new();
        if open.len() > room || there < expected {
            lines.push(self.summary());
            // Stuck targets first, then those with an event.
            open.sort_by_key(|(at, target)| (!target.is_stuck(), self.note(*at).is_none()));
            open.truncate(URGENT.min(room - 1));
        }
        let names = open.iter().map(|(_, target)| self.shown(target));
        let names: Vec<String> = names.collect();
        let widest = names.iter().map(|name| name.chars().count()).max();
        let widest = widest.unwrap_or(0).min(size.columns / NAMES);
        for ((at, target), name) in open.into_iter().zip(names) {
            let age = format_duration(self.age(target));
            let mut text = format!("{name:<widest$}  {age:>4}  {}", target.evidence);
            if let Some(note) = self.note(at)
                && !text.contains(note)
            {
                text.push_str(&format!("; {note}"));
            }
            lines.push(ProgressLine {
                text,
                urgent: target.is_stuck(),
            });
        }
        lines
    }

    fn shown(&self, target: &Target) -> String {
        shown(self.subjects, target)
    }

    fn note(&self, at: usize) -> Option<&str> {
        Some(self.notes.get(at)?.as_ref()?.line.as_str())
    }

    /// Returns `412 of 500 done, 3 failed, 85 running`.
    fn summary(&self) -> ProgressLine {
        let (mut done, mut failed, mut running, mut stuck) = (0, 0, 0, 0);
        for (_, target) in self.engine.targets() {
            match target.end().map(|end| end.outcome) {
                Some(Outcome::Succeeded | Outcome::Met) => done += 1,
                Some(_) => failed += 1,
                None if target.is_stuck() => stuck += 1,
                None => running += 1,
            }
        }
        let (there, expected) = self.engine.count();
        let mut text = format!("{done} of {} done", there.max(expected));
        for (count, what) in [(failed, "failed"), (stuck, "stuck"), (running, "running")] {
            if count > 0 {
                text.push_str(&format!(", {count} {what}"));
            }
        }
        if there < expected {
            text.push_str(&format!(", {} not there yet", expected - there));
        }
        text.push_str(&format!(" ({})", format_duration(self.waited)));
        ProgressLine {
            text,
            urgent: failed + stuck > 0,
        }
    }

    /// Returns the time since its creation, or since the wait began if the clocks disagree.
    fn age(&self, target: &Target) -> Duration {
        let created = target.created();
        let created = created.and_then(|created| created.parse::<Timestamp>().ok());
        let since = created.and_then(|created| {
            let seconds = self.clock.as_second() - created.as_second();
            u64::try_from(seconds).ok()
        });
        since.map_or(self.waited, Duration::from_secs)
    }
}

#[cfg(test)]
mod tests {
    use pod_model::status::WorkloadKind;
    use serde_json::{Value, json};

    use super::super::engine::{Group, Input, Role, WaitSpec};
    use super::*;
    use crate::cluster::Resource;
    use pod_model::status::Condition;

    fn job(index: usize, status: &Value) -> Value {
        json!({"kind": "Job", "metadata": {"name": format!("j{index}"), "uid": format!("u{index}"), "creationTimestamp": "2026-01-02T03:04:05Z"},
               "spec": {"completions": 5}, "status": status})
    }

    fn engine(jobs: Vec<Value>, expect: usize) -> Engine {
        let spec = WaitSpec {
            conditions: vec![Condition::Done],
            expect,
            ..WaitSpec::default()
        };
        let group = Group {
            kind: WorkloadKind::Job,
            takes_all: true,
            is_filtered: false,
            all_namespaces: false,
            uses_job_label: false,
        };
        let mut engine = Engine::new(spec, vec![group], vec![Role::Targets(0)]);
        engine.feed(Input::Listed(0, jobs), Duration::ZERO);
        engine
    }

    fn drawn(engine: &Engine, notes: &[Option<EventLine>], size: Size) -> Vec<String> {
        let resource = Resource::built_in("batch/v1", "Job").unwrap();
        let now = ProgressView {
            engine,
            subjects: &[Subject::named(resource, "default", "j0")],
            notes,
            waited: Duration::from_secs(7),
            clock: "2026-01-02T03:05:05Z".parse().unwrap(),
        };
        now.lines(size).into_iter().map(|line| line.text).collect()
    }

    fn event(line: &str) -> EventLine {
        EventLine {
            line: line.to_owned(),
            at: Duration::ZERO,
        }
    }

    const SIZE: Size = Size {
        columns: 80,
        rows: 24,
    };

    #[test]
    fn each_target_has_a_line_while_they_fit() {
        let complete = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        let jobs = vec![
            job(0, &json!({"active": 2, "succeeded": 3})),
            job(1, &complete),
            job(10, &json!({"active": 1})),
        ];
        let engine = engine(jobs, 0);
        let notes = [Some(event("pod/j0-x: Pulling: Pulling image \"i\""))];
        assert_eq!(
            drawn(&engine, &notes, SIZE),
            [
                "j0    60s  Running: 3 of 5 succeeded, 2 active; pod/j0-x: Pulling: Pulling image \"i\"",
                "j10   60s  Running: 0 of 5 succeeded, 1 active",
            ]
            .map(|line| format!("job/{line}"))
        );
    }

    #[test]
    fn many_are_counted_and_the_most_urgent_named() {
        let complete = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        let failed = json!({"conditions": [{"type": "Failed", "status": "True"}]});
        let jobs = (0..500).map(|index| match index {
            0..412 => job(index, &complete),
            412..415 => job(index, &failed),
            _ => job(index, &json!({})),
        });
        let mut engine = engine(jobs.collect(), 0);
        engine.tick(Duration::from_secs(1));
        let mut notes = vec![None; 500];
        notes[499] = Some(event("an event"));
        let lines = drawn(&engine, &notes, SIZE);
        assert_eq!(lines[0], "412 of 500 done, 3 failed, 85 running (7s)");
        assert!(lines[1].starts_with("job/j499"), "{lines:?}");
        assert_eq!(lines.len(), 1 + URGENT);
        let low = Size {
            columns: 10,
            rows: 1,
        };
        assert_eq!(drawn(&engine, &notes, low).len(), 1);
    }

    #[test]
    fn missing_targets_are_counted() {
        let lines = drawn(&engine(vec![job(0, &json!({}))], 3), &[], SIZE);
        assert_eq!(lines[0], "0 of 3 done, 1 running, 2 not there yet (7s)");
        assert_eq!(lines.len(), 2);
    }

    #[test]
    fn the_count_is_urgent_as_soon_as_one_is_not_well() {
        let complete = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        let failed = json!({"conditions": [{"type": "Failed", "status": "True"}]});
        for (odd, urgent) in [
            (complete.clone(), false),
            (failed, true),
            (json!({}), false),
        ] {
            let mut jobs: Vec<Value> = (1..50).map(|index| job(index, &complete)).collect();
            jobs.push(job(0, &odd));
            let mut engine = engine(jobs, 0);
            engine.tick(Duration::from_secs(5));
            let now = ProgressView {
                engine: &engine,
                subjects: &[Subject::named(
                    Resource::built_in("batch/v1", "Job").unwrap(),
                    "default",
                    "j0",
                )],
                notes: &vec![None; 50],
                waited: Duration::from_secs(7),
                clock: "2026-01-02T03:05:05Z".parse().unwrap(),
            };
            assert_eq!(now.summary().urgent, urgent, "{odd}");
        }
    }

    #[test]
    fn as_many_targets_as_fit_the_terminal_are_named() {
        let jobs: Vec<Value> = (0..30).map(|index| job(index, &json!({}))).collect();
        for (targets, rows, is_counted, lines) in [
            (3, ABOVE + 4, false, 3),
            (3, ABOVE + 3, false, 3),
            (3, ABOVE + 2, true, 2),
            (1, 0, false, 1),
            (2, 0, true, 1),
            (MOST, 100, false, MOST),
            (MOST + 1, 100, true, 1 + URGENT),
        ] {
            let engine = engine(jobs[..targets].to_vec(), 0);
            let size = Size { columns: 80, rows };
            let drawn = drawn(&engine, &[], size);
            assert_eq!(drawn[0].contains(" done"), is_counted, "{drawn:?}");
            assert_eq!(drawn.len(), lines, "{targets} in {rows}: {drawn:?}");
        }
    }
}
