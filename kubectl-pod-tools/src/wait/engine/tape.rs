//! Tapes: messages of watches with their times, replayed without a clock. Each file of
//! `tests/tapes` is one; its first line describes it.

mod counterpart;
mod format;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::{Value, json};

use self::format::{Entry, Stream, Tape};
use super::{Change, Creation, Engine, Group, Input, Role, WaitSpec};
use crate::wait::watch::Keep;
use pod_model::status::condition::{Condition, parse};
use pod_model::status::fields::text_at;
use pod_model::status::stuck::{Detector, STUCK_STATES};

/// Adds the fields that a tape omits.
fn filled(stream: Stream, kind: &str, name: &str, mut object: Value) -> Value {
    let defaults = match stream {
        Stream::Targets => json!({"kind": kind, "metadata": {"name": name, "uid": "u"}}),
        Stream::Pods | Stream::Selected | Stream::Followed => json!({"kind": "Pod",
            "metadata": {"name": format!("{name}-x7k2p"), "uid": "p", "ownerReferences": [{"kind": kind, "uid": "u", "controller": true}]},
            "spec": {"restartPolicy": "Never"}}),
        Stream::Events => {
            let of = text_at(&object, "/involvedObject/kind");
            let of = if of.is_empty() { kind } else { of }.to_lowercase();
            json!({"involvedObject": {"kind": kind, "name": name, "uid": "u"},
                "source": {"component": format!("{of}-controller")}})
        }
    };
    fill(&mut object, &defaults);
    object
}

fn fill(object: &mut Value, defaults: &Value) {
    if let (Some(map), Some(defaults)) = (object.as_object_mut(), defaults.as_object()) {
        for (key, value) in defaults {
            fill(
                map.entry(key.clone()).or_insert_with(|| value.clone()),
                value,
            );
        }
    }
}

impl Tape {
    fn conditions(&self) -> Vec<Condition> {
        match self.conditions.as_slice() {
            [] => vec![Condition::Done],
            given => given.iter().map(|text| parse(text).unwrap()).collect(),
        }
    }

    fn workload_kind(&self) -> WorkloadKind {
        WorkloadKind::of_object(&json!({"kind": self.kind}))
    }

    fn creation(&self) -> Creation {
        match &self.wait_for_creation {
            None if self.conditions().contains(&Condition::Created) => Creation::Always,
            None => Creation::No,
            Some(Value::Bool(true)) => Creation::Always,
            Some(seconds) => Creation::Within(Duration::from_secs(seconds.as_u64().unwrap())),
        }
    }

    fn engine(&self) -> Engine {
        let spec = WaitSpec {
            poll_interval: Duration::ZERO,
            conditions: self.conditions(),
            all_of: self.all_of,
            timeout: self.timeout.map(Duration::from_secs),
            fail_fast: !self.no_fail_fast,
            stuck_after: self.stuck_after.map(Duration::from_secs),
            follow_recreate: self.follow_recreate,
            wait_for_creation: self.creation(),
            expect: self.expect,
            keep_pods: false,
            report_pods: false,
        };
        let group = Group {
            kind: self.workload_kind(),
            takes_all: self.names.is_empty(),
            is_filtered: self.selective,
            all_namespaces: self.all_namespaces,
            uses_job_label: self.workload_kind() == WorkloadKind::Job,
        };
        let roles = vec![Role::Targets(0), Role::Pods, Role::Events];
        let mut engine = Engine::new(spec, vec![group], roles);
        for name in &self.names {
            let at = engine.add_target(0, name, self.uid.clone());
            if let Some(object) = &self.created {
                let object = filled(Stream::Targets, &self.kind, name, object.clone());
                engine.seed(at, self.keep(Stream::Targets, &object).of(object));
            }
        }
        engine
    }

