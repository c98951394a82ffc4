//! Schedules of CronJobs, and the times at which they run.
//!
//! Upstream: github.com/robfig/cron/v3, which the API server and the CronJob controller use
//! (`ParseStandard`), and Go's `time` package, whose ways with days that have no midnight or one
//! hour twice it inherits.

mod civil;
mod duration;
mod error;
mod field;
mod next;
mod parse;
mod validate;
mod zone;

pub use error::{FieldError, ScheduleError};
pub use parse::Schedule;
pub use validate::{ScheduleProblem, TimeZoneProblem, validate_schedule, validate_time_zone};
pub use zone::Zone;
