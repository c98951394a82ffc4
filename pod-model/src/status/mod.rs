//! The state that an object is in, by the objects and events that the API server sends:
//! whether a [`condition`] holds, may still hold or never will, and whether the object is
//! [`stuck`].
//!
//! Everything here is a function of one [`Observation`]; nothing knows a clock, a watch or
//! an exit code.

mod answer;
pub mod condition;
mod event_note;
pub mod fields;
mod message_pattern;
mod observation;
pub mod stuck;
mod workload_kind;

pub use answer::{Answer, Evidence, FailingContainer};
pub use condition::Condition;
pub use event_note::EventNote;
pub use message_pattern::{message_pattern, with_count};
pub use observation::Observation;
pub use workload_kind::WorkloadKind;
