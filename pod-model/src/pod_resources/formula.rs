//! The way to the total of a resource: its summands, and which side of the
//! maximum is larger.
//!
//! Upstream: `PodRequests` and `PodLimits` in
//! `k8s.io/component-helpers/resource/helpers.go`; the totals here are made from
//! the same steps as in [`super::total`], and a test compares them.

use k8s_openapi::api::core::v1::Pod;
use serde::Serialize;

use super::aggregate::sides;
use super::effective::{Part, Statuses};
use super::formula_sum::{Sums, sums};
use super::list::{List, amount, read};
use super::options::{Options, Side};
use super::total::{
    is_pod_level_request_set, is_pod_level_set, limit_list, overhead, pod_level, request_list,
};
use crate::container::ContainerType;
use crate::quantity::Quantity;

/// The total of one resource, and the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Formula {
    /// The resource's name.
    pub resource: String,
    /// The total: that of [`super::requests`] or [`super::limits`].
    pub total: Quantity,
    /// What the total is made of, without the overhead.
    pub base: Base,
    /// The overhead, where it is added.
    pub overhead: Option<Quantity>,
}

/// What a total is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// The containers of the Pod.
    Containers(ContainersTotal),
    /// The Pod's own amount.
    PodLevel {
        /// The amount.
        amount: Quantity,
        /// Where it is from.
        side: Side,
        /// What the containers would have made, if they have the resource.
        instead_of: Option<ContainersTotal>,
    },
    /// What the Pod's status says of all its containers together, while it is resized.
    PodStatus {
        /// The amount.
        amount: Quantity,
        /// Where it is from.
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
    /// Where the amount is from.
    pub side: Side,
}

impl Serialize for Formula {
    /// Writes what [`std::fmt::Display`] does.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Returns the ways to the requests of a Pod, by the name of the resource.
pub fn request_formulas(pod: &Pod, options: Options) -> Vec<Formula> {
    formulas(pod, options, Part::Requests)
}

/// Returns the ways to the limits of a Pod, by the name of the resource.
pub fn limit_formulas(pod: &Pod, options: Options) -> Vec<Formula> {
    formulas(pod, options, Part::Limits)
}

fn formulas(pod: &Pod, options: Options, part: Part) -> Vec<Formula> {
    let (totals, is_pod_level) = match part {
        Part::Requests => (request_list(pod, options), is_pod_level_request_set(pod)),
        Part::Limits => (limit_list(pod, options), is_pod_level_set(pod)),
    };
    let level = if options.pod_level && is_pod_level {
        pod_level(pod, options, part)
    } else {
        List::new()
    };
    let overhead = overhead(pod, options);
    let mut containers = Containers::of(pod, options, part);
    let formula = |(name, total): (&str, Quantity)| {
        let base = match level.get(name) {
            Some(amount) => Base::PodLevel {
                amount: amount.clone(),
                side: side_of(pod, options, part, name, amount),
                instead_of: containers.take(name),
            },
            None => containers.base(name),
        };
        let added = overhead.get(name).filter(|_| match part {
            Part::Requests => true,
            Part::Limits => !base.amount().is_zero(),
        });
        Formula {
            resource: name.to_owned(),
            total,
            overhead: added.cloned(),
            base,
        }
    };
    totals.into_iter().map(formula).collect()
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

/// Returns the side that an amount of the Pod itself is from.
fn side_of(pod: &Pod, options: Options, part: Part, name: &str, most: &Quantity) -> Side {
    let own = pod.spec.as_ref().and_then(|spec| spec.resources.as_ref());
    let status = pod.status.as_ref().filter(|_| options.use_pod_status());
    let actual = status.and_then(|status| status.resources.as_ref());
    let is = |list| amount(list, name).as_ref() == Some(most);
    match (is(part.of(own)), is(part.of(actual))) {
        (true, _) => Side::Spec,
        (false, true) => Side::Actual,
        // With the spec alone, it is from there.
        (false, false) if status.is_none() => Side::Spec,
        (false, false) => Side::Allocated,
    }
}

/// The sums of the containers by side, the first of which stays where two are equal.
struct Containers<'a> {
    sums: Vec<Sums<'a>>,
    status: Vec<(Side, List<'a>)>,
}

impl<'a> Containers<'a> {
    fn of(pod: &'a Pod, options: Options, part: Part) -> Self {
        let statuses = Statuses::of(pod, options);
        let of = |side| sums(pod, &statuses, part, side);
        if !options.use_status || !options.compares_sums() {
            return Self {
                sums: vec![of(None)],
                status: Vec::new(),
            };
        }
        let spec = (!statuses.is_infeasible).then(|| of(Some(Side::Spec)));
        let mut all = Self {
            sums: spec.into_iter().collect(),
            status: Vec::new(),
        };
        match sides(pod, options, part) {
            Some((actual, allocated)) => {
                all.status.push((Side::Actual, read(Some(actual))));
                let allocated = allocated.map(|own| (Side::Allocated, read(Some(own))));
                all.status.extend(allocated);
            }
            None => {
                all.sums.push(of(Some(Side::Actual)));
                if part == Part::Requests {
                    all.sums.push(of(Some(Side::Allocated)));
                }
            }
        }
        all
    }

    fn take(&mut self, name: &str) -> Option<ContainersTotal> {
        let all = self.sums.iter_mut().filter_map(|sums| sums.remove(name));
        all.reduce(
            |most, next| {
                if next.total > most.total { next } else { most }
            },
        )
    }

    fn base(&mut self, name: &str) -> Base {
        let mut containers = self.take(name);
        let mut most: Option<(Side, Quantity)> = None;
        for (side, list) in &self.status {
            let Some(amount) = list.get(name) else {
                continue;
            };
            let before = most.as_ref().map(|(_, amount)| amount);
            let before = before.or(containers.as_ref().map(|own| &own.total));
            if before.is_none_or(|before| amount > before) {
                most = Some((*side, amount.clone()));
            }
        }
        match most {
            Some((side, amount)) => Base::PodStatus { amount, side },
            None => Base::Containers(containers.take().unwrap_or_default()),
        }
    }
}