    /// Returns the fields of an object that production keeps (`wait/subject.rs`); a lookup of a
    /// target keeps as much as the list of targets.
    fn keep(&self, stream: Stream, object: &Value) -> Keep {
        let of_target = match stream {
            Stream::Targets => true,
            Stream::Pods => false,
            Stream::Events => return Keep::Event,
            Stream::Selected | Stream::Followed => text_at(object, "/kind") == self.kind,
        };
        if of_target && self.conditions().iter().any(Condition::needs_whole_object) {
            Keep::All
        } else {
            Keep::Status
        }
    }

    /// Plays the tape: time passes up to each entry, and after the last one while something is due.
    fn play(&self) -> (Engine, HashMap<usize, Duration>) {
        let mut engine = self.engine();
        let mut reported_at = HashMap::new();
        for entry in &self.entries {
            let now = Duration::from_secs_f64(entry.at);
            pass(&mut engine, Some(now), &mut reported_at);
            for input in self.inputs(entry) {
                engine.feed(input, now);
            }
            engine.tick(now);
            record_ends(&mut engine, now, &mut reported_at);
        }
        pass(&mut engine, None, &mut reported_at);
        (engine, reported_at)
    }

    fn inputs(&self, entry: &Entry) -> Vec<Input> {
        let name = self.names.first().map_or("it", String::as_str);
        // Objects arrive filled in and trimmed as by the watch, or not at all.
        let kept = |stream, object: &Value| {
            let object = filled(stream, &self.kind, name, object.clone());
            let keep = self.keep(stream, &object);
            keep.wants(&object).then(|| keep.of(object))
        };
        let object = |stream| kept(stream, entry.object.as_ref().unwrap_or(&json!({})));
        let number = |stream: Stream| stream as usize;
        let mut inputs = Vec::new();
        if let Some(stream) = entry.list {
            let items = entry.items.iter();
            let items = items.filter_map(|item| kept(stream, item)).collect();
            inputs.push(Input::Listed(number(stream), items));
        }
        if let Some(stream) = entry.is {
            inputs.extend(object(stream).map(|object| Input::Upsert(number(stream), object)));
        }
        if let Some(stream) = entry.gone {
            inputs.extend(object(stream).map(|object| Input::Delete(number(stream), object)));
        }
        if let Some(stream) = entry.lost {
            inputs.push(Input::Unavailable(number(stream)));
        }
        inputs
    }
}

fn record_ends(engine: &mut Engine, now: Duration, reported_at: &mut HashMap<usize, Duration>) {
    for change in engine.take_changes() {
        if let Change::Ended(at) = change {
            reported_at.insert(at, now);
        }
    }
}

fn pass(engine: &mut Engine, until: Option<Duration>, reported_at: &mut HashMap<usize, Duration>) {
    for _ in 0..1000 {
        let due = engine
            .wake_at()
            .filter(|due| until.is_none_or(|until| *due < until));
        match due {
            Some(due) if !engine.finished() => {
                engine.tick(due);
                record_ends(engine, due, reported_at);
            }
            _ => return,
        }
    }
    panic!("the machine is woken for nothing, again and again");
}

/// Reads a tape as text.
fn read(path: &Path) -> (String, String) {
    let text = std::fs::read_to_string(path).unwrap();
    let shown = path.file_name().unwrap().to_string_lossy().into_owned();
    assert!(
        text.starts_with("# "),
        "{shown}: the first line says what it shows"
    );
    (shown, text)
}

fn check(path: &Path) {
    let (shown, text) = read(path);
    let tape: Tape = serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{shown}: {e}"));
    if let Err(why) = tape.check_ends() {
        panic!("{shown}: {why}");
    }
}

