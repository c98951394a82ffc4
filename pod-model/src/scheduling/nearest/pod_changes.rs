//! Changes of the Pod.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSpec, Taint, Toleration};

use super::change::{Change, NearestChange};
use super::evaluated::Evaluated;
use super::known_labels::KnownLabels;
use super::node_changes::is_of_state;
use super::proven::{MOST, proven, proven_pod};
use super::requests::{overhead, owner, with_at_most};
use super::spread;
use crate::scheduling::{Cause, Plugin};
use crate::selector::required_node_affinity;

/// Returns the changes of the Pod that free at least one node.
pub(super) fn pod_changes(
    evaluated: &Evaluated<'_>,
    known: &KnownLabels<'_>,
) -> Vec<NearestChange> {
    let mut changes = tolerations(evaluated);
    changes.extend(selectors(evaluated, known));
    changes.extend(requests(evaluated));
    changes.extend(ports(evaluated));
    changes.extend(spread::changes(evaluated));
    changes.extend(pod_affinity(evaluated));
    changes
}

fn tolerations(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    const PLUGINS: &[Plugin] = &[Plugin::TaintToleration];
    let mut counts: BTreeMap<(String, Option<String>, String), (usize, Taint)> = BTreeMap::new();
    for miss in evaluated.only(PLUGINS) {
        for reason in &miss.reasons {
            if let Cause::Taint(taint) = &reason.cause
                && !is_of_state(taint)
            {
                let key = (taint.key.clone(), taint.value.clone(), taint.effect.clone());
                counts.entry(key).or_insert_with(|| (0, taint.clone())).0 += 1;
            }
        }
    }
    let mut taints: Vec<(usize, Taint)> = counts.into_values().collect();
    taints.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let changes = taints.into_iter().take(MOST).filter_map(|(_, taint)| {
        let has_value = taint.value.as_deref().is_some_and(|own| !own.is_empty());
        let toleration = Toleration {
            key: Some(taint.key.clone()),
            operator: Some(if has_value { "Equal" } else { "Exists" }.to_owned()),
            value: taint.value.clone().filter(|_| has_value),
            effect: Some(taint.effect.clone()),
            toleration_seconds: None,
        };
        proven(evaluated, PLUGINS, Change::Tolerate(taint), |spec| {
            spec.tolerations.get_or_insert_default().push(toleration);
        })
    });
    changes.collect()
}

fn selectors(evaluated: &Evaluated<'_>, known: &KnownLabels<'_>) -> Vec<NearestChange> {
    const PLUGINS: &[Plugin] = &[Plugin::NodeAffinity];
    let Some(spec) = &evaluated.pod.spec else {
        return Vec::new();
    };
    if evaluated.only(PLUGINS).next().is_none() {
        return Vec::new();
    }
    let mut changes = Vec::new();
    for (key, value) in spec.node_selector.iter().flatten().take(MOST) {
        if !known.has(key, value)
            && let Some((to_key, to_value)) = known.similar(key, value)
        {
            let to = (to_key.to_owned(), to_value.to_owned());
            let change = Change::ReplaceLabel {
                from: (key.clone(), value.clone()),
                to: to.clone(),
            };
            changes.extend(proven(evaluated, PLUGINS, change, |spec| {
                let selector = spec.node_selector.get_or_insert_default();
                selector.remove(key);
                selector.insert(to.0, to.1);
            }));
        }
        let change = Change::DropNodeSelector {
            key: key.clone(),
            value: value.clone(),
        };
        changes.extend(proven(evaluated, PLUGINS, change, |spec| {
            spec.node_selector.get_or_insert_default().remove(key);
        }));
    }
    let Some(required) = required_node_affinity(spec) else {
        return changes;
    };
    let places = required.node_selector_terms.iter().enumerate();
    let places = places.flat_map(|(term, own)| {
        let expressions = own.match_expressions.iter().flatten().enumerate();
        expressions.map(move |(at, own)| (term, at, own))
    });
    for (term, at, own) in places.filter(|(_, _, own)| own.operator == "In").take(MOST) {
        for value in own.values.iter().flatten().take(MOST) {
            if known.has(&own.key, value) {
                continue;
            }
            let Some((to_key, to_value)) = known.similar(&own.key, value) else {
                continue;
            };
            let change = Change::ReplaceLabel {
                from: (own.key.clone(), value.clone()),
                to: (to_key.to_owned(), to_value.to_owned()),
            };
            changes.extend(proven(evaluated, PLUGINS, change, |spec| {
                replace_in_affinity(spec, (term, at), to_key, to_value);
            }));
        }
    }
    let drop = proven(evaluated, PLUGINS, Change::DropNodeAffinity, |spec| {
        let affinity = spec.affinity.as_mut();
        if let Some(own) = affinity.and_then(|own| own.node_affinity.as_mut()) {
            own.required_during_scheduling_ignored_during_execution = None;
        }
    });
    changes.extend(drop);
    changes
}

