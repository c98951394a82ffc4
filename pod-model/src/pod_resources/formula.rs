//! The way to the total of a resource: its summands, and which side of the
//! maximum is larger.

use serde::Serialize;

use super::options::Side;
use crate::container::ContainerType;
use crate::quantity::Quantity;

/// The total of one resource, and the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The resource's name.
    pub resource: String,
    /// The total: that of [`super::requests`] or [`super::limits`].
    pub total: Quantity,
    /// The parts of the total, without the overhead.
    pub base: Base,
    /// The overhead, where it is added.
    pub overhead: Option<Quantity>,
}

/// The parts of a total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The containers of the Pod.
    Containers(ContainersTotal),
    /// The Pod's own amount.
    PodLevel {
        /// The amount.
        amount: Quantity,
        /// The side that it is from.
        side: Side,
        /// The total of the containers, which does not count, if they have the resource.
        instead_of: Option<ContainersTotal>,
    },
    /// All containers together as the Pod's status has them, while it is resized.
    PodStatus {
        /// The amount.
        amount: Quantity,
        /// The side that it is from.
        side: Side,
    },
}

/// The most that the containers have at any time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContainersTotal {
    /// The app containers, then the sidecars, of those that have the resource.
    pub running: Vec<Summand>,
    /// Their sum.
    pub running_total: Quantity,
    /// The init containers that have the resource, in their order.
    pub starting: Vec<Start>,
    /// The side that is larger.
    pub largest: Largest,
    /// The total.
    pub total: Quantity,
}

/// The side of the maximum that is larger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Largest {
    /// The containers that run together.
    #[default]
    Running,
    /// The init container of this index in [`ContainersTotal::starting`].
    Starting(usize),
}

/// The time at which an init container runs, beside the sidecars before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// The init container.
    pub container: Summand,
    /// The number of sidecars before it that have the resource: the first ones of those in
    /// [`ContainersTotal::running`].
    pub sidecars: usize,
    /// The sum of those sidecars, or `None` without them.
    pub sidecars_total: Option<Quantity>,
    /// The sum with the init container.
    pub total: Quantity,
}

/// The amount of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summand {
    /// The container's name.
    pub container: String,
    /// Its part in the life of the Pod.
    pub container_type: ContainerType,
    /// The amount.
    pub amount: Quantity,
    /// The side that the amount is from.
    pub side: Side,
}

impl Serialize for Formula {
    /// Writes what [`std::fmt::Display`] does.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Base {
    /// Returns the amount without the overhead.
    pub fn amount(&self) -> &Quantity {
        match self {
            Self::Containers(containers) => &containers.total,
            Self::PodLevel { amount, .. } | Self::PodStatus { amount, .. } => amount,
        }
    }
}
