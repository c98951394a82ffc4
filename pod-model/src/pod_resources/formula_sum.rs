//! The sum of the containers of a Pod for each resource, with its summands.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;

use super::effective::{Part, Statuses};
use super::formula::{ContainersTotal, Largest, Start, Summand};
use super::options::Side;
use super::walk::walk;
use crate::container::ContainerType;
use crate::quantity::Quantity;

pub(super) type Sums<'a> = BTreeMap<&'a str, ContainersTotal>;

/// The sum of one resource so far.
#[derive(Default)]
struct Sum {
    total: ContainersTotal,
    has_running: bool,
    sidecars: usize,
    sidecars_total: Option<Quantity>,
    /// Each time at which a container starts, sidecars included.
    starting: Vec<Start>,
}

pub(super) fn sums<'a>(
    pod: &'a Pod,
    statuses: &Statuses<'a>,
    part: Part,
    side: Option<Side>,
) -> Sums<'a> {
    let mut all: BTreeMap<&str, Sum> = BTreeMap::new();
    for container in walk(pod, statuses, part, side) {
        for (name, (side, amount)) in container.lists.sides() {
            all.entry(name).or_default().add(Summand {
                container: container.name.to_owned(),
                container_type: container.container_type,
                amount,
                side,
            });
        }
    }
    all.into_iter()
        .map(|(name, sum)| (name, sum.end()))
        .collect()
}

impl Sum {
    fn add(&mut self, own: Summand) {
        if own.container_type == ContainerType::Init {
            return self.start(own);
        }
        if self.has_running {
            self.total.running_total += &own.amount;
        } else {
            self.total.running_total = own.amount.clone();
        }
        self.has_running = true;
        if own.container_type == ContainerType::Sidecar {
            let before = self.sidecars_total.clone();
            let mut total = before.clone().unwrap_or_else(|| own.amount.clone());
            if before.is_some() {
                total += &own.amount;
            }
            self.starting.push(Start {
                container: own.clone(),
                sidecars: self.sidecars,
                sidecars_total: before,
                total: total.clone(),
            });
            self.sidecars += 1;
            self.sidecars_total = Some(total);
        }
        self.total.running.push(own);
    }

    fn start(&mut self, own: Summand) {
        let mut total = own.amount.clone();
        if let Some(sidecars) = &self.sidecars_total {
            total += sidecars;
        }
        self.starting.push(Start {
            container: own,
            sidecars: self.sidecars,
            sidecars_total: self.sidecars_total.clone(),
            total,
        });
    }

    fn end(self) -> ContainersTotal {
        let mut most = self.has_running.then(|| self.total.running_total.clone());
        let mut largest = None;
        for (at, start) in self.starting.iter().enumerate() {
            if most.as_ref().is_none_or(|most| start.total > *most) {
                most = Some(start.total.clone());
                largest = Some(at);
            }
        }
        // A sidecar that starts is less than all together, unless an amount is negative.
        let is_told = |(at, start): &(usize, Start)| {
            start.container.container_type == ContainerType::Init || Some(*at) == largest
        };
        let starting = self.starting.into_iter().enumerate().filter(is_told);
        let mut total = self.total;
        for (at, start) in starting {
            if Some(at) == largest {
                total.largest = Largest::Starting(total.starting.len());
            }
            total.starting.push(start);
        }
        total.total = most.unwrap_or_default();
        total
    }
}
