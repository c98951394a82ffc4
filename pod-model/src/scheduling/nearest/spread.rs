//! Changes of the Pod's spread constraints.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSpec, TopologySpreadConstraint};

use super::change::{Change, NearestChange};
use super::evaluated::Evaluated;
use super::proven::{MOST, proven};
use crate::scheduling::{Cause, Plugin};

const PLUGINS: &[Plugin] = &[Plugin::PodTopologySpread];

/// The numbers that would do for one constraint.
#[derive(Clone, Copy)]
struct Needed {
    /// The smallest `maxSkew` with which a node fits.
    max_skew: i64,
    /// The number of domains, if there are too few.
    domains: Option<i64>,
}

/// Returns the changes of required spread constraints that free at least one node.
pub(super) fn changes(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    let Some(spec) = &evaluated.pod.spec else {
        return Vec::new();
    };
    let needed = needed(evaluated);
    let constraints = spec.topology_spread_constraints.iter().flatten();
    let hard = constraints
        .enumerate()
        .filter(|(_, own)| own.when_unsatisfiable != "ScheduleAnyway");
    let mut changes = Vec::new();
    for (constraint, own) in hard.take(MOST) {
        let key = &own.topology_key;
        let needed = needed.get(&constraint);
        let skew = needed.and_then(|own| i32::try_from(own.max_skew).ok());
        if let Some(max_skew) = skew.filter(|skew| *skew > own.max_skew) {
            let change = Change::RaiseMaxSkew {
                constraint,
                key: key.clone(),
                max_skew,
            };
            changes.extend(proven(evaluated, PLUGINS, change, |spec| {
                edit(spec, constraint, |own| own.max_skew = max_skew);
            }));
        }
        let domains = needed.and_then(|own| i32::try_from(own.domains?).ok());
        if let Some(min_domains) = domains.filter(|domains| *domains > 0) {
            let change = Change::LowerMinDomains {
                constraint,
                key: key.clone(),
                min_domains,
            };
            changes.extend(proven(evaluated, PLUGINS, change, |spec| {
                edit(spec, constraint, |own| own.min_domains = Some(min_domains));
            }));
        }
        let change = Change::RelaxSpread {
            constraint,
            key: key.clone(),
        };
        changes.extend(proven(evaluated, PLUGINS, change, |spec| {
            edit(spec, constraint, |own| {
                "ScheduleAnyway".clone_into(&mut own.when_unsatisfiable);
            });
        }));
    }
    changes
}

fn needed(evaluated: &Evaluated<'_>) -> BTreeMap<usize, Needed> {
    let mut all: BTreeMap<usize, Needed> = BTreeMap::new();
    for reason in evaluated.only(PLUGINS).flat_map(|miss| &miss.reasons) {
        if let Cause::Skew {
            constraint,
            matching,
            selects_itself,
            minimum,
            domains,
            min_domains,
            ..
        } = &reason.cause
        {
            let own = i64::from(*selects_itself);
            let max_skew = matching.saturating_add(own).saturating_sub(*minimum);
            let needed = all.entry(*constraint).or_insert(Needed {
                max_skew,
                domains: (domains < min_domains).then_some(*domains),
            });
            needed.max_skew = needed.max_skew.min(max_skew);
        }
    }
    all
}

fn edit(spec: &mut PodSpec, at: usize, change: impl FnOnce(&mut TopologySpreadConstraint)) {
    let all = spec.topology_spread_constraints.as_mut();
    if let Some(own) = all.and_then(|all| all.get_mut(at)) {
        change(own);
    }
}
