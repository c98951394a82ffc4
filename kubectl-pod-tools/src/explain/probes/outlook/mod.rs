//! Consequences of the numbers in sentences, from forecasts under standard assumptions.

mod entry;
mod failing;
mod given;
mod hang;
mod ready;
mod restarts;
mod sentences;

pub(super) use entry::OutlookPod;
pub(super) use given::given;
pub(super) use ready::InitContainers;
pub(super) use restarts::Immediate;
pub(super) use sentences::outlook;
