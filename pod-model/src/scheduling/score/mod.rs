//! Scores of the nodes that fit, by plugin and with the default weights, as the scheduler
//! compares them.
//!
//! Upstream: `RunPreScorePlugins`, `RunScorePlugins` (pkg/scheduler/framework/runtime) and the
//! scores of pkg/scheduler/framework/plugins. Fractions are those of 64 bits that upstream
//! computes with, so that they are cut off at the same places.

mod allocation;
mod default_selector;
mod images;
mod inter_pod;
mod normalize;
mod plugin;
mod preferences;
mod scores;
mod spread;

pub use default_selector::{DefaultSelector, Owner};
pub use plugin::ScorePlugin;
pub use scores::{NodeScore, PluginScore, Scores};
