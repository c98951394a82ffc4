//! The next time of a schedule.
//!
//! Upstream: `SpecSchedule.Next` and `dayMatches` of robfig/cron's spec.go. Fields are
//! advanced from the month to the minute, and each that is advanced sets the smaller ones to
//! their start, in the time zone's own hours: where a day has no midnight, or an hour comes
//! twice, this decides what runs.

use k8s_openapi::jiff::Timestamp;

use super::civil::Civil;
use super::field::STAR;
use super::parse::{Fields, Schedule, Times};
use super::zone::Zone;

/// Number of years in which a time is looked for.
const YEARS: i64 = 5;
/// Steps after which there is no next time: more than a search of all the years takes. Upstream
/// goes on for ever where a zone left out a whole day (Pacific/Apia in December 2011).
const MOST_STEPS: u32 = 300_000;

impl Schedule {
    /// Returns the next time after this one, in seconds since 1970; `None` if there is none
    /// within five years.
    pub fn next(&self, after: i64) -> Option<i64> {
        // No calendar has times beyond it.
        Timestamp::from_second(after).ok()?;
        match &self.times {
            Times::Every(seconds) => Some(after.saturating_add(*seconds)),
            Times::Fields(fields) if fields.has_empty() => None,
            Times::Fields(fields) => Search::new(fields, &self.zone, after.saturating_add(1)).run(),
        }
    }

    /// Returns the next times after this one, at most so many.
    pub fn next_runs(&self, after: Timestamp, most: usize) -> Vec<Timestamp> {
        let first = self.next(after.as_second());
        let times = std::iter::successors(first, |time| self.next(*time));
        times
            .take(most)
            .map_while(|time| Timestamp::from_second(time).ok())
            .collect()
    }
}

struct Search<'a> {
    fields: &'a Fields,
    zone: &'a Zone,
    at: i64,
    /// Date and time that the clocks of the zone show.
    civil: Civil,
    is_advanced: bool,
    steps: u32,
}

/// The outcome of advancing one field.
enum Advanced {
    /// It matches.
    Matches,
    /// A larger one has changed, too: all are looked at again.
    Again,
}

impl<'a> Search<'a> {
    fn new(fields: &'a Fields, zone: &'a Zone, at: i64) -> Self {
        Self {
            fields,
            zone,
            at,
            civil: zone.civil(at),
            is_advanced: false,
            steps: 0,
        }
    }

    fn set(&mut self, at: i64) {
        self.at = at;
        self.civil = self.zone.civil(at);
    }

    fn run(mut self) -> Option<i64> {
        let last_year = self.civil.year + YEARS;
        loop {
            if self.civil.year > last_year || self.steps > MOST_STEPS {
                return None;
            }
            let stages = [
                Self::month,
                Self::day,
                Self::hour,
                Self::minute,
                Self::second,
            ];
            let again = stages
                .into_iter()
                .any(|stage| matches!(stage(&mut self), Advanced::Again));
            if !again {
                return Some(self.at);
            }
        }
    }

    /// Notes that a field is advanced; true the first time, when the smaller ones start anew.
    fn advance(&mut self) -> bool {
        self.steps += 1;
        !std::mem::replace(&mut self.is_advanced, true)
    }

    fn month(&mut self) -> Advanced {
        while self.fields.month & 1 << self.civil.month == 0 {
            if self.advance() {
                let first = Civil {
                    day: 1,
                    ..self.civil.midnight()
                };
                self.set(self.zone.time_of(first));
            }
            let civil = self.civil;
            let next = Civil {
                month: civil.month + 1,
                ..civil
            };
            self.set(self.zone.time_of(next));
            if self.civil.month == 1 || self.steps > MOST_STEPS {
                return Advanced::Again;
            }
        }
        Advanced::Matches
    }

    fn day(&mut self) -> Advanced {
        while !self.day_matches() {
            if self.advance() {
                self.set(self.zone.time_of(self.civil.midnight()));
            }
            let civil = self.civil;
            let next = Civil {
                day: civil.day + 1,
                ..civil
            };
            self.set(self.zone.time_of(next));
            // A day without a midnight, or after one.
            let hour = self.civil.hour;
            if hour > 12 {
                self.set(self.at + (24 - hour) * 3_600);
            } else if hour > 0 {
                self.set(self.at - hour * 3_600);
            }
            if self.civil.day == 1 || self.steps > MOST_STEPS {
                return Advanced::Again;
            }
        }
        Advanced::Matches
    }

