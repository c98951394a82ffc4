//! The state of a Pod and its causes: what is wrong, why, since when, whether it gets better by itself, and what to do.
//!
//! Everything follows from one [`Scene`]. Causes are proven by joining events, exit codes and times; where what would
//! prove one is missing, it is only likely. Unknown is said before anything that may be wrong.

mod cause;
mod container;
mod event;
mod images;
mod judge;
mod lifecycle;
mod pod;
mod scene;
pub mod table;
mod words;
mod workload;

pub use cause::{BetterByItself, Cause, Certainty, Evidence};
pub use event::PodEvent;
pub use judge::{Diagnosis, diagnose};
pub use lifecycle::{Stage, lifecycle};
pub use scene::{ObjectKeys, Scene};
pub use table::{CAUSES, CauseRow};
pub use workload::{Workload, WorkloadScene, diagnose_workload};