fn replace_in_affinity(spec: &mut PodSpec, place: (usize, usize), key: &str, value: &str) {
    let affinity = spec
        .affinity
        .as_mut()
        .and_then(|own| own.node_affinity.as_mut());
    let required = affinity.and_then(|own| {
        own.required_during_scheduling_ignored_during_execution
            .as_mut()
    });
    let term = required.and_then(|own| own.node_selector_terms.get_mut(place.0));
    let expressions = term.and_then(|own| own.match_expressions.as_mut());
    if let Some(own) = expressions.and_then(|own| own.get_mut(place.1)) {
        key.clone_into(&mut own.key);
        own.values = Some(vec![value.to_owned()]);
    }
}

fn requests(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    const PLUGINS: &[Plugin] = &[Plugin::NodeResourcesFit];
    // The largest amount that is left on a node which lacks nothing else.
    let mut best: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for miss in evaluated.only(PLUGINS) {
        let [reason] = miss.reasons.as_slice() else {
            continue;
        };
        if let Cause::Insufficient {
            resource,
            requested,
            used,
            allocatable,
        } = &reason.cause
        {
            let left = allocatable - used;
            let own = best.entry(resource).or_insert((*requested, left));
            own.1 = own.1.max(left);
        }
    }
    let changes = best
        .into_iter()
        .take(MOST)
        .filter_map(|(resource, (from, left))| {
            let to = rounded_down(resource, left);
            // Zero of a resource is not a smaller request.
            let pod = (to > 0 && to < from)
                .then(|| with_at_most(evaluated.snapshot, evaluated.pod, resource, to))??;
            // Nobody writes the overhead: it comes on top.
            let overhead = overhead(evaluated.pod, resource);
            let owner = owner(
                evaluated.snapshot,
                (evaluated.pod, from),
                (&pod, to),
                resource,
                overhead,
            );
            let (from, to) = (from - overhead, to - overhead);
            if to <= 0 {
                return None;
            }
            let change = Change::LowerRequest {
                resource: resource.to_owned(),
                owner,
                from,
                to,
            };
            proven_pod(evaluated, PLUGINS, change, &pod)
        });
    changes.collect()
}

/// Returns an amount that people would write: memory in whole MiB.
fn rounded_down(resource: &str, amount: i128) -> i128 {
    const MIB: i128 = 1 << 20;
    match resource {
        "memory" | "ephemeral-storage" if amount > MIB => amount / MIB * MIB,
        _ => amount,
    }
}

fn ports(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    const PLUGINS: &[Plugin] = &[Plugin::NodePorts];
    let mut ports: Vec<(i32, String)> = Vec::new();
    for reason in evaluated.only(PLUGINS).flat_map(|miss| &miss.reasons) {
        if let Cause::Port { port, protocol, .. } = &reason.cause
            && !ports.contains(&(*port, protocol.clone()))
        {
            ports.push((*port, protocol.clone()));
        }
    }
    let changes = ports.into_iter().take(MOST).filter_map(|(port, protocol)| {
        let change = Change::DropHostPort {
            port,
            protocol: protocol.clone(),
        };
        proven(evaluated, PLUGINS, change, |spec| {
            let containers = spec.containers.iter_mut();
            let containers = containers.chain(spec.init_containers.iter_mut().flatten());
            for own in containers.flat_map(|own| own.ports.iter_mut().flatten()) {
                let of = own.protocol.as_deref().unwrap_or("TCP");
                if own.host_port == Some(port) && of == protocol {
                    own.host_port = None;
                }
            }
        })
    });
    changes.collect()
}

fn pod_affinity(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    const PLUGINS: &[Plugin] = &[Plugin::InterPodAffinity];
    let affinity = evaluated
        .pod
        .spec
        .as_ref()
        .and_then(|own| own.affinity.as_ref());
    let Some(affinity) = affinity.filter(|_| evaluated.only(PLUGINS).next().is_some()) else {
        return Vec::new();
    };
    let own = affinity.pod_affinity.as_ref();
    let own = own.and_then(|own| {
        own.required_during_scheduling_ignored_during_execution
            .as_ref()
    });
    let anti = affinity.pod_anti_affinity.as_ref();
    let anti = anti.and_then(|own| {
        own.required_during_scheduling_ignored_during_execution
            .as_ref()
    });
    let own = own.into_iter().flatten().enumerate();
    let anti = anti.into_iter().flatten().enumerate();
    let all = own.map(|(at, term)| (false, at, term));
    let all = all.chain(anti.map(|(at, term)| (true, at, term)));
    let changes = all.take(MOST).filter_map(|(is_anti, term, own)| {
        let change = Change::DropPodAffinity {
            is_anti,
            term,
            key: own.topology_key.clone(),
        };
        proven(evaluated, PLUGINS, change, |spec| {
            let Some(affinity) = spec.affinity.as_mut() else {
                return;
            };
            let terms = if is_anti {
                let own = affinity.pod_anti_affinity.as_mut();
                own.and_then(|own| {
                    own.required_during_scheduling_ignored_during_execution
                        .as_mut()
                })
            } else {
                let own = affinity.pod_affinity.as_mut();
                own.and_then(|own| {
                    own.required_during_scheduling_ignored_during_execution
                        .as_mut()
                })
            };
            if let Some(terms) = terms.filter(|terms| term < terms.len()) {
                terms.remove(term);
            }
        })
    });
    changes.collect()
}
