//! The diagnosis of chosen workloads, and of random Pods and workloads with random events: no panic, nothing that is
//! the opposite of what the status says, and nothing that depends on who else writes events.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be, and says what it has compared"
)]
#![allow(
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "objects are written where they are used, and tables are as long as they have rows"
)]

use pod_model::Verdict;
use pod_model::diagnosis::{BetterByItself, Diagnosis};
use serde_json::Value;

#[path = "../../../tests/support/random/mod.rs"]
mod random;

mod cases;
mod events;
mod images;
mod jobs;
mod known;
mod placing;
mod pods;
mod rollouts;
mod runs;
mod small;
mod starts;
mod workloads;

use random::status::Clock;

/// The time that everything is looked at.
const NOW: i64 = 1_772_366_400;
const CLOCK: Clock = Clock { now: NOW };
/// Random objects of a test.
const CASES: usize = 8_000;

/// Asserts the properties of any diagnosis.
fn assert_sound(diagnosis: &Diagnosis, of: &Value) {
    assert!(!diagnosis.summary.is_empty(), "{of}");
    assert!(
        diagnosis.summary.contains(&diagnosis.state),
        "{diagnosis:?}: {of}"
    );
    if diagnosis.verdict == Verdict::Ok {
        assert_eq!(
            diagnosis.better_by_itself,
            BetterByItself::Yes,
            "{diagnosis:?}: {of}"
        );
    } else {
        assert!(!diagnosis.causes.is_empty(), "{diagnosis:?}: {of}");
        let first = diagnosis.causes.first().unwrap();
        assert!(!first.advice.is_empty(), "{first:?}: {of}");
    }
    if diagnosis.verdict == Verdict::No {
        assert_ne!(
            diagnosis.better_by_itself,
            BetterByItself::Yes,
            "{diagnosis:?}: {of}"
        );
    }
}
