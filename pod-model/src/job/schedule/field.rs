//! One field of a schedule: numbers, names, ranges, steps and lists.
//!
//! Upstream: `getField`, `getRange` of robfig/cron's parser.go.

use super::error::{FieldError, ScheduleError};

/// Marks a field that is `*`, which decides how days of month and week are combined.
pub(super) const STAR: u64 = 1 << 63;

/// The range of a field.
pub(super) struct FieldKind {
    name: &'static str,
    least: u64,
    most: u64,
    names: &'static [&'static str],
}

pub(super) const MINUTE: FieldKind = FieldKind::numbers("minute", 0, 59);
pub(super) const HOUR: FieldKind = FieldKind::numbers("hour", 0, 23);
pub(super) const DAY_OF_MONTH: FieldKind = FieldKind::numbers("day of month", 1, 31);
pub(super) const MONTH: FieldKind = FieldKind {
    name: "month",
    least: 1,
    most: 12,
    names: &[
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ],
};
pub(super) const DAY_OF_WEEK: FieldKind = FieldKind {
    name: "day of week",
    least: 0,
    most: 6,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

impl FieldKind {
    const fn numbers(name: &'static str, least: u64, most: u64) -> Self {
        Self {
            name,
            least,
            most,
            names: &[],
        }
    }

    /// Returns the bits of all values.
    pub(super) fn all(&self) -> u64 {
        bits(self.least, self.most, 1) | STAR
    }

    /// Returns the bit of the least value.
    pub(super) fn first(&self) -> u64 {
        1 << self.least
    }

    /// Returns the bits of the values that a field names. A list without elements has none.
    pub(super) fn parse(&self, text: &str) -> Result<u64, ScheduleError> {
        let mut bits = 0;
        for part in text.split(',').filter(|part| !part.is_empty()) {
            bits |= self.range(part).map_err(|error| ScheduleError::Field {
                field: self.name,
                text: part.to_owned(),
                error,
            })?;
        }
        Ok(bits)
    }

    fn range(&self, text: &str) -> Result<u64, FieldError> {
        let parts: Vec<&str> = text.split('/').collect();
        let limits: Vec<&str> = parts[0].split('-').collect();
        let mut star = 0;
        let (start, mut end) = if matches!(limits[0], "*" | "?") {
            star = STAR;
            (self.least, self.most)
        } else {
            let start = self.value(limits[0])?;
            match limits[..] {
                [_] => (start, start),
                [_, end] => (start, self.value(end)?),
                _ => return Err(FieldError::Hyphens),
            }
        };
        let step = match parts[..] {
            [_] => 1,
            [_, step] => {
                let step = number(step)?;
                // A single value with a step goes on to the end.
                if limits.len() == 1 {
                    end = self.most;
                }
                if step > 1 {
                    star = 0;
                }
                step
            }
            _ => return Err(FieldError::Slashes),
        };
        if start < self.least || end > self.most {
            let (least, most) = (self.least, self.most);
            return Err(FieldError::OutOfRange { least, most });
        }
        if start > end {
            return Err(FieldError::Descending);
        }
        if step == 0 {
            return Err(FieldError::NoStep);
        }
        Ok(bits(start, end, step) | star)
    }

    fn value(&self, text: &str) -> Result<u64, FieldError> {
        // Go's lower case of this letter is one that names have.
        let lower = text.to_ascii_lowercase().replace('\u{130}', "i");
        match (self.least..)
            .zip(self.names)
            .find(|(_, name)| **name == lower)
        {
            Some((value, _)) => Ok(value),
            None => number(text),
        }
    }
}

fn number(text: &str) -> Result<u64, FieldError> {
    let number = text.parse::<i64>().ok();
    number
        .and_then(|number| u64::try_from(number).ok())
        .ok_or_else(|| FieldError::NotANumber(text.to_owned()))
}

fn bits(start: u64, end: u64, step: u64) -> u64 {
    let step = usize::try_from(step).unwrap_or(usize::MAX);
    (start..=end)
        .step_by(step)
        .fold(0, |bits, value| bits | 1 << value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(kind: &FieldKind, text: &str) -> Vec<u64> {
        let bits = kind.parse(text).unwrap();
        (0..63).filter(|value| bits & 1 << value != 0).collect()
    }

    #[test]
    fn fields_name_values() {
        for (kind, text, expected) in [
            (&MINUTE, "*/20", vec![0, 20, 40]),
            (&MINUTE, "5/20", vec![5, 25, 45]),
            (&HOUR, "22-23,1", vec![1, 22, 23]),
            (&MONTH, "jan-MAR", vec![1, 2, 3]),
            (&DAY_OF_WEEK, "fri", vec![5]),
            (&DAY_OF_WEEK, "FR\u{130}", vec![5]),
            (&DAY_OF_MONTH, "28-31/2", vec![28, 30]),
            (&DAY_OF_MONTH, ",", vec![]),
            (&MINUTE, "+5", vec![5]),
        ] {
            assert_eq!(values(kind, text), expected, "{text}");
        }
        assert_ne!(HOUR.parse("*").unwrap() & STAR, 0);
        assert_ne!(HOUR.parse("*/1").unwrap() & STAR, 0);
        assert_eq!(HOUR.parse("*/2").unwrap() & STAR, 0);
    }

    #[test]
    fn a_field_that_is_wrong_names_its_part() {
        for (kind, text, message) in [
            (&MINUTE, "1,60", "minute `60`: expected values from 0 to 59"),
            (
                &HOUR,
                "x",
                "hour `x`: expected a number or a name, found `x`",
            ),
            (&HOUR, "5-3", "hour `5-3`: the range ends before it begins"),
            (&HOUR, "*/0", "hour `*/0`: the step must be at least 1"),
            (
                &DAY_OF_WEEK,
                "7",
                "day of week `7`: expected values from 0 to 6",
            ),
            (
                &MONTH,
                "1-2-3",
                "month `1-2-3`: expected a range such as `1-5`",
            ),
            (
                &MONTH,
                "1/2/3",
                "month `1/2/3`: expected one step, such as `*/15`",
            ),
        ] {
            assert_eq!(kind.parse(text).unwrap_err().to_string(), message);
        }
    }
}
