//! Random objects of a cluster that change or refuse Pods.

use serde_json::{Map, Value, json};

use crate::question::{amounts, maybe, tolerations};
use crate::rng::Rng;

pub(crate) fn limit_range(rng: &mut Rng, name: &str) -> Value {
    let count = 1 + rng.below(2);
    let items = (0..count).map(|_| {
        let mut item = Map::new();
        let kind = match rng.below(20) {
            0..14 => "Container",
            14..19 => "Pod",
            _ => "PersistentVolumeClaim",
        };
        item.insert("type".to_owned(), json!(kind));
        let fields: &[&str] = if kind == "Container" {
            &[
                "min",
                "max",
                "default",
                "defaultRequest",
                "maxLimitRequestRatio",
            ]
        } else {
            &["min", "max", "maxLimitRequestRatio"]
        };
        for field in fields {
            if rng.percent(30) {
                let list = if *field == "maxLimitRequestRatio" {
                    json!({rng.pick(&["cpu", "memory"]): rng.pick(&["1", "1.5", "3", "500m"])})
                } else {
                    amounts(rng, 2)
                };
                item.insert((*field).to_owned(), list);
            }
        }
        Value::Object(item)
    });
    let items: Vec<Value> = items.collect();
    json!({"metadata": {"name": name}, "spec": {"limits": items}})
}

pub(crate) fn quota(rng: &mut Rng, name: &str) -> Value {
    let names = [
        "cpu",
        "requests.cpu",
        "limits.cpu",
        "memory",
        "requests.memory",
        "limits.memory",
        "pods",
        "count/pods",
        "requests.ephemeral-storage",
        "ephemeral-storage",
        "limits.ephemeral-storage",
        "requests.example.com/gpu",
        "hugepages-2Mi",
        "requests.hugepages-2Mi",
        "services",
        "requests.storage",
    ];
    let (mut hard, mut used) = (Map::new(), Map::new());
    for _ in 0..=rng.below(3) {
        let name = rng.pick(&names);
        let (most, now) =
            if name.contains("memory") || name.contains("storage") || name.contains("pages") {
                (
                    rng.pick(&["256Mi", "1Gi", "4Gi"]),
                    rng.pick(&["0", "128Mi", "900Mi"]),
                )
            } else {
                (rng.pick(&["1", "2", "10"]), rng.pick(&["0", "500m", "1"]))
            };
        hard.insert(name.to_owned(), json!(most));
        if rng.percent(96) {
            used.insert(name.to_owned(), json!(now));
        }
    }
    let mut spec = Map::new();
    spec.insert("hard".to_owned(), json!(hard));
    let scopes = json!([
        ["Terminating"],
        ["NotTerminating"],
        ["BestEffort"],
        ["NotBestEffort"],
        ["PriorityClass"],
        ["CrossNamespacePodAffinity"],
        ["BestEffort", "Terminating"],
        ["NotTerminating", "NotBestEffort", "PriorityClass"]
    ]);
    maybe(rng, &mut spec, 20, "scopes", &scopes);
    let selectors = json!([
        {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["high", "low"]}]},
        {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "NotIn", "values": ["high"]}]},
        {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "DoesNotExist"}]},
        {"matchExpressions": [{"scopeName": "CrossNamespacePodAffinity", "operator": "Exists"}]},
        {"matchExpressions": [{"scopeName": "Terminating", "operator": "Exists"}, {"scopeName": "BestEffort", "operator": "Exists"}]},
        {"matchExpressions": [{"scopeName": "NotBestEffort", "operator": "Exists"}, {"scopeName": "PriorityClass", "operator": "Exists"}]},
    ]);
    maybe(rng, &mut spec, 20, "scopeSelector", &selectors);
    json!({"metadata": {"name": name}, "spec": spec, "status": {"hard": hard, "used": used}})
}

pub(crate) fn runtime_classes(rng: &mut Rng) -> Value {
    let mut vm = json!({"metadata": {"name": "vm"}, "handler": "vm", "overhead": {"podFixed": {"cpu": "250m", "memory": "64Mi"}}});
    if rng.percent(70) {
        vm["scheduling"] = json!({"nodeSelector": {"vm": "yes"}, "tolerations": tolerations(rng)});
    }
    let plain = json!({"metadata": {"name": "plain"}, "handler": "plain"});
    let bare = json!({"metadata": {"name": "bare"}, "handler": "bare", "scheduling": {"tolerations": tolerations(rng)}});
    json!([vm, plain, bare])
}

pub(crate) fn priority_classes(rng: &mut Rng) -> Value {
    let mut classes = vec![
        json!({"metadata": {"name": "high"}, "value": 1000, "preemptionPolicy": rng.pick(&["Never", "PreemptLowerPriority"])}),
        json!({"metadata": {"name": "low"}, "value": 7, "globalDefault": rng.percent(30)}),
        json!({"metadata": {"name": "system-node-critical"}, "value": 2_000_001_000}),
    ];
    if rng.percent(20) {
        classes.push(json!({"metadata": {"name": "usual"}, "value": 5, "globalDefault": true, "preemptionPolicy": "Never"}));
    }
    json!(classes)
}

pub(crate) fn accounts() -> Value {
    json!([
        {"metadata": {"name": "default"}},
        {"metadata": {"name": "builder"}, "imagePullSecrets": [{"name": "allowed"}, {"name": "b"}]},
        {"metadata": {"name": "quiet"}, "automountServiceAccountToken": false},
        {"metadata": {"name": "strict", "annotations": {"kubernetes.io/enforce-mountable-secrets": "true"}},
            "secrets": [{"name": "allowed"}], "imagePullSecrets": [{"name": "allowed"}]},
    ])
}
