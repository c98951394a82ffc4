//! Scheduling: what the scheduler's own plugins say of each node of random clusters, for each
//! plugin by itself, and the scores of the nodes that fit.
//!
//! `POD_TOOLS_SCHEDULING_CASES` is the number of clusters for each version, and
//! `POD_TOOLS_SCHEDULING_SEED` the first seed; a difference names its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
mod build;
#[path = "../../support/random/cluster/mod.rs"]
mod cluster;
mod compare;
mod daemon_sets;
mod kubelet;
#[path = "../../support/oracle.rs"]
mod oracle;
#[path = "../../support/random/rng.rs"]
mod rng;

use std::collections::BTreeMap;

use agreement::Agreement;
use cluster::{Scene, Traits};
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pod_model::scheduling::score::ScorePlugin;
use pod_model::scheduling::{Evaluation, Plugin};
use rng::Rng;
use serde_json::{Value, json};

/// Clusters for each version.
const CASES: u64 = 250;
const SEED: u64 = 0x5c4ed;

fn number(set: Result<String, std::env::VarError>, default: u64) -> u64 {
    set.map_or(default, |text| text.parse().unwrap())
}

fn scenes() -> Vec<(u64, Scene)> {
    let first = number(std::env::var("POD_TOOLS_SCHEDULING_SEED"), SEED);
    let traits = Traits {
        has_volumes: true,
        is_odd: true,
    };
    (first..first + number(std::env::var("POD_TOOLS_SCHEDULING_CASES"), CASES))
        .map(|seed| (seed, cluster::scene(&mut Rng::new(seed), traits)))
        .collect()
}

fn ask(version: KubernetesVersion, scenes: &[(u64, Scene)]) -> Vec<Value> {
    let questions: Vec<Value> = scenes
        .iter()
        .map(|(_, scene)| json!({"op": "scheduling", "pod": scene.pod, "cluster": scene.cluster}))
        .collect();
    Oracle::of(version).ask_all(&questions)
}

of_each_minor!(plugins_say_of_each_node_what_upstreams_say);

fn plugins_say_of_each_node_what_upstreams_say(version: KubernetesVersion) {
    let scenes = scenes();
    let (mut refusals, mut by_plugin) = (Counts::new(), Counts::new());
    let mut filters = Agreement::new("clusters");
    let mut scores = Agreement::new("clusters by scores");
    for (theirs, (seed, case)) in ask(version, &scenes).iter().zip(&scenes) {
        assert!(
            theirs.get("err").is_none() && theirs.get("panic").is_none(),
            "seed {seed}: {theirs}"
        );
        let snapshot = build::snapshot(case, version);
        let pod = build::pod(case);
        let evaluation = Evaluation::new(&snapshot, &pod);
        let different = compare::differences(&evaluation, theirs, &mut |plugin| {
            *refusals.entry(plugin.to_owned()).or_default() += 1;
        });
        record(&mut filters, *seed, &different);
        let selector = build::default_selector(case);
        let different = compare::score_differences(&evaluation, &selector, theirs, &mut |plugin| {
            *by_plugin.entry(plugin.to_owned()).or_default() += 1;
        });
        record(&mut scores, *seed, &different);
    }
    println!("refused {refusals:?}\nscored {by_plugin:?}");
    filters.finish(&[]);
    scores.finish(&[]);
    for plugin in Plugin::filters(version) {
        // Claims of devices are not evaluated.
        if plugin != Plugin::DynamicResources {
            assert_is_frequent(plugin.name(), &refusals, scenes.len());
        }
    }
    for plugin in ScorePlugin::ALL {
        if plugin != ScorePlugin::VolumeBinding {
            assert_is_frequent(plugin.name(), &by_plugin, scenes.len());
        }
    }
    for counts in [&refusals, &by_plugin] {
        let unknown = counts.get("unknown").copied().unwrap_or(0);
        assert!(unknown <= scenes.len() / 10, "{unknown} were not evaluated");
    }
}

type Counts = BTreeMap<String, usize>;

fn record(agreement: &mut Agreement, seed: u64, different: &[String]) {
    if different.is_empty() {
        agreement.equal();
    } else {
        agreement.differ(format!("seed {seed}: {}", different.join("\n  ")));
    }
}

fn assert_is_frequent(plugin: &str, counts: &Counts, scenes: usize) {
    let count = counts.get(plugin).copied().unwrap_or(0);
    assert!(
        count >= scenes / 50,
        "{plugin}: {count} nodes of {scenes} clusters"
    );
}
