//! The oracle's judgement of where a Pod may run, which no rule of ours repeats
//! yet: it answers what the API's documentation says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;

use oracle::Oracle;
use serde_json::{Value, json};

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

#[test]
fn node_affinity_and_taints_are_judged() {
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
    let answers = Oracle::start().ask_all(&questions);
    for ((spec, matches, tolerated), answer) in table.iter().zip(&answers) {
        assert_eq!(answer["match"], json!(matches), "{spec}: {answer}");
        let untolerated = answer.get("untolerated").and_then(Value::as_str);
        let expected = (!tolerated).then_some("gpu=a:NoSchedule");
        assert_eq!(untolerated, expected, "{spec}: {answer}");
    }
    println!("{} Pods judged", table.len());
}
