//! Random Pods with every shape of resources, and nodes.

use pod_model::Quantity;
use serde_json::{Map, Value, json};

use crate::quantity::quantity;
use crate::rng::Rng;

const NAMES: [&str; 13] = [
    "ephemeral-storage",
    "hugepages-2Mi",
    "hugepages-1Gi",
    "hugepages-64Ki",
    "hugepages-3Mi",
    "nvidia.com/gpu",
    "example.com/x",
    "attachable-volumes-x",
    "kubernetes.io/batteries",
    "requests.example.com/x",
    "pods",
    "storage",
    "example.com/",
];
const HOSTILE: [&str; 12] = [
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "1e30",
    "16Ei",
    "1n",
    "0.0005",
    "9223372036854775",
    "9m",
    "1e-9",
    "8192Pi",
];
const CPU: [&str; 12] = [
    "0", "1", "2", "100m", "250m", "500m", "1m", "9m", "10m", "1500m", "300", "0.0005",
];
const MEMORY: [&str; 12] = [
    "0", "64Mi", "128Mi", "1Gi", "100M", "1.5Gi", "512Mi", "1", "4095", "4097", "3Gi", "1e9",
];

/// An amount; one of many is one that nobody writes.
fn amount(rng: &mut Rng, name: &str) -> Value {
    let text = match rng.below(100) {
        0..3 => rng.pick(&HOSTILE).to_owned(),
        3..10 => quantity(rng),
        _ if name == "cpu" => rng.pick(&CPU).to_owned(),
        _ => rng.pick(&MEMORY).to_owned(),
    };
    json!(text)
}

fn list(rng: &mut Rng) -> Map<String, Value> {
    let mut list = Map::new();
    for name in ["cpu", "memory"] {
        if rng.percent(55) {
            list.insert(name.to_owned(), amount(rng, name));
        }
    }
    for _ in 0..rng.pick(&[0, 0, 0, 1, 1, 2]) {
        let name = rng.pick(&NAMES);
        list.insert(name.to_owned(), amount(rng, name));
    }
    list
}

fn requirements(rng: &mut Rng) -> Value {
    match rng.below(100) {
        0..10 => json!({}),
        10..35 => {
            let cpu = json!(rng.pick(&CPU[1..]));
            let memory = json!(rng.pick(&MEMORY[1..]));
            let all = json!({"cpu": cpu, "memory": memory});
            json!({"limits": all, "requests": all})
        }
        35..50 => json!({"requests": list(rng)}),
        50..65 => json!({"limits": list(rng)}),
        _ => json!({"limits": list(rng), "requests": list(rng)}),
    }
}

fn container(rng: &mut Rng, name: &str) -> Value {
    let mut container = json!({"name": name, "image": "x"});
    if rng.percent(90) {
        container["resources"] = requirements(rng);
    }
    container
}

/// A status with resources: often what the spec says, as it is of nearly all Pods.
fn status_of(rng: &mut Rng, container: &Value) -> Value {
    let mut status = json!({"name": container["name"], "image": "x", "imageID": "",
        "ready": true, "restartCount": 0});
    let own = &container["resources"];
    if rng.percent(80) {
        status["resources"] = if rng.percent(50) && own.is_object() {
            own.clone()
        } else {
            requirements(rng)
        };
    }
    if rng.percent(60) {
        status["allocatedResources"] = if rng.percent(60) && own["requests"].is_object() {
            own["requests"].clone()
        } else {
            json!(list(rng))
        };
    }
    status
}

fn status(rng: &mut Rng, spec: &Value) -> Value {
    let mut status = json!({});
    let of = |rng: &mut Rng, field: &str| {
        let all = spec[field].as_array().cloned().unwrap_or_default();
        let mut all: Vec<_> = all.iter().filter(|_| rng.percent(90)).cloned().collect();
        if rng.percent(3) {
            all.push(json!({"name": "c0"}));
        }
        let all: Vec<_> = all.iter().map(|own| status_of(rng, own)).collect();
        json!(all)
    };
    status["containerStatuses"] = of(rng, "containers");
    status["initContainerStatuses"] = of(rng, "initContainers");
    if rng.percent(35) {
        let reason = rng.pick(&["Infeasible", "Infeasible", "Deferred"]);
        let pending = json!({"type": "PodResizePending", "status": "True", "reason": reason});
        status["conditions"] = json!([{"type": "Ready", "status": "True"}, pending]);
    }
    if rng.percent(40) {
        status["resources"] = requirements(rng);
    }
    if rng.percent(40) {
        status["allocatedResources"] = json!(list(rng));
    }
    if rng.percent(25) {
        let class = rng.pick(&["Guaranteed", "Burstable", "BestEffort"]);
        status["qosClass"] = json!(class);
    }
    status
}

