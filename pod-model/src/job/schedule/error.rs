//! Texts that are no schedule.

use thiserror::Error;

/// A text that is not a schedule.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ScheduleError {
    /// The text is empty.
    #[error("the schedule is empty")]
    Empty,
    /// A time zone, and nothing after it. Up to 1.34 a server panics on it.
    #[error("expected a schedule after the time zone, separated by a space")]
    OnlyZone,
    /// No such time zone.
    #[error("unknown time zone `{0}`")]
    UnknownZone(String),
    /// No such word.
    #[error(
        "unknown schedule `{0}`; expected @yearly, @monthly, @weekly, @daily, @hourly or @every DURATION"
    )]
    UnknownDescriptor(String),
    /// Not a duration after `@every`.
    #[error("expected a duration such as `1h30m` after @every, found `{0}`")]
    Duration(String),
    /// Not five fields.
    #[error("expected 5 fields (minute, hour, day of month, month, day of week), found {0}")]
    FieldCount(usize),
    /// A field is wrong.
    #[error("{field} `{text}`: {error}")]
    Field {
        /// The field's name.
        field: &'static str,
        /// The part of it that is wrong.
        text: String,
        /// The mistake.
        error: FieldError,
    },
}

/// A mistake in a field.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum FieldError {
    /// Not a number or name.
    #[error("expected a number or a name, found `{0}`")]
    NotANumber(String),
    /// More than one hyphen.
    #[error("expected a range such as `1-5`")]
    Hyphens,
    /// More than one slash.
    #[error("expected one step, such as `*/15`")]
    Slashes,
    /// Outside of the field's range.
    #[error("expected values from {least} to {most}")]
    OutOfRange {
        /// The least value of the field.
        least: u64,
        /// The greatest value of the field.
        most: u64,
    },
    /// A range that ends before it begins.
    #[error("the range ends before it begins")]
    Descending,
    /// A step of 0.
    #[error("the step must be at least 1")]
    NoStep,
}
