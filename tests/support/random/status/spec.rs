//! The spec of a Pod, in the fields that its status depends on.

use serde_json::{Value, json};

use super::super::Rng;

/// A spec that the API server takes, with up to three containers and as many init
/// containers, of which some are sidecars.
pub fn spec(rng: &mut Rng) -> Value {
    let container = |name: String| json!({ "name": name, "image": "nginx:1.29" });
    let containers: Vec<Value> = (0..=rng.below(3))
        .map(|number| container(format!("app-{number}")))
        .collect();
    let count = if rng.percent(55) { rng.below(4) } else { 0 };
    let init: Vec<Value> = (0..count)
        .map(|number| {
            let mut own = container(format!("init-{number}"));
            if rng.percent(50) {
                own["restartPolicy"] = "Always".into();
            }
            own
        })
        .collect();
    let mut spec = json!({
        "containers": containers,
        "restartPolicy": rng.pick(&["Always", "OnFailure", "Never"]),
        "terminationGracePeriodSeconds": 30,
    });
    if !init.is_empty() {
        spec["initContainers"] = init.into();
    }
    if rng.percent(12) {
        spec["readinessGates"] = json!([{ "conditionType": "example.com/lb" }]);
    }
    spec
}
