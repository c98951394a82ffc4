//! Random selectors, affinities, spread constraints and tolerations.

use serde_json::{Map, Value, json};

use super::NAMESPACES;
use crate::rng::Rng;

const TOPOLOGIES: [&str; 6] = [
    "kubernetes.io/hostname",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "rack",
    "nowhere",
];

/// Several of these, at least `least`.
fn some(rng: &mut Rng, least: usize, from: &[&str]) -> Vec<String> {
    let count = least + rng.below(3);
    (0..count).map(|_| rng.pick(from).to_owned()).collect()
}

fn node_requirement(rng: &mut Rng, is_odd: bool) -> Value {
    let (key, values): (&str, &[&str]) = match rng.below(4) {
        0 => ("disk", &["ssd", "hdd", "nvme"]),
        1 => ("topology.kubernetes.io/zone", &["za", "zb", "zc"]),
        2 => ("rack", &["k1", "k2", ""]),
        _ => ("size", &["1", "2", "3", "10", "05"]),
    };
    match rng.below(if key == "size" { 12 } else { 9 }) {
        0..=2 => json!({"key": key, "operator": "In", "values": some(rng, 1, values)}),
        3..=5 => json!({"key": key, "operator": "NotIn", "values": some(rng, 1, values)}),
        6 | 7 => json!({"key": key, "operator": "Exists"}),
        8 => json!({"key": key, "operator": "DoesNotExist"}),
        n => {
            let odd = ["-5", "x"];
            let value = if is_odd && rng.percent(25) {
                rng.pick(&odd)
            } else {
                rng.pick(&["1", "2", "5"])
            };
            json!({"key": key, "operator": if n == 9 { "Lt" } else { "Gt" }, "values": [value]})
        }
    }
}

fn node_term(rng: &mut Rng, is_odd: bool, with_fields: usize) -> Value {
    let mut term = Map::new();
    if rng.percent(93) {
        let count = 1 + rng.below(2);
        let all: Vec<Value> = (0..count).map(|_| node_requirement(rng, is_odd)).collect();
        term.insert("matchExpressions".to_owned(), json!(all));
    }
    if rng.percent(with_fields) {
        let name = format!("n{}", rng.below(6));
        let operator = rng.pick(&["In", "In", "NotIn"]);
        let fields = json!([{"key": "metadata.name", "operator": operator, "values": [name]}]);
        term.insert("matchFields".to_owned(), fields);
    }
    json!(term)
}

/// `nodeSelector` and `nodeAffinity`.
pub(super) fn node(rng: &mut Rng, spec: &mut Value, is_odd: bool) {
    if rng.percent(35) {
        spec["nodeSelector"] = match rng.below(3) {
            0 => json!({"disk": rng.pick(&["ssd", "hdd"])}),
            1 => json!({"topology.kubernetes.io/zone": "zb"}),
            _ => json!({"disk": "ssd", "size": rng.pick(&["1", "2"])}),
        };
    }
    let mut affinity = json!({});
    if rng.percent(50) {
        let count = 1 + rng.below(3);
        let with_fields = rng.pick(&[0, 0, 60]);
        let terms: Vec<Value> = (0..count)
            .map(|_| node_term(rng, is_odd, with_fields))
            .collect();
        affinity["requiredDuringSchedulingIgnoredDuringExecution"] =
            json!({"nodeSelectorTerms": terms});
    }
    if rng.percent(50) {
        let is_odd = is_odd && rng.percent(10);
        let preferred = (0..=rng.below(3)).map(
            |_| json!({"weight": 1 + rng.below(100), "preference": node_term(rng, is_odd, 15)}),
        );
        affinity["preferredDuringSchedulingIgnoredDuringExecution"] =
            json!(preferred.collect::<Vec<_>>());
    }
    spec["affinity"]["nodeAffinity"] = affinity;
}

