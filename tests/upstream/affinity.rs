//! Node affinity: node selectors match the nodes that upstream's
//! `nodeaffinity` matches. Of taints, which no rule of ours judges yet, the oracle
//! answers what the API's documentation says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/rng.rs"]
mod rng;

use std::collections::BTreeMap;

use agreement::Agreement;
use k8s_openapi::api::core::v1;
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pod_model::selector::NodeSelector;
use rng::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 6_000;

const KEYS: [&str; 5] = ["size", "disk", "zone", "a.b/c", "odd"];
const VALUES: [&str; 9] = ["4", "5", "6", "ssd", "", "-5", "05", "5x", "Up.case"];
const OPERATORS: [&str; 6] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
const ODD_OPERATORS: [&str; 4] = ["in", "Equals", "", "GT"];
/// Texts that are no values of labels, of which labels of nodes may have none.
const ODD_VALUES: [&str; 4] = ["-a", "a b", "é", "99999999999999999999"];

/// A requirement that fits its operator, or may not.
fn requirement(rng: &mut Rng, key: &str) -> Value {
    let is_odd = rng.percent(6);
    let operator = if is_odd {
        rng.pick(&ODD_OPERATORS)
    } else {
        rng.pick(&OPERATORS)
    };
    let count = match operator {
        _ if rng.percent(5) => rng.below(3),
        "In" | "NotIn" if key == "metadata.name" => 1,
        "In" | "NotIn" => 1 + rng.below(3),
        "Exists" | "DoesNotExist" => 0,
        _ => 1,
    };
    let values: Vec<&str> = (0..count)
        .map(|_| match key {
            "metadata.name" => rng.pick(&["n1", "n2", ""]),
            _ if matches!(operator, "Gt" | "Lt") => rng.pick(&VALUES[..3]),
            _ if rng.percent(4) => rng.pick(&ODD_VALUES),
            _ => rng.pick(&VALUES),
        })
        .collect();
    json!({"key": key, "operator": operator, "values": values})
}

fn term(rng: &mut Rng) -> Value {
    let mut term = json!({});
    if rng.percent(80) {
        let expressions = (0..rng.below(4)).map(|_| {
            let key = if rng.percent(3) { "-" } else { rng.pick(&KEYS) };
            requirement(rng, key)
        });
        term["matchExpressions"] = expressions.collect();
    }
    if rng.percent(35) {
        let fields = (0..rng.below(3)).map(|_| {
            let key = if rng.percent(10) {
                "spec.unschedulable"
            } else {
                "metadata.name"
            };
            let mut field = requirement(rng, key);
            if rng.percent(80) {
                field["operator"] = json!(rng.pick(&["In", "NotIn"]));
                field["values"] = json!([rng.pick(&["n1", "n2"])]);
            }
            field
        });
        term["matchFields"] = fields.collect();
    }
    term
}

fn labels(rng: &mut Rng) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for key in KEYS {
        if rng.percent(60) {
            labels.insert(key.to_owned(), rng.pick(&VALUES).to_owned());
        }
    }
    labels
}

of_each_minor!(terms_match_the_nodes_that_they_match_upstream);

fn terms_match_the_nodes_that_they_match_upstream(version: KubernetesVersion) {
    let mut rng = Rng::new(20_261_132);
    let mut cases = Vec::new();
    for _ in 0..RANDOM {
        let terms: Vec<Value> = (0..rng.below(4)).map(|_| term(&mut rng)).collect();
        let name = if rng.percent(5) { "" } else { "n1" };
        cases.push((json!(terms), labels(&mut rng), name));
    }
    let questions: Vec<Value> = cases
        .iter()
        .map(|(terms, labels, name)| {
            let node = json!({"apiVersion": "v1", "kind": "Node",
                "metadata": {"name": name, "labels": labels}});
            let pod = pod(&required(terms));
            json!({"op": "affinity", "manifest": pod, "node": node.to_string()})
        })
        .collect();
    let answers = Oracle::of(version).ask_all(&questions);
    let mut agreement = Agreement::new("node selectors");
    for ((terms, labels, name), upstream) in cases.iter().zip(&answers) {
        let selector: v1::NodeSelector =
            serde_json::from_value(json!({"nodeSelectorTerms": terms})).unwrap();
        let selector = NodeSelector::from(&selector);
        let ours = selector.matches(labels, name);
        let theirs = match (upstream["match"].as_bool(), upstream.get("matchErr")) {
            (Some(matches), None) => Ok(matches),
            (Some(false), Some(_)) => Err(()),
            _ => panic!("{terms}: {upstream}"),
        };
        if ours.map_err(drop) == theirs {
            agreement.equal_and(match theirs {
                Err(()) => "invalid",
                Ok(true) => "matching",
                Ok(false) => "not matching",
            });
        } else {
            agreement.differ(format!(
                "{terms} of {name:?} {labels:?}\n  ours {ours:?}\n  upstream's {upstream}"
            ));
        }
    }
    for kind in ["invalid", "matching", "not matching"] {
        assert!(agreement.kind(kind) > RANDOM / 10, "{kind}");
    }
    agreement.finish(&[]);
}

