//! Pods with known answers: each is a trap, and upstream walks into it as well.

use k8s_openapi::api::core::v1::Pod;
use pod_model::pod_resources::{Options, request_formulas};
use pod_model::{KubernetesVersion, KubernetesVersion as V};
use serde_json::{Value, json};

use crate::agreement::Agreement;
use crate::compare;
use crate::oracle::{Oracle, of_each_minor};
use crate::pods::Node;

const NODE: Node = Node {
    memory: 8 << 30,
    allocatable: 7 << 30,
    memory_qos: true,
    tiered: false,
    factor: 0.0,
    quota: true,
};

/// A Pod, and by JSON pointer what is known of our answer.
struct Known {
    spec: Value,
    facts: Vec<(&'static str, Value)>,
}

fn known(version: KubernetesVersion) -> Vec<Known> {
    let both = json!({"cpu": "500m", "memory": "64Mi"});
    let guaranteed = json!({"limits": both, "requests": both});
    let limited = json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "100m"}});
    let has_pod_level = version >= V::V1_34;
    vec![
        // An object without anything hides the containers up to 1.36.
        Known {
            spec: json!({"resources": {}, "containers": [{"name": "a", "resources": guaranteed}]}),
            facts: if (V::V1_34..V::V1_37).contains(&version) {
                vec![
                    ("/qos", json!("BestEffort")),
                    ("/cgroup/cpuShares", json!(2)),
                    ("/cgroup/memory", Value::Null),
                    ("/containers/a/oomScoreAdj", json!(1000)),
                ]
            } else {
                vec![
                    ("/qos", json!("Guaranteed")),
                    ("/cgroup/cpuShares", json!(512)),
                    ("/containers/a/oomScoreAdj", json!(-997)),
                ]
            },
        },
        // An init container without a limit takes that of the Pod away.
        Known {
            spec: json!({"initContainers": [{"name": "i"}],
                "containers": [{"name": "a", "resources": limited}]}),
            facts: vec![
                ("/limits/memory", json!("1Gi")),
                ("/cgroup/memory", Value::Null),
                ("/cgroup/cpuQuota", Value::Null),
                ("/containers/a/memory", json!(1 << 30)),
                ("/containers/a/cpuQuota", json!(100_000)),
            ],
        },
        // A sidecar before it gives it back up to 1.36.
        Known {
            spec: json!({"initContainers": [
                    {"name": "s", "restartPolicy": "Always", "resources": limited}, {"name": "i"}],
                "containers": [{"name": "a", "resources": limited}]}),
            facts: vec![(
                "/cgroup/memory",
                if version < V::V1_37 {
                    json!(2_i64 << 30)
                } else {
                    Value::Null
                },
            )],
        },
        // Without a request, a container has the shares of the Pod's whole limit.
        Known {
            spec: json!({"resources": {"limits": {"cpu": "4", "memory": "1Gi"}}, "containers": [
                {"name": "a"}, {"name": "b", "resources": {"requests": {"cpu": "1"}}}]}),
            facts: if has_pod_level {
                vec![
                    ("/containers/a/cpuShares", json!(4096)),
                    ("/containers/a/memory", json!(1 << 30)),
                    ("/containers/b/cpuShares", json!(1024)),
                    ("/containers/b/cpuQuota", json!(400_000)),
                ]
            } else {
                vec![
                    ("/containers/a/cpuShares", json!(2)),
                    ("/containers/a/memory", Value::Null),
                ]
            },
        },
    ]
}