/// A selector of Pods.
fn selector(rng: &mut Rng) -> Value {
    match rng.below(16) {
        0 => json!({}),
        1 => Value::Null,
        2 => {
            json!({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": some(rng, 1, &["web", "db"])}]})
        }
        3 => json!({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}),
        4 => json!({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}),
        5 => {
            json!({"matchExpressions": [{"key": "app", "operator": "In", "values": some(rng, 1, &["web", "db", "cache"])}],
            "matchLabels": {"tier": "front"}})
        }
        _ => json!({"matchLabels": {"app": rng.pick(&["web", "db", "cache"])}}),
    }
}

fn pod_term(rng: &mut Rng) -> Value {
    let mut term = json!({"topologyKey": rng.pick(&TOPOLOGIES), "labelSelector": selector(rng)});
    if rng.percent(25) {
        term["namespaces"] = json!(some(rng, 1, &NAMESPACES));
    }
    if rng.percent(25) {
        term["namespaceSelector"] = match rng.below(4) {
            0 => json!({}),
            1 => json!({"matchExpressions": [{"key": "env", "operator": "DoesNotExist"}]}),
            _ => json!({"matchLabels": {"team": rng.pick(&["a", "b"])}}),
        };
    }
    term
}

/// `podAffinity` or `podAntiAffinity`.
fn pod_affinity(rng: &mut Rng) -> Value {
    let mut affinity = json!({});
    if rng.percent(65) {
        let terms: Vec<Value> = (0..rng.pick(&[1, 1, 2])).map(|_| pod_term(rng)).collect();
        affinity["requiredDuringSchedulingIgnoredDuringExecution"] = json!(terms);
    }
    if rng.percent(45) {
        let terms = (0..=rng.below(2))
            .map(|_| json!({"weight": 1 + rng.below(100), "podAffinityTerm": pod_term(rng)}));
        affinity["preferredDuringSchedulingIgnoredDuringExecution"] =
            json!(terms.collect::<Vec<_>>());
    }
    affinity
}

pub(super) fn pods(rng: &mut Rng, spec: &mut Value) {
    if rng.percent(55) {
        spec["affinity"]["podAffinity"] = pod_affinity(rng);
    }
    if rng.percent(60) {
        spec["affinity"]["podAntiAffinity"] = pod_affinity(rng);
    }
}

pub(super) fn spread(rng: &mut Rng, spec: &mut Value) {
    let constraints = (0..=rng.below(3)).map(|_| {
        let mut one = json!({
            "maxSkew": rng.pick(&[1, 1, 2, 3]),
            "topologyKey": rng.pick(&TOPOLOGIES[..5]),
            "whenUnsatisfiable": rng.pick(&["DoNotSchedule", "DoNotSchedule", "ScheduleAnyway"]),
            "labelSelector": selector(rng),
        });
        if one["whenUnsatisfiable"] == "DoNotSchedule" && rng.percent(25) {
            one["minDomains"] = json!(1 + rng.below(5));
        }
        if rng.percent(30) {
            one["nodeAffinityPolicy"] = json!(rng.pick(&["Honor", "Ignore"]));
        }
        if rng.percent(35) {
            one["nodeTaintsPolicy"] = json!(rng.pick(&["Honor", "Ignore"]));
        }
        if !one["labelSelector"].is_null() && rng.percent(20) {
            one["matchLabelKeys"] = json!([rng.pick(&["tier", "pod-template-hash"])]);
        }
        one
    });
    let all: Vec<Value> = constraints.collect();
    // A key and what is done stand together once.
    let mut seen = std::collections::BTreeSet::new();
    let all: Vec<Value> = all
        .into_iter()
        .filter(|one| {
            seen.insert((
                one["topologyKey"].to_string(),
                one["whenUnsatisfiable"].to_string(),
            ))
        })
        .collect();
    spec["topologySpreadConstraints"] = json!(all);
}

pub(super) fn tolerations(rng: &mut Rng, spec: &mut Value, compares: bool) {
    let all = (0..=rng.below(3)).map(|_| {
        let mut one = json!({});
        if rng.percent(92) {
            one["key"] = json!(rng.pick(&[
                "dedicated",
                "gpu",
                "level",
                "node.kubernetes.io/unschedulable",
                "node.kubernetes.io/not-ready",
            ]));
            match rng.below(6) {
                0 | 1 => {
                    one["value"] = json!(rng.pick(&["team-a", "true", "5"]));
                    if rng.percent(50) {
                        one["operator"] = json!("Equal");
                    }
                }
                2 if compares => {
                    one["operator"] = json!(rng.pick(&["Gt", "Lt"]));
                    one["value"] = json!(rng.pick(&["5", "8", "-10"]));
                }
                _ => one["operator"] = json!("Exists"),
            }
        } else {
            one["operator"] = json!("Exists");
        }
        if rng.percent(60) {
            one["effect"] = json!(rng.pick(&["NoSchedule", "NoExecute", "PreferNoSchedule"]));
        }
        if one["effect"] == "NoExecute" && rng.percent(30) {
            one["tolerationSeconds"] = json!(300);
        }
        one
    });
    spec["tolerations"] = json!(all.collect::<Vec<_>>());
}