/// Returns whether upstream reads the amount into 64 bits.
fn is_plain(text: &str) -> bool {
    let is_small = text
        .parse::<Quantity>()
        .is_ok_and(|own| own.value() < 1 << 60);
    is_small && !text.contains(['.', 'n', 'e', 'E'])
}

/// A Pod.
pub fn pod(rng: &mut Rng) -> Value {
    let mut init = Vec::new();
    for at in 0..rng.pick(&[0, 0, 1, 1, 2, 3, 5]) {
        let mut own = container(rng, &format!("i{at}"));
        if rng.percent(50) {
            own["restartPolicy"] = json!("Always");
        }
        init.push(own);
    }
    let app: Vec<_> = (0..rng.pick(&[1, 1, 1, 2, 2, 3, 4]))
        .map(|at| container(rng, &format!("c{at}")))
        .collect();
    let mut spec = json!({"containers": app});
    if !init.is_empty() {
        spec["initContainers"] = json!(init);
    }
    if rng.percent(8) {
        spec["ephemeralContainers"] = json!([{"name": "e0", "image": "x"}]);
    }
    match rng.below(100) {
        0..25 => spec["resources"] = requirements(rng),
        25..30 => spec["resources"] = json!({}),
        30..33 => spec["resources"] = json!({"requests": {}, "limits": {"hugepages-2Mi": "4Mi"}}),
        _ => {}
    }
    if rng.percent(20) {
        let mut overhead = list(rng);
        if rng.percent(10) {
            // Another name of the same size; in one list upstream would take either.
            overhead.insert("hugepages-2048Ki".to_owned(), json!("2Mi"));
        }
        // Upstream adds the overhead to such an amount of the Pod in place, each time it is asked.
        let own = spec["resources"].clone();
        overhead.retain(|name, _| {
            let plain = |list: &str| own[list][name].as_str().is_none_or(is_plain);
            plain("requests") && plain("limits")
        });
        spec["overhead"] = json!(overhead);
    }
    let mut metadata = json!({"name": "p", "namespace": "n", "uid": "u"});
    match rng.below(40) {
        0 => {
            spec["priority"] = json!(2_000_001_000);
            spec["priorityClassName"] = json!("system-node-critical");
        }
        1 => spec["priority"] = json!(2_000_000_000),
        2 => spec["priorityClassName"] = json!("system-node-critical"),
        3 => {
            metadata["annotations"] = json!({"kubernetes.io/config.source": "file"});
            spec["priorityClassName"] = json!("system-node-critical");
        }
        4 => metadata["annotations"] = json!({"kubernetes.io/config.source": "api"}),
        5 => metadata["annotations"] = json!({"kubernetes.io/config.mirror": "x"}),
        _ => {}
    }
    let mut pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec});
    if rng.percent(40) {
        pod["status"] = status(rng, &pod["spec"]);
    }
    pod
}

/// A node: its memory, and the kubelet's settings.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    pub memory: i64,
    pub allocatable: i64,
    pub memory_qos: bool,
    pub tiered: bool,
    pub factor: f64,
    pub quota: bool,
}

impl Node {
    pub fn of(rng: &mut Rng) -> Self {
        let memory = rng.pick(&[1 << 30, 8 << 30, 16_777_216_000, 999_999_999_999, 64 << 30]);
        Self {
            memory,
            allocatable: memory - rng.pick(&[0, 1, 100 << 20, 123_456_789]),
            memory_qos: rng.percent(70),
            tiered: rng.percent(50),
            factor: rng.pick(&[0.9, 0.9, 0.8, 0.5, 0.123, 1.0, 0.0]),
            quota: rng.percent(85),
        }
    }

    pub fn json(self) -> Value {
        json!({"memory": self.memory, "allocatable": self.allocatable, "memoryQoS": self.memory_qos,
            "tiered": self.tiered, "factor": self.factor, "quota": self.quota})
    }
}
