//! Text to schedule.
//!
//! Upstream: `ParseStandard` of robfig/cron's parser.go, `Every` of its constantdelay.go.

use super::duration;
use super::error::ScheduleError;
use super::field::{DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH};
use super::zone::Zone;

const SECOND: i64 = 1_000_000_000;

/// A schedule of a CronJob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub(super) times: Times,
    pub(super) zone: Zone,
}

/// The times of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// Those whose fields match.
    Fields(Fields),
    /// One each time that so many seconds have passed.
    Every(i64),
}

/// The values of each field as bits, from bit 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fields {
    pub(super) minute: u64,
    pub(super) hour: u64,
    pub(super) day_of_month: u64,
    pub(super) month: u64,
    pub(super) day_of_week: u64,
}

impl Fields {
    /// Returns whether a field has no value, as a list without elements has.
    pub(super) fn has_empty(&self) -> bool {
        let fields = [
            self.minute,
            self.hour,
            self.day_of_month | self.day_of_week,
            self.month,
        ];
        fields.contains(&0)
    }
}

impl Schedule {
    /// Reads a schedule: five fields, or a word such as `@hourly`, after a time zone (`TZ=` or
    /// `CRON_TZ=`) or without one, in which case it goes by `local`.
    pub fn parse(text: &str, local: &Zone) -> Result<Self, ScheduleError> {
        if text.is_empty() {
            return Err(ScheduleError::Empty);
        }
        let named = text
            .strip_prefix("TZ=")
            .or_else(|| text.strip_prefix("CRON_TZ="));
        let (rest, zone) = match named {
            None => (text, local.clone()),
            Some(named) => {
                let (name, rest) = named.split_once(' ').ok_or(ScheduleError::OnlyZone)?;
                let unknown = || ScheduleError::UnknownZone(name.to_owned());
                (rest.trim(), Zone::load(name, local).ok_or_else(unknown)?)
            }
        };
        let times = if rest.starts_with('@') {
            descriptor(rest)?
        } else {
            fields(rest)?
        };
        Ok(Self { times, zone })
    }

    /// Returns the time zone in which it runs.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }
}

fn fields(text: &str) -> Result<Times, ScheduleError> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    let [minute, hour, day_of_month, month, day_of_week] = fields[..] else {
        return Err(ScheduleError::FieldCount(fields.len()));
    };
    Ok(Times::Fields(Fields {
        minute: MINUTE.parse(minute)?,
        hour: HOUR.parse(hour)?,
        day_of_month: DAY_OF_MONTH.parse(day_of_month)?,
        month: MONTH.parse(month)?,
        day_of_week: DAY_OF_WEEK.parse(day_of_week)?,
    }))
}

fn descriptor(text: &str) -> Result<Times, ScheduleError> {
    let daily = Fields {
        minute: MINUTE.first(),
        hour: HOUR.first(),
        day_of_month: DAY_OF_MONTH.all(),
        month: MONTH.all(),
        day_of_week: DAY_OF_WEEK.all(),
    };
    let fields = match text {
        "@yearly" | "@annually" => Fields {
            day_of_month: DAY_OF_MONTH.first(),
            month: MONTH.first(),
            ..daily
        },
        "@monthly" => Fields {
            day_of_month: DAY_OF_MONTH.first(),
            ..daily
        },
        "@weekly" => Fields {
            day_of_week: DAY_OF_WEEK.first(),
            ..daily
        },
        "@daily" | "@midnight" => daily,
        "@hourly" => Fields {
            hour: HOUR.all(),
            ..daily
        },
        _ => return every(text),
    };
    Ok(Times::Fields(fields))
}

fn every(text: &str) -> Result<Times, ScheduleError> {
    let duration = text
        .strip_prefix("@every ")
        .ok_or_else(|| ScheduleError::UnknownDescriptor(text.to_owned()))?;
    let nanoseconds =
        duration::parse(duration).ok_or_else(|| ScheduleError::Duration(duration.to_owned()))?;
    // At least a second, and whole ones.
    Ok(Times::Every(nanoseconds.max(SECOND) / SECOND))
}
