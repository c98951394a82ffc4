//! Causes that lie in the Pod as a whole: its place, its volumes, its end.

pub(super) mod ending;
pub(super) mod failed;
pub(super) mod place;
pub(super) mod ready;
pub(super) mod scheduling;
pub(super) mod volumes;
mod wants;
