//! Forecasts under standard assumptions, without runs.
//!
//! If everything answers at once, or nothing ever does, the first times of a container's probes follow
//! from their numbers alone. The ranges hold in all cases; where that is not so simple there are none,
//! and [`forecast`](super::forecast) finds them by runs.

mod course;
mod events;
mod kills;
mod span;

pub use events::{Standard, standard};

#[cfg(test)]
mod comparison;
