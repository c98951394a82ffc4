//! Forecasts of a Pod's probes over time: when each first runs, when containers are ready, killed
//! and restarted, as ranges.
//!
//! The kubelet leaves much to chance: when a worker's ticker ticks, when the kubelet looks at
//! the containers, which of two threads comes first. [`forecast`] runs the kubelet's rules many
//! times, each time with other values of what is left to chance, and gives for each event the
//! earliest and the latest time.

mod assumptions;
mod back_off;
mod behaviour;
mod draw;
mod event;
mod happening;
mod kubelet;
mod order;
mod plan;
mod ranges;
mod reason;
mod standard;
mod time;
mod worker;

pub use assumptions::{Assumptions, ProbePlan, StopTakes};
pub use event::Event;
pub use happening::{Happening, Kind};
pub use plan::{ContainerPlan, PodPlan, RestartAction, RestartPolicy, RestartRule};
pub use ranges::{Effort, MAX_HORIZON, forecast, forecast_with};
pub use reason::Reason;
pub use standard::{Standard, standard};
