//! Random Pods, and the objects of a cluster that change or refuse them.

use serde_json::{Map, Value, json};

use crate::objects::{accounts, limit_range, priority_classes, quota, runtime_classes};
use crate::rng::Rng;

pub(crate) const NAMESPACE: &str = "shop";
/// A token's volume that a Pod has by itself.
pub(crate) const OWN_TOKEN: &str = "kube-api-access-own";

const CPU: [&str; 9] = [
    "0", "100m", "250m", "500m", "1", "1500m", "2", "0.3", "1.0001",
];
const MEMORY: [&str; 9] = [
    "0", "64Mi", "128Mi", "256Mi", "1Gi", "1.5Gi", "1G", "100.5", "2Gi",
];
const OTHER: [&str; 4] = ["0", "1", "2", "4"];
const PAGES: [&str; 3] = ["2Mi", "4Mi", "8Mi"];
/// Amounts that nobody writes, and that a server stores.
const HOSTILE: [&str; 9] = [
    "1e30",
    "1e+3",
    "0.5m",
    "1n",
    "1Ki",
    "16Ei",
    "9223372036854775807",
    "9223372036854776",
    "0.0001",
];
const RESOURCES: [&str; 7] = [
    "cpu",
    "memory",
    "cpu",
    "memory",
    "ephemeral-storage",
    "example.com/gpu",
    "hugepages-2Mi",
];

fn amount(rng: &mut Rng, name: &str) -> &'static str {
    if rng.percent(2) {
        return rng.pick(&HOSTILE);
    }
    match name {
        "cpu" => rng.pick(&CPU),
        "example.com/gpu" => rng.pick(&OTHER),
        "hugepages-2Mi" => rng.pick(&PAGES),
        _ => rng.pick(&MEMORY),
    }
}

pub(crate) fn amounts(rng: &mut Rng, most: usize) -> Value {
    let mut list = Map::new();
    for _ in 0..rng.below(most + 1) {
        let name = rng.pick(&RESOURCES);
        list.insert(name.to_owned(), json!(amount(rng, name)));
    }
    Value::Object(list)
}

fn resources(rng: &mut Rng) -> Value {
    let mut resources = Map::new();
    if rng.percent(1) {
        return json!({"requests": {"cpu": "-1"}, "limits": {"memory": "-1Gi"}});
    }
    if rng.percent(60) {
        resources.insert("requests".to_owned(), amounts(rng, 2));
    }
    if rng.percent(50) {
        resources.insert("limits".to_owned(), amounts(rng, 2));
    }
    Value::Object(resources)
}

pub(crate) fn maybe(
    rng: &mut Rng,
    object: &mut Map<String, Value>,
    chance: usize,
    name: &str,
    values: &Value,
) {
    if rng.percent(chance) {
        let values = values.as_array().unwrap();
        let value = values[rng.below(values.len())].clone();
        object.insert(name.to_owned(), value);
    }
}

fn container(rng: &mut Rng, name: &str) -> Value {
    let mut own = Map::new();
    own.insert("name".to_owned(), json!(name));
    own.insert("image".to_owned(), json!("registry.example/app:1"));
    if rng.percent(75) {
        own.insert("resources".to_owned(), resources(rng));
    }
    let mounts = json!([
        [{"name": "v", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}],
        [{"name": "v", "mountPath": "/data"}],
    ]);
    maybe(rng, &mut own, 15, "volumeMounts", &mounts);
    let contexts = json!([
        {"appArmorProfile": {"type": "RuntimeDefault"}},
        {"appArmorProfile": {"type": "Unconfined"}},
        {"appArmorProfile": {"type": "Localhost", "localhostProfile": "p"}},
        {},
    ]);
    maybe(rng, &mut own, 15, "securityContext", &contexts);
    maybe(
        rng,
        &mut own,
        10,
        "ports",
        &json!([[{"containerPort": 8080}], [{"containerPort": 80, "hostPort": 80}]]),
    );
    let env = json!([
        [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "allowed", "key": "k"}}}],
        [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "other", "key": "k"}}}],
    ]);
    maybe(rng, &mut own, 8, "env", &env);
    maybe(
        rng,
        &mut own,
        5,
        "envFrom",
        &json!([[{"secretRef": {"name": "other"}}]]),
    );
    Value::Object(own)
}

fn toleration(rng: &mut Rng) -> Value {
    let mut own = Map::new();
    let keys = json!([
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
        "vm",
        "gpu",
        ""
    ]);
    maybe(rng, &mut own, 85, "key", &keys);
    maybe(
        rng,
        &mut own,
        85,
        "operator",
        &json!(["Exists", "Exists", "Equal", ""]),
    );
    maybe(
        rng,
        &mut own,
        75,
        "effect",
        &json!(["NoExecute", "NoSchedule", "NoExecute", ""]),
    );
    if own
        .get("operator")
        .is_none_or(|operator| operator != "Exists")
    {
        maybe(rng, &mut own, 50, "value", &json!(["yes", "no"]));
    }
    if own
        .get("effect")
        .is_some_and(|effect| effect == "NoExecute")
    {
        maybe(rng, &mut own, 40, "tolerationSeconds", &json!([0, 60, 300]));
    }
    Value::Object(own)
}