/// Traps of numbers.
fn numbers(version: KubernetesVersion) -> Vec<Known> {
    let has_pod_level = version >= V::V1_34;
    vec![
        // The least quota is that of 10m.
        Known {
            spec: json!({"containers": [{"name": "a", "resources": {"limits": {"cpu": "1m"}}}]}),
            facts: vec![
                ("/containers/a/cpuQuota", json!(1000)),
                ("/cgroup/cpuQuota", json!(1000)),
                ("/cgroup/memory", Value::Null),
                // MemoryQoS alone does nothing to what has no factor.
                ("/containers/a/high", Value::Null),
            ],
        },
        // Only the sidecars before an init container are added to it.
        Known {
            spec: json!({"initContainers": [
                    {"name": "i", "resources": {"requests": {"cpu": "2"}}},
                    {"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "1"}}}],
                "containers": [{"name": "a", "resources": {"requests": {"cpu": "500m"}}}]}),
            facts: vec![
                ("/requests/cpu", json!("2")),
                ("/used/milliCPU", json!(2000)),
            ],
        },
        // The scheduler rounds each Pod up; the overhead is added to limits that are there.
        Known {
            spec: json!({"overhead": {"cpu": "0.1m", "memory": "1"},
                "containers": [{"name": "a", "resources": {"limits": {"memory": "100"}}}]}),
            facts: vec![
                ("/requests/cpu", json!("100u")),
                ("/used/milliCPU", json!(1)),
                ("/limits/cpu", Value::Null),
                ("/limits/memory", json!("101")),
            ],
        },
        // A sidecar is not killed before the app container with the least request.
        Known {
            spec: json!({"initContainers": [{"name": "s", "restartPolicy": "Always"}],
                "containers": [{"name": "a", "resources": {"requests": {"memory": "4Gi"}}},
                    {"name": "b", "resources": {"requests": {"memory": "2Gi"}}}]}),
            facts: vec![
                ("/containers/a/oomScoreAdj", json!(500)),
                ("/containers/b/oomScoreAdj", json!(750)),
                ("/containers/s/oomScoreAdj", json!(750)),
            ],
        },
        // For eviction, the storage of a Pod with resources of its own is not requested.
        Known {
            spec: json!({"resources": {"requests": {"cpu": "1"}}, "containers": [
                {"name": "a", "resources": {"requests": {"ephemeral-storage": "1Gi"}}}]}),
            facts: vec![
                ("/requests/ephemeral-storage", json!("1Gi")),
                ("/storage", json!(if has_pod_level { "0" } else { "1Gi" })),
            ],
        },
    ]
}

of_each_minor!(traps_are_known);

fn traps_are_known(version: KubernetesVersion) {
    let mut known = known(version);
    known.extend(numbers(version));
    let pods: Vec<_> = known
        .iter()
        .map(|known| {
            let metadata = json!({"name": "p", "namespace": "n"});
            let pod = json!({"metadata": metadata, "spec": known.spec});
            (pod, NODE)
        })
        .collect();
    let mut agreement = Agreement::new("known Pods");
    let answers = compare(&mut agreement, &mut Oracle::of(version), &pods, version);
    for (known, answer) in known.iter().zip(answers) {
        for (pointer, fact) in &known.facts {
            let found = answer.pointer(pointer).unwrap_or(&Value::Null);
            assert_eq!(found, fact, "{version}: {pointer} of {}", known.spec);
        }
    }
    agreement.finish(&[]);
}

#[test]
fn a_formula_names_its_summands_and_the_larger_side() {
    let requests = |cpu: &str| json!({"requests": {"cpu": cpu}});
    let app = json!({"name": "app", "resources": requests("500m")});
    let log = json!({"name": "log", "restartPolicy": "Always", "resources": requests("100m")});
    let migrate = json!({"name": "migrate", "resources": requests("1")});
    let own = json!({"requests": {"cpu": "2"}});
    for (spec, text) in [
        (
            json!({"initContainers": [migrate, log], "containers": [app], "overhead": {"cpu": "50m"}}),
            "max(app 500m + sidecar log 100m, init migrate 1) + overhead 50m = 1050m",
        ),
        (
            json!({"initContainers": [log, migrate], "containers": [app]}),
            "max(app 500m + sidecar log 100m, init migrate 1 + sidecar log 100m) = 1100m",
        ),
        (json!({"containers": [app]}), "app 500m"),
        (
            json!({"initContainers": [log], "containers": [app]}),
            "app 500m + sidecar log 100m = 600m",
        ),
        (
            json!({"initContainers": [migrate], "containers": [{"name": "b"}]}),
            "init migrate 1",
        ),
        (
            json!({"resources": own, "containers": [app]}),
            "the Pod's own 2",
        ),
        (
            json!({"containers": [{"name": "b"}], "overhead": {"cpu": "50m"}}),
            "overhead 50m",
        ),
    ] {
        let pod: Pod = serde_json::from_value(json!({"metadata": {}, "spec": spec})).unwrap();
        let formulas = request_formulas(&pod, Options::to_place(V::V1_37));
        let texts: Vec<_> = formulas.iter().map(ToString::to_string).collect();
        assert_eq!(texts, [text], "{spec}");
    }
}

#[test]
fn many_summands_are_one() {
    let own = json!({"requests": {"cpu": "1m"}});
    let all = |count: usize| {
        let each = (0..count).map(|at| json!({"name": format!("c{at}"), "resources": own}));
        each.collect::<Vec<_>>()
    };
    let spec = json!({"initContainers": all(9), "containers": all(7)});
    let pod: Pod = serde_json::from_value(json!({"metadata": {}, "spec": spec})).unwrap();
    let formulas = request_formulas(&pod, Options::to_place(V::V1_37));
    assert_eq!(
        formulas[0].to_string(),
        "max(7 containers 7m, init c0 1m, init c1 1m, init c2 1m, 6 not larger) = 7m"
    );
}
