//! Random requests, limits and containers.

use serde_json::{Map, Value, json};

use super::nodes::IMAGES;
use crate::rng::Rng;

const CPU: [&str; 8] = ["100m", "250m", "1", "500m", "0", "1.5", "33m", "0.0001"];
const MEMORY: [&str; 8] = ["64Mi", "256Mi", "1Gi", "0", "100M", "1", "128974848", "0.5"];

fn list(rng: &mut Rng) -> Value {
    let mut list = Map::new();
    let mut put = |key: &str, value: &str| list.insert(key.to_owned(), json!(value));
    if rng.percent(70) {
        put("cpu", rng.pick(&CPU));
    }
    if rng.percent(70) {
        put("memory", rng.pick(&MEMORY));
    }
    if rng.percent(12) {
        put("ephemeral-storage", rng.pick(&["10Mi", "1Gi", "0", "5Gi"]));
    }
    if rng.percent(8) {
        put("example.com/gpu", rng.pick(&["1", "0", "2"]));
    }
    if rng.percent(3) {
        put("hugepages-2Mi", rng.pick(&["2Mi", "4Mi", "0"]));
    }
    if rng.percent(2) {
        put("example.com/fpga", rng.pick(&["1", "0"]));
    }
    json!(list)
}

/// `resources` of a container.
fn resources(rng: &mut Rng) -> Value {
    match rng.below(10) {
        0 => json!({}),
        1 => json!({"limits": list(rng)}),
        2 | 3 => json!({"requests": list(rng), "limits": list(rng)}),
        _ => json!({"requests": list(rng)}),
    }
}

fn container(rng: &mut Rng, name: &str) -> Value {
    let image = match rng.below(8) {
        0 => "nginx:1.29",
        1 => "redis",
        2 => "never-seen:1",
        _ => rng.pick(&IMAGES),
    };
    let mut container = json!({"name": name, "image": image, "resources": resources(rng)});
    if rng.percent(12) {
        container["ports"] = json!(ports(rng));
    }
    container
}

fn ports(rng: &mut Rng) -> Vec<Value> {
    (0..=rng.below(2))
        .map(|_| {
            let mut port = json!({"containerPort": 80});
            if rng.percent(85) {
                port["hostPort"] = json!(rng.pick(&[80, 80, 443, 8080]));
            }
            if rng.percent(40) {
                port["hostIP"] = json!(rng.pick(&["127.0.0.1", "0.0.0.0", "::", "10.0.0.1", ""]));
            }
            if rng.percent(40) {
                port["protocol"] = json!(rng.pick(&["TCP", "UDP", "SCTP"]));
            }
            port
        })
        .collect()
}

/// Sets the containers of a Pod, its overhead and its own resources.
pub(super) fn set(rng: &mut Rng, spec: &mut Value) {
    let names = ["c0", "c1", "c2"];
    let count = rng.pick(&[1, 1, 2, 3]);
    spec["containers"] = json!(
        names[..count]
            .iter()
            .map(|name| container(rng, name))
            .collect::<Vec<_>>()
    );
    if rng.percent(25) {
        let count = 1 + rng.below(3);
        let init = ["i0", "i1", "i2"][..count].iter().map(|name| {
            let mut init = container(rng, name);
            if rng.percent(45) {
                init["restartPolicy"] = json!("Always");
            }
            init
        });
        spec["initContainers"] = json!(init.collect::<Vec<_>>());
    }
    if rng.percent(8) {
        spec["overhead"] =
            json!({"cpu": rng.pick(&["250m", "0"]), "memory": rng.pick(&["64Mi", "1"])});
    }
    if rng.percent(8) {
        let mut own = json!({});
        for side in ["requests", "limits"] {
            if rng.percent(60) {
                own[side] = json!({});
                if rng.percent(70) {
                    own[side]["cpu"] = json!(rng.pick(&CPU));
                }
                if rng.percent(70) {
                    own[side]["memory"] = json!(rng.pick(&MEMORY));
                }
                if rng.percent(10) {
                    own[side]["hugepages-2Mi"] = json!("2Mi");
                }
            }
        }
        spec["resources"] = own;
    }
}

/// The status of a running Pod whose resources are changed while it runs.
pub(super) fn resize(rng: &mut Rng, pod: &mut Value) {
    let mut statuses = Vec::new();
    for container in pod["spec"]["containers"].as_array().unwrap() {
        let mut status = json!({"name": container["name"], "image": "i", "imageID": "", "ready": true, "restartCount": 0});
        if rng.percent(70) {
            status["resources"] = json!({"requests": list(rng)});
        }
        if rng.percent(70) {
            status["allocatedResources"] = list(rng);
        }
        statuses.push(status);
    }
    pod["status"]["containerStatuses"] = json!(statuses);
    if rng.percent(50) {
        let reason = rng.pick(&["Infeasible", "Deferred"]);
        pod["status"]["conditions"] =
            json!([{"type": "PodResizePending", "status": "True", "reason": reason}]);
        pod["status"]["resize"] = json!(reason);
    }
}
