//! The stage of a Pod's life, and the parts of its containers in it.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::Rng;
use super::container::Part;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No node has been chosen; held by a gate or not.
    Unscheduled { gated: bool },
    /// The kubelet did not admit it.
    Rejected,
    /// On a node whose kubelet has reported nothing yet.
    Bound,
    /// Its sandbox or its first container are being made.
    Creating,
    /// An init container or a sidecar has not done its part.
    Initializing,
    /// Its app containers were started.
    Started,
    /// It has ended, well or not.
    Ended { well: bool },
}

impl Stage {
    pub fn any(rng: &mut Rng) -> Self {
        match rng.below(100) {
            0..5 => Self::Unscheduled {
                gated: rng.percent(50),
            },
            5..10 => Self::Rejected,
            10..13 => Self::Bound,
            13..20 => Self::Creating,
            20..40 => Self::Initializing,
            40..80 => Self::Started,
            _ => Self::Ended {
                well: rng.percent(45),
            },
        }
    }
}

/// The part of the last init container that was reached.
fn not_done(rng: &mut Rng, is_sidecar: bool) -> Part {
    match Part::any(rng) {
        Part::Running { .. } => Part::Running {
            started: !is_sidecar,
            ready: false,
        },
        Part::Ended { .. } => Part::Ended { well: false },
        other => other,
    }
}

/// The parts of the init containers and of the app containers of a spec.
pub fn parts(rng: &mut Rng, spec: &Value, stage: Stage) -> (Vec<Part>, Vec<Part>) {
    let list = |field: &str| spec[field].as_array().map_or(&[][..], Vec::as_slice);
    let (init, apps) = (list("initContainers"), list("containers"));
    let is_sidecar = |container: &Value| container["restartPolicy"] == "Always";
    let waiting = Part::Waiting {
        initializing: !init.is_empty(),
    };
    let done = |rng: &mut Rng, container: &Value| {
        if is_sidecar(container) {
            let ready = rng.percent(85);
            Part::Running {
                started: true,
                ready,
            }
        } else {
            Part::Ended { well: true }
        }
    };
    match stage {
        Stage::Unscheduled { .. } | Stage::Rejected | Stage::Bound => (Vec::new(), Vec::new()),
        Stage::Creating => (vec![waiting; init.len()], vec![waiting; apps.len()]),
        Stage::Initializing => {
            let reached = rng.below(init.len().max(1));
            let parts =
                init.iter()
                    .enumerate()
                    .map(|(index, container)| match index.cmp(&reached) {
                        Ordering::Less => done(rng, container),
                        Ordering::Equal => not_done(rng, is_sidecar(container)),
                        Ordering::Greater => waiting,
                    });
            (parts.collect(), vec![waiting; apps.len()])
        }
        Stage::Started => {
            let init = init.iter().map(|container| {
                if is_sidecar(container) && rng.percent(35) {
                    match Part::any(rng) {
                        Part::Waiting { .. } => Part::BetweenRuns,
                        other => other,
                    }
                } else {
                    done(rng, container)
                }
            });
            let init = init.collect();
            (init, apps.iter().map(|_| Part::any(rng)).collect())
        }
        Stage::Ended { well } => {
            let init = init.iter().map(|container| Part::Ended {
                well: !is_sidecar(container) || rng.percent(50),
            });
            let init = init.collect();
            let bad = rng.below(apps.len());
            let apps = (0..apps.len()).map(|index| Part::Ended {
                well: well || index != bad && rng.percent(60),
            });
            (init, apps.collect())
        }
    }
}
