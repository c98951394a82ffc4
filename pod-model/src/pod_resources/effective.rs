//! The amounts of a container that count while its Pod is resized.
//!
//! Upstream: `k8s.io/component-helpers/resource/helpers.go`: up to 1.36
//! `determineEffectiveRequests` and `determineEffectiveLimits`, which take the most of
//! each container, from 1.37 on `containerActuatedRequests`,
//! `containerAllocatedRequests` and `containerActuatedLimits`, each for a sum of its own.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, ContainerStatus, Pod, ResourceRequirements};

use super::list::{ApiList, List, amount, raise, read};
use super::options::{Options, Side};
use crate::container::ContainerType;
use crate::quantity::Quantity;

/// Requests or limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Requests,
    Limits,
}

impl Part {
    pub(super) fn of(self, resources: Option<&ResourceRequirements>) -> Option<&ApiList> {
        match self {
            Self::Requests => resources?.requests.as_ref(),
            Self::Limits => resources?.limits.as_ref(),
        }
    }
}

/// The lists of a container, of which the most counts; of two that are equal the first.
#[derive(Clone, Copy, Default)]
pub(super) struct Lists<'a>([Option<(Side, &'a ApiList)>; 3]);

impl<'a> Lists<'a> {
    fn one(side: Side, list: Option<&'a ApiList>) -> Self {
        Self([list.map(|list| (side, list)), None, None])
    }

    fn each(self) -> impl Iterator<Item = (Side, &'a ApiList)> {
        self.0.into_iter().flatten()
    }

    /// Returns the list if there is one, or the first of several with the same texts.
    pub(super) fn first(self) -> Option<&'a ApiList> {
        self.each().next().map(|(_, list)| list)
    }

    pub(super) fn read(self) -> List<'a> {
        let first = self.first();
        let mut most = read(first);
        for (_, list) in self.each().skip(1).filter(|(_, list)| Some(*list) != first) {
            raise(&mut most, read(Some(list)));
        }
        most
    }

    /// Returns the amount of each resource, with the side that it is from.
    pub(super) fn sides(self) -> BTreeMap<&'a str, (Side, Quantity)> {
        let mut most: BTreeMap<&str, (Side, Quantity)> = BTreeMap::new();
        for (side, list) in self.each() {
            for name in list.keys() {
                let Some(amount) = amount(Some(list), name) else {
                    continue;
                };
                if most.get(name.as_str()).is_none_or(|own| amount > own.1) {
                    most.insert(name, (side, amount));
                }
            }
        }
        most
    }
}

/// The statuses of a Pod's containers, where they count.
pub(super) struct Statuses<'a> {
    by_name: BTreeMap<&'a str, &'a ContainerStatus>,
    /// The kubelet cannot do the resize, so that the spec does not count.
    pub(super) is_infeasible: bool,
}

impl<'a> Statuses<'a> {
    pub(super) fn of(pod: &'a Pod, options: Options) -> Self {
        let mut by_name = BTreeMap::new();
        let status = pod.status.as_ref().filter(|_| options.use_status);
        let app = status.and_then(|status| status.container_statuses.as_ref());
        let init = status.and_then(|status| status.init_container_statuses.as_ref());
        for own in app.into_iter().chain(init).flatten() {
            if options.compares_sums() {
                by_name.entry(own.name.as_str()).or_insert(own);
            } else {
                by_name.insert(own.name.as_str(), own);
            }
        }
        Self {
            by_name,
            is_infeasible: options.use_status && is_infeasible(pod),
        }
    }

    /// Returns the lists of a container; where sums are compared, those of one side.
    pub(super) fn lists(
        &self,
        container: &'a Container,
        container_type: ContainerType,
        part: Part,
        side: Option<Side>,
    ) -> Lists<'a> {
        let own = part.of(container.resources.as_ref());
        let status = self.by_name.get(container.name.as_str()).copied();
        match side {
            Some(Side::Spec) => Lists::one(Side::Spec, own),
            Some(side) => self.of_side(own, status, part, side),
            None => self.most(own, status, container_type, part),
        }
    }

    fn of_side(
        &self,
        own: Option<&'a ApiList>,
        status: Option<&'a ContainerStatus>,
        part: Part,
        side: Side,
    ) -> Lists<'a> {
        let actual = status.and_then(|own| part.of(own.resources.as_ref()));
        let allocated = status.and_then(|own| own.allocated_resources.as_ref());
        let actual = actual.filter(|_| side == Side::Actual);
        let allocated = allocated.filter(|_| part == Part::Requests);
        match (actual, allocated) {
            (Some(_), _) => Lists::one(Side::Actual, actual),
            (None, Some(_)) => Lists::one(Side::Allocated, allocated),
            (None, None) => Lists::one(Side::Spec, own.filter(|_| !self.is_infeasible)),
        }
    }

    fn most(
        &self,
        own: Option<&'a ApiList>,
        status: Option<&'a ContainerStatus>,
        container_type: ContainerType,
        part: Part,
    ) -> Lists<'a> {
        // An init container that runs once is never resized.
        let status = status.filter(|_| container_type != ContainerType::Init);
        let Some((status, resources)) = status.and_then(|own| Some((own, own.resources.as_ref()?)))
        else {
            return Lists::one(Side::Spec, own);
        };
        let spec = own.filter(|_| !self.is_infeasible);
        let allocated = status.allocated_resources.as_ref();
        let allocated = allocated.filter(|_| part == Part::Requests);
        let all = [
            (Side::Spec, spec),
            (Side::Actual, part.of(Some(resources))),
            (Side::Allocated, allocated),
        ];
        Lists(all.map(|(side, list)| list.map(|list| (side, list))))
    }
}

/// Upstream: `IsPodResizeInfeasible`.
pub(super) fn is_infeasible(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|own| &own.conditions).flatten();
    let pending = conditions
        .into_iter()
        .find(|own| own.type_ == "PodResizePending");
    pending.is_some_and(|own| own.reason.as_deref() == Some("Infeasible"))
}