pub(crate) fn tolerations(rng: &mut Rng) -> Value {
    let count = rng.below(4);
    (0..count).map(|_| toleration(rng)).collect()
}

#[expect(clippy::too_many_lines, reason = "a table of fields")]
fn pod(rng: &mut Rng) -> Value {
    let mut spec = Map::new();
    let count = 1 + rng.below(3);
    spec.insert(
        "containers".to_owned(),
        (0..count)
            .map(|i| container(rng, &format!("c{i}")))
            .collect(),
    );
    if rng.percent(50) {
        let count = rng.below(4);
        let init = (0..count).map(|i| {
            let mut own = container(rng, &format!("i{i}"));
            if rng.percent(45) {
                own["restartPolicy"] = json!("Always");
            }
            own
        });
        spec.insert("initContainers".to_owned(), init.collect());
    }
    if rng.percent(25) {
        spec.insert("resources".to_owned(), resources(rng));
    }
    for (chance, name, values) in [
        (
            30,
            "runtimeClassName",
            json!(["vm", "vm", "vm", "vm", "plain", "bare", "bare", "none"]),
        ),
        (
            5,
            "overhead",
            json!([{"cpu": "250m", "memory": "64Mi"}, {"cpu": "0.25", "memory": "64Mi"}, {"cpu": "1"}, {}]),
        ),
        (
            30,
            "nodeSelector",
            json!([{"vm": "yes"}, {"vm": "yes"}, {"vm": "no"}, {"disk": "ssd"}, {}]),
        ),
        (
            30,
            "priorityClassName",
            json!(["high", "system-node-critical", "low", "high", "none", ""]),
        ),
        (4, "priority", json!([0, 7, 1000])),
        (
            4,
            "preemptionPolicy",
            json!(["Never", "PreemptLowerPriority"]),
        ),
        (
            30,
            "serviceAccountName",
            json!([
                "default", "builder", "strict", "strict", "quiet", "none", ""
            ]),
        ),
        (8, "serviceAccount", json!(["builder", "quiet"])),
        (20, "automountServiceAccountToken", json!([true, false])),
        (
            15,
            "imagePullSecrets",
            json!([[{"name": "allowed"}], [{"name": "other"}], []]),
        ),
        (10, "hostNetwork", json!([true, false])),
        (10, "activeDeadlineSeconds", json!([1, 600])),
        (10, "schedulingGates", json!([[{"name": "a.b/c"}]])),
        (5, "hostUsers", json!([true, false])),
        (
            8,
            "securityContext",
            json!([
                {"appArmorProfile": {"type": "RuntimeDefault"}},
                {"appArmorProfile": {"type": "Localhost", "localhostProfile": "q"}},
            ]),
        ),
        (4, "os", json!([{"name": "linux"}])),
        (
            6,
            "topologySpreadConstraints",
            json!([[{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {"app": "web"}}, "matchLabelKeys": ["tier"]}]]),
        ),
        (
            10,
            "affinity",
            json!([
                {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [{"topologyKey": "zone",
                    "labelSelector": {"matchLabels": {"app": "web"}}, "matchLabelKeys": ["tier"], "mismatchLabelKeys": ["side"]}]}},
                {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": {"topologyKey": "zone",
                    "namespaces": ["other"], "labelSelector": {"matchLabels": {"app": "web"}}}}]}},
            ]),
        ),
    ] {
        maybe(rng, &mut spec, chance, name, &values);
    }
    if rng.percent(50) {
        spec.insert("tolerations".to_owned(), tolerations(rng));
    }
    let mut volumes = vec![json!({"name": "v", "emptyDir": {}})];
    if rng.percent(10) {
        volumes.push(json!({"name": OWN_TOKEN, "emptyDir": {}}));
    }
    if rng.percent(10) {
        volumes
            .push(json!({"name": "s", "secret": {"secretName": rng.pick(&["allowed", "other"])}}));
    }
    spec.insert("volumes".to_owned(), json!(volumes));
    let mut metadata = Map::from_iter([("name".to_owned(), json!("web"))]);
    maybe(
        rng,
        &mut metadata,
        60,
        "labels",
        &json!([{"app": "web", "tier": "front"}, {"app": "web", "side": "left"}]),
    );
    let annotations = json!([
        {"container.apparmor.security.beta.kubernetes.io/c0": "runtime/default"},
        {"container.apparmor.security.beta.kubernetes.io/i0": "unconfined", "a": "b"},
    ]);
    maybe(rng, &mut metadata, 8, "annotations", &annotations);
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
}

/// A question to the oracle.
pub(crate) fn random(rng: &mut Rng) -> Value {
    let ranges = if rng.percent(55) { 1 + rng.below(2) } else { 0 };
    let ranges: Vec<Value> = (0..ranges)
        .map(|i| limit_range(rng, &format!("l{i}")))
        .collect();
    let quotas = if rng.percent(60) { 1 + rng.below(2) } else { 0 };
    let quotas: Vec<Value> = (0..quotas).map(|i| quota(rng, &format!("q{i}"))).collect();
    json!({"op": "admit", "manifest": pod(rng).to_string(), "namespace": NAMESPACE, "limitRanges": ranges,
        "serviceAccounts": accounts(), "priorityClasses": priority_classes(rng), "runtimeClasses": runtime_classes(rng),
        "quotas": quotas})
}
