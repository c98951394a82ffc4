//! States that an object cannot leave on its own, each with the time that it may last
//! before it counts as stuck. A new one is a row here and in `docs/waiting.md`, and a tape.

mod detect;
#[cfg(test)]
mod edge_tests;
mod hold;
mod table;

pub use detect::{Stuck, find_stuck};
pub use hold::{Hold, HoldKind, find_hold};
pub use table::{Detector, GAP, STUCK_STATES, StuckState};