fn pod(spec: &Value) -> String {
    let mut spec = spec.clone();
    spec["containers"] = json!([{"name": "c", "image": "i"}]);
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec}).to_string()
}

fn required(terms: &Value) -> Value {
    json!({"affinity": {"nodeAffinity":
        {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}})
}

fn expression(operator: &str, values: &Value) -> Value {
    let expression = json!({"key": "size", "operator": operator, "values": values});
    required(&json!([{"matchExpressions": [expression]}]))
}

of_each_minor!(node_affinity_and_taints_are_judged);

fn node_affinity_and_taints_are_judged(version: KubernetesVersion) {
    let node = json!({
        "apiVersion": "v1", "kind": "Node",
        "metadata": {"name": "n1", "labels": {"size": "5", "disk": "ssd"}},
        "spec": {"taints": [{"key": "gpu", "value": "a", "effect": "NoSchedule"}]},
    })
    .to_string();
    let tolerates = |toleration: &Value| json!({"tolerations": [toleration]});
    let field = |name: &str| {
        let fields = json!({"key": "metadata.name", "operator": "In", "values": [name]});
        required(&json!([{"matchFields": [fields]}]))
    };
    // Whether labels match, and whether the taint is tolerated.
    let table: [(Value, bool, bool); 17] = [
        (json!({}), true, false),
        (json!({"nodeSelector": {"disk": "ssd"}}), true, false),
        (json!({"nodeSelector": {"disk": "hdd"}}), false, false),
        (expression("In", &json!(["4", "5"])), true, false),
        (expression("NotIn", &json!(["5"])), false, false),
        (expression("Exists", &json!(null)), true, false),
        (expression("DoesNotExist", &json!(null)), false, false),
        (expression("Gt", &json!(["4"])), true, false),
        (expression("Lt", &json!(["5"])), false, false),
        (field("n1"), true, false),
        (field("n2"), false, false),
        // Terms are alternatives, and an empty one matches nothing.
        (required(&json!([{}])), false, false),
        (
            required(&json!([{}, {"matchExpressions": [{"key": "disk", "operator": "Exists"}]}])),
            true,
            false,
        ),
        (tolerates(&json!({"operator": "Exists"})), true, true),
        (tolerates(&json!({"key": "gpu", "value": "a"})), true, true),
        (tolerates(&json!({"key": "gpu", "value": "b"})), true, false),
        (
            tolerates(&json!({"key": "gpu", "operator": "Exists", "effect": "NoExecute"})),
            true,
            false,
        ),
    ];
    let questions: Vec<Value> = table
        .iter()
        .map(|(spec, ..)| json!({"op": "affinity", "manifest": pod(spec), "node": node}))
        .collect();
    let answers = Oracle::of(version).ask_all(&questions);
    for ((spec, matches, tolerated), answer) in table.iter().zip(&answers) {
        assert_eq!(
            answer["match"],
            json!(matches),
            "{version}: {spec}: {answer}"
        );
        let untolerated = answer.get("untolerated").and_then(Value::as_str);
        let expected = (!tolerated).then_some("gpu=a:NoSchedule");
        assert_eq!(untolerated, expected, "{version}: {spec}: {answer}");
    }
    println!("{version}: {} Pods judged", table.len());
}
