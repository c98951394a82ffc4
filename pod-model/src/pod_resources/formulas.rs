//! The ways to the totals of a Pod.
//!
//! Upstream: `PodRequests` and `PodLimits` in
//! `k8s.io/component-helpers/resource/helpers.go`; the totals here are made from
//! the same steps as in [`super::total`], and a test compares them.

use k8s_openapi::api::core::v1::Pod;

use super::aggregate::sides;
use super::effective::{Part, Statuses};
use super::formula::{Base, ContainersTotal, Formula};
use super::formula_sum::{Sums, sums};
use super::list::{List, amount, read};
use super::options::{Options, Side};
use super::total::{
    is_pod_level_request_set, is_pod_level_set, limit_list, overhead, pod_level, request_list,
};
use crate::quantity::Quantity;

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