impl Tape {
    /// Plays the tape, and compares its ends with the expected ones.
    fn check_ends(&self) -> Result<(), String> {
        let (engine, reported_at) = self.play();
        let targets: Vec<_> = engine.targets().collect();
        if targets.len() != self.ends.len() {
            return Err(format!("not {} targets: {targets:#?}", self.ends.len()));
        }
        let open = self.ends.iter().any(|end| end.outcome == "open");
        if engine.finished() == open {
            return Err(format!("finished is {}: {targets:#?}", !open));
        }
        for ((at_target, target), expected) in targets.into_iter().zip(&self.ends) {
            let (outcome, evidence, at) = match target.end() {
                None => ("open".to_owned(), &target.evidence, None),
                Some(end) => {
                    let outcome = serde_json::to_value(end.outcome).unwrap();
                    (
                        outcome.as_str().unwrap().to_owned(),
                        &end.evidence,
                        Some(end.at),
                    )
                }
            };
            let is_time = |expected: Option<f64>, found: Option<Duration>| {
                let found = found.map_or(-1.0, |at| at.as_secs_f64());
                expected.is_none_or(|expected| (found - expected).abs() < 0.001)
            };
            let is = |expected: &Option<String>, found: &str| {
                expected.as_ref().is_none_or(|expected| expected == found)
            };
            let reported_at = reported_at.get(&at_target).copied();
            let is_as_expected = outcome == expected.outcome
                && is(&expected.namespace, &target.namespace)
                && is(&expected.name, &target.name)
                && is(&expected.reason, &evidence.reason)
                && expected
                    .message
                    .as_ref()
                    .is_none_or(|message| evidence.message.contains(message))
                && is_time(expected.told, reported_at)
                && is_time(expected.at, at);
            if !is_as_expected {
                return Err(format!(
                    "{} is {outcome} at {at:?}, reported at {reported_at:?}: {evidence}, not {expected:?}",
                    target.name
                ));
            }
        }
        Ok(())
    }
}

fn tapes() -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tapes");
    let mut tapes: Vec<PathBuf> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "yaml"))
        .collect();
    tapes.sort();
    tapes
}

#[test]
fn every_tape_ends_as_expected() {
    let tapes = tapes();
    assert!(tapes.len() > 30, "{} tapes", tapes.len());
    // Each failing tape has panicked with its message.
    let failed: Vec<_> = tapes
        .iter()
        .filter(|path| std::panic::catch_unwind(|| check(path)).is_err())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_reason_of_a_stuck_state_has_a_tape() {
    let all: Vec<String> = tapes()
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    for state in &STUCK_STATES {
        let reasons = match state.detector {
            Detector::Waiting(reasons)
            | Detector::CrashLoop(reasons)
            | Detector::Volumes(reasons) => reasons,
            Detector::Unschedulable | Detector::FailedCreate | Detector::Hold(_) => &[state.reason],
        };
        for reason in reasons {
            let named = format!("outcome: stuck, reason: {reason}");
            assert!(all.iter().any(|tape| tape.contains(&named)), "{reason}");
        }
    }
}

/// Returns the index of a condition in the lists below; a new condition needs one.
fn place(condition: &Condition) -> usize {
    match condition {
        Condition::Done => 0,
        Condition::Complete => 1,
        Condition::Failed => 2,
        Condition::Ready => 3,
        Condition::Created => 4,
        Condition::Deleted => 5,
        Condition::Named { .. } => 6,
        Condition::JsonPath { value: None, .. } => 7,
        Condition::JsonPath { value: Some(_), .. } => 8,
    }
}

#[test]
fn every_condition_has_tapes_in_which_it_is_met_and_in_which_it_is_not() {
    let mut met = [false; 9];
    let mut not = [false; 9];
    for path in tapes() {
        let text = std::fs::read_to_string(path).unwrap();
        let tape: Tape = serde_yaml::from_str(&text).unwrap();
        let [condition] = tape.conditions().try_into().unwrap_or([Condition::Created]);
        for end in &tape.ends {
            let good = ["met", "succeeded"].contains(&end.outcome.as_str());
            let seen = if good { &mut met } else { &mut not };
            seen[place(&condition)] = true;
        }
    }
    // Creation can only be late.
    not[place(&Condition::Created)] = true;
    assert_eq!((met, not), ([true; 9], [true; 9]));
}
