//! The schedule and the time zone that a server takes on create.
//!
//! Upstream: `validateScheduleFormat`, `validateTimeZone` in
//! `k8s.io/kubernetes/pkg/apis/batch/validation`.

use super::error::ScheduleError;
use super::parse::Schedule;
use super::zone::Zone;

/// The longest part of a time zone's name.
const PART_MOST: usize = 14;

/// A reason to refuse a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleProblem {
    /// It is not a schedule.
    Syntax(ScheduleError),
    /// It names a time zone, which `timeZone` should.
    TimeZone,
}

/// Returns the reasons for which a server refuses to create a CronJob with this schedule. One
/// that stands already may name a time zone. Up to 1.34 a server panics where the schedule is
/// [`ScheduleError::OnlyZone`].
pub fn validate_schedule(schedule: &str) -> Vec<ScheduleProblem> {
    let syntax = Schedule::parse(schedule, &Zone::utc()).err();
    let zone = schedule.contains("TZ").then_some(ScheduleProblem::TimeZone);
    syntax
        .map(ScheduleProblem::Syntax)
        .into_iter()
        .chain(zone)
        .collect()
}

/// A reason to refuse a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeZoneProblem {
    /// It is empty.
    Empty,
    /// It has characters or parts that no zone's name has.
    Syntax,
    /// It is the server's own zone, whatever that is.
    Local,
    /// There is none of this name; case counts.
    Unknown,
}

/// Returns the reasons for which a server refuses a time zone.
pub fn validate_time_zone(name: &str) -> Vec<TimeZoneProblem> {
    if name.is_empty() {
        return vec![TimeZoneProblem::Empty];
    }
    if !name.split('/').all(is_part) {
        return vec![TimeZoneProblem::Syntax];
    }
    let local = name
        .eq_ignore_ascii_case("Local")
        .then_some(TimeZoneProblem::Local);
    let is_known = Zone::load(name, &Zone::utc()).is_some();
    let unknown = (!is_known).then_some(TimeZoneProblem::Unknown);
    local.into_iter().chain(unknown).collect()
}

fn is_part(part: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    part != "."
        && part != ".."
        && !part.starts_with('-')
        && (1..=PART_MOST).contains(&part.len())
        && part.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_may_not_name_a_time_zone() {
        assert!(validate_schedule("0 0 * * *").is_empty());
        let problems = validate_schedule("TZ=UTC 0 0 * * *");
        assert_eq!(problems, [ScheduleProblem::TimeZone]);
        assert_eq!(validate_schedule("TZ=UTC").len(), 2);
    }

    #[test]
    fn a_time_zone_has_a_name_of_the_database() {
        use TimeZoneProblem::{Empty, Local, Syntax, Unknown};
        for (name, problems) in [
            ("Europe/Berlin", vec![]),
            ("Etc/GMT+5", vec![]),
            ("", vec![Empty]),
            ("Local", vec![Local]),
            ("local", vec![Local, Unknown]),
            ("Europe//Berlin", vec![Syntax]),
            ("../UTC", vec![Syntax]),
            ("Europe/Berlin ", vec![Syntax]),
            ("europe/berlin", vec![Unknown]),
        ] {
            assert_eq!(validate_time_zone(name), problems, "{name:?}");
        }
    }
}