    fn hour(&mut self) -> Advanced {
        while self.fields.hour & 1 << self.civil.hour == 0 {
            if self.advance() {
                let civil = self.civil;
                let full = Civil {
                    hour: civil.hour,
                    ..civil.midnight()
                };
                self.set(self.zone.time_of(full));
            }
            self.set(self.at + 3_600);
            if self.civil.hour == 0 {
                return Advanced::Again;
            }
        }
        Advanced::Matches
    }

    fn minute(&mut self) -> Advanced {
        while self.fields.minute & 1 << self.civil.minute == 0 {
            if self.advance() {
                self.set(self.at - self.at.rem_euclid(60));
            }
            self.set(self.at + 60);
            if self.civil.minute == 0 {
                return Advanced::Again;
            }
        }
        Advanced::Matches
    }

    fn second(&mut self) -> Advanced {
        while self.civil.second != 0 {
            self.advance();
            self.set(self.at + 1);
            if self.civil.second == 0 {
                return Advanced::Again;
            }
        }
        Advanced::Matches
    }

    /// If both fields name days, one is enough.
    fn day_matches(&self) -> bool {
        let civil = self.civil;
        let (of_month, of_week) = (self.fields.day_of_month, self.fields.day_of_week);
        let by_month = of_month & 1 << civil.day != 0;
        let by_week = of_week & 1 << civil.weekday != 0;
        if (of_month | of_week) & STAR != 0 {
            by_month && by_week
        } else {
            by_month || by_week
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str, after: &str, most: usize) -> Vec<String> {
        let schedule = Schedule::parse(text, &Zone::utc()).unwrap();
        let runs = schedule.next_runs(after.parse().unwrap(), most);
        runs.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_schedule_runs_at_its_times() {
        for (text, after, expected) in [
            (
                "*/30 * * * *",
                "2026-01-01T00:10:05Z",
                ["2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z"],
            ),
            (
                "0 0 29 2 *",
                "2026-01-01T00:00:00Z",
                ["2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"],
            ),
            (
                "0 12 13 * fri",
                "2026-03-11T00:00:00Z",
                ["2026-03-13T12:00:00Z", "2026-03-20T12:00:00Z"],
            ),
            (
                "0 12 * * fri",
                "2026-03-13T12:00:00Z",
                ["2026-03-20T12:00:00Z", "2026-03-27T12:00:00Z"],
            ),
            (
                "@every 90s",
                "2026-01-01T00:00:00.5Z",
                ["2026-01-01T00:01:30Z", "2026-01-01T00:03:00Z"],
            ),
            (
                "@weekly",
                "2026-01-01T00:00:00Z",
                ["2026-01-04T00:00:00Z", "2026-01-11T00:00:00Z"],
            ),
            // The hour does not come on that day, and comes twice on the other.
            (
                "TZ=Europe/Berlin 30 2 * * *",
                "2026-03-28T12:00:00Z",
                ["2026-03-30T00:30:00Z", "2026-03-31T00:30:00Z"],
            ),
            (
                "TZ=Europe/Berlin 30 2 * * *",
                "2026-10-24T12:00:00Z",
                ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
            ),
        ] {
            assert_eq!(runs(text, after, 2), expected, "{text}");
        }
    }

    #[test]
    fn a_time_that_never_comes_is_not_looked_for_for_ever() {
        assert!(runs("0 0 31 2 *", "2026-01-01T00:00:00Z", 5).is_empty());
        assert!(runs(", * * * *", "2026-01-01T00:00:00Z", 5).is_empty());
        let daily = Schedule::parse("TZ=Europe/Berlin 0 0 * * *", &Zone::utc()).unwrap();
        assert_eq!(daily.next(i64::MAX), None);
        assert_eq!(daily.next(i64::MIN), None);
        let left_out = "TZ=Pacific/Apia 0 0 1 * *";
        assert!(runs(left_out, "2011-12-29T12:00:00Z", 5).is_empty());
    }
}
