//! A formula as a line: `max(app 500m + sidecar log 100m, init migrate 1) + overhead 50m = 1050m`.

use std::fmt;

use super::formula::{Base, ContainersTotal, Formula, Largest, Start, Summand};
use super::options::Side;
use crate::container::ContainerType;
use crate::quantity::Quantity;

/// Number of summands that are named; the rest is one sum.
const NAMED: usize = 6;
/// Number of init containers that are named.
const STARTS: usize = 3;

impl fmt::Display for Formula {
    /// Writes the summands with their names, and the total where there are several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = match &self.base {
            Base::Containers(containers) => containers.parts(),
            Base::PodLevel { amount, side, .. } => {
                vec![format!("the Pod's own {amount}{}", suffix(*side))]
            }
            Base::PodStatus { amount, side } => {
                vec![format!("all containers {amount}{}", suffix(*side))]
            }
        };
        let overhead = self.overhead.as_ref();
        parts.extend(overhead.map(|overhead| format!("overhead {overhead}")));
        if let [part] = parts.as_slice()
            && !part.starts_with("max(")
        {
            return f.write_str(part);
        }
        write!(f, "{} = {}", parts.join(" + "), self.total)
    }
}

fn suffix(side: Side) -> &'static str {
    match side {
        Side::Spec => "",
        Side::Actual => " (actual)",
        Side::Allocated => " (allocated)",
    }
}

impl fmt::Display for Summand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.container_type {
            ContainerType::Init => "init ",
            ContainerType::Sidecar => "sidecar ",
            ContainerType::App | ContainerType::Ephemeral => "",
        };
        let suffix = suffix(self.side);
        write!(f, "{kind}{} {}{suffix}", self.container, self.amount)
    }
}

impl ContainersTotal {
    /// Returns the summands as texts; a maximum is one.
    fn parts(&self) -> Vec<String> {
        let running = summands(&self.running, &self.running_total);
        if self.starting.is_empty() {
            return running;
        }
        let mut sides = Vec::with_capacity(STARTS + 2);
        if !running.is_empty() {
            sides.push(running.join(" + "));
        }
        sides.extend(self.told().into_iter().map(|start| self.start(start)));
        let left = self.starting.len() - self.starting.len().min(STARTS);
        if left > 0 {
            sides.push(format!("{left} not larger"));
        }
        match sides.as_slice() {
            [side] => vec![side.clone()],
            sides => vec![format!("max({})", sides.join(", "))],
        }
    }

    /// Returns the largest init containers, in their order.
    fn told(&self) -> Vec<&Start> {
        let mut all: Vec<_> = self.starting.iter().enumerate().collect();
        let is_largest = |at| self.largest == Largest::Starting(at);
        // The first of equal ones comes first, as it does in the maximum.
        all.sort_by(|(a, left), (b, right)| {
            let by_total = right.total.cmp(&left.total);
            is_largest(*b)
                .cmp(&is_largest(*a))
                .then(by_total)
                .then(a.cmp(b))
        });
        all.truncate(STARTS);
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, start)| start).collect()
    }

    fn start(&self, start: &Start) -> String {
        let Some(total) = &start.sidecars_total else {
            return start.container.to_string();
        };
        let sidecars = self.running.iter();
        let sidecars = sidecars.filter(|own| own.container_type == ContainerType::Sidecar);
        let before: Vec<_> = sidecars.take(start.sidecars.min(NAMED + 1)).collect();
        let before = if before.len() > NAMED {
            format!("{} sidecars {total}", start.sidecars)
        } else {
            join(before)
        };
        format!("{} + {before}", start.container)
    }
}

fn join(summands: Vec<&Summand>) -> String {
    let texts: Vec<_> = summands.into_iter().map(Summand::to_string).collect();
    texts.join(" + ")
}

/// Returns the summands as texts; of too many only their number and sum.
fn summands(all: &[Summand], total: &Quantity) -> Vec<String> {
    if all.len() > NAMED {
        return vec![format!("{} containers {total}", all.len())];
    }
    all.iter().map(Summand::to_string).collect()
}
