//! Feature gates: the stage and default of each in each version.
//!
//! `gates.rs` comes from upstream's `pkg/features` of each version; the program
//! `examples/generate-data` writes it. A cluster may be told otherwise; what
//! depends on a gate that can be set says so in its help.

mod gates;
mod lookup;
mod state;
#[cfg(test)]
mod tests;

pub use gates::Gate;
pub use state::{GateState, Stage};
