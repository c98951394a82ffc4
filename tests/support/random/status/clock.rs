//! Times before one that is taken for now.

use k8s_openapi::jiff::Timestamp;
use serde_json::Value;

use super::super::Rng;

/// The time that the objects are looked at, in seconds since 1970.
#[derive(Clone, Copy)]
pub struct Clock {
    pub now: i64,
}

/// Seconds of a second, a minute, an hour, a day and a year, and a number of each up to
/// which times lie back.
const SPANS: [(i64, usize); 7] = [
    (1, 130),
    (1, 130),
    (1, 800),
    (60, 200),
    (3600, 60),
    (86_400, 800),
    (31_536_000, 12),
];

impl Clock {
    /// A number of seconds, often at an edge of a unit.
    pub fn span(rng: &mut Rng) -> i64 {
        let (unit, most) = rng.pick(&SPANS);
        let edge = rng.pick(&[0, 0, 0, 1, -1, 59]);
        let number = i64::try_from(rng.below(most)).unwrap();
        (number * unit + edge).max(0)
    }

    /// The time so many seconds ago, as the API writes it.
    pub fn ago(self, seconds: i64) -> Value {
        let time = Timestamp::from_second(self.now - seconds).unwrap();
        Value::from(time.to_string())
    }

    /// A time in the past.
    pub fn past(self, rng: &mut Rng) -> Value {
        let seconds = Self::span(rng);
        self.ago(seconds)
    }
}
