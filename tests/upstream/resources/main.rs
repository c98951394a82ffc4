//! Requests, limits, quality of service, scores for the OOM killer and cgroups: upstream's own
//! functions and ours answer the same about known and random Pods, in each version.
//!
//! A container's cgroup is that of the kubelet's `generateLinuxContainerResources`, the Pod's that
//! of `ResourceConfigForPod`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    unreachable_pub,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
mod change;
mod formula;
mod known;
#[path = "../../support/oracle.rs"]
mod oracle;
mod ours;
mod pods;
#[path = "../../support/random/quantity.rs"]
#[allow(dead_code, unreachable_pub, reason = "a part of it is used")]
mod quantity;
#[path = "../../support/random/rng.rs"]
mod rng;
mod statuses;
mod theirs;
mod weights;

use agreement::Agreement;
use k8s_openapi::api::core::v1::Pod;
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pods::Node;
use rng::Rng;
use serde_json::{Value, json};

/// Random Pods of each version; `POD_TOOLS_RESOURCES_CASES` is another number.
const CASES: usize = 2_000;
const SEED: u64 = 0x2e50;
const BATCH: usize = 1_000;

fn cases() -> usize {
    let number = std::env::var("POD_TOOLS_RESOURCES_CASES").ok();
    number.map_or(CASES, |text| text.parse().expect("a number of cases"))
}

/// Compares all that is known of Pods on nodes, and returns our answers.
fn compare(
    agreement: &mut Agreement,
    oracle: &mut Oracle,
    pods: &[(Value, Node)],
    version: KubernetesVersion,
) -> Vec<Value> {
    let questions: Vec<_> = pods
        .iter()
        .map(|(pod, node)| json!({"op": "resources", "pod": pod, "node": node.json()}))
        .collect();
    let answers = oracle.ask_all(&questions);
    let mut all = Vec::new();
    for ((manifest, node), answer) in pods.iter().zip(answers) {
        assert!(answer["qos"].is_string(), "{version}: {answer}\n{manifest}");
        let pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
        let mut ours = ours::answer(&pod, *node, version);
        let mut theirs = theirs::answer(answer);
        without_other_sizes(&mut ours, &mut theirs);
        formula::check(&pod, version);
        change::check(manifest, version);
        let different: Vec<_> = differences("", &ours, &theirs);
        if different.is_empty() {
            agreement.equal();
        } else {
            agreement.differ(format!("{version}: {different:#?}\n{node:?}\n{manifest}"));
        }
        all.push(ours);
    }
    all
}

/// A container has the sizes of the node alone, each with 0 if it is not limited to more.
fn without_other_sizes(ours: &mut Value, theirs: &mut Value) {
    let names: Vec<_> = ours["containers"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    for name in names {
        let sizes = |own: &Value| {
            let of = |size: &str| {
                let bytes = &own["containers"][&name]["hugePages"][size];
                // Upstream's are without a sign.
                let signed = bytes.as_u64().map(u64::cast_signed);
                bytes.as_i64().or(signed).unwrap_or(0)
            };
            json!([of("64KB"), of("2MB"), of("1GB")])
        };
        let both = (sizes(ours), sizes(theirs));
        ours["containers"][&name]["hugePages"] = both.0;
        theirs["containers"][&name]["hugePages"] = both.1;
    }
}

fn differences(path: &str, ours: &Value, theirs: &Value) -> Vec<String> {
    match (ours, theirs) {
        (Value::Object(left), Value::Object(right)) => {
            let names: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
            let each = names.into_iter();
            each.flat_map(|name| differences(&format!("{path}.{name}"), &ours[name], &theirs[name]))
                .collect()
        }
        _ if ours == theirs => Vec::new(),
        _ => vec![format!("{path}: {ours}, upstream {theirs}")],
    }
}

of_each_minor!(random_pods_have_what_upstream_computes);

fn random_pods_have_what_upstream_computes(version: KubernetesVersion) {
    let mut rng = Rng::new(SEED + u64::from(version.minor()));
    let mut oracle = Oracle::of(version);
    let mut agreement = Agreement::new("random Pods");
    let mut left = cases();
    while left > 0 {
        let count = left.min(BATCH);
        left -= count;
        let pods: Vec<_> = (0..count)
            .map(|_| (pods::pod(&mut rng), Node::of(&mut rng)))
            .collect();
        for (manifest, _) in &pods {
            if change::stays_valid(manifest, version) {
                agreement.note("that stay valid in a better class");
            }
        }
        for answer in compare(&mut agreement, &mut oracle, &pods, version) {
            agreement.note(match answer["computedQOS"].as_str() {
                Some("Guaranteed") => "Guaranteed",
                Some("Burstable") => "Burstable",
                _ => "BestEffort",
            });
            for (what, is) in [
                (
                    "with a limit of memory",
                    answer["cgroup"]["memory"].is_i64(),
                ),
                (
                    "that are resized",
                    answer["requests"] != answer["placedRequests"],
                ),
                ("that are critical", answer["critical"] == true),
            ] {
                if is {
                    agreement.note(what);
                }
            }
        }
    }
    println!("{version}");
    // Each class is there often enough to be compared.
    for class in [
        "Guaranteed",
        "Burstable",
        "BestEffort",
        "that are resized",
        "that stay valid in a better class",
    ] {
        assert!(
            agreement.kind(class) * 100 >= cases(),
            "{class}: {agreement:?}"
        );
    }
    agreement.finish(&[]);
}
