//! The end of a Pod that is deleted, as ranges of times: preStop hooks, signals, ends.
//!
//! The order of steps is fixed by upstream's code, and only a few times are left to chance: when
//! the kubelet sees the deletion, what the runtime takes. Times are therefore added up as ranges,
//! without runs.

mod course;
mod endless;
mod grace;
mod hook_time;
mod pid_one;
mod plan;
mod reason;
mod script;
mod span;
#[cfg(test)]
mod tests;

pub use course::{ShutdownEvent, ShutdownStep, shutdown};
pub use endless::{HookLoop, hook_loop};
pub use grace::{DeletionGrace, GraceOrigin};
pub use hook_time::HookTime;
pub use pid_one::{SigtermReaction, sigterm_reaction};
pub use plan::{ShutdownAssumptions, ShutdownPlan, ShutdownRole, StoppingContainer};
pub use reason::ShutdownReason;
