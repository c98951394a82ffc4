//! Causes that lie in one container.

mod ended;
mod errors;
mod probes;
mod rules;
mod run;
mod running;
mod waiting;

pub(in crate::diagnosis) use errors::{key_of, missing_object};

use super::cause::Cause;
use super::scene::{ContainerState, Scene};

/// Returns the causes of a container's state, the most telling first.
pub(super) fn causes(scene: &Scene<'_>, container: &ContainerState<'_>) -> Vec<Cause> {
    if let Some(cause) = waiting::cause(scene, container) {
        return vec![cause];
    }
    if let Some(ended) = container.ended() {
        return ended::cause(scene, container, ended).into_iter().collect();
    }
    running::causes(scene, container)
}
