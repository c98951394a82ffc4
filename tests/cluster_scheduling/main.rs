//! Placements of random Pods by the real scheduler: on a node that the model finds feasible, and nowhere
//! if there is none.
//!
//! The nodes exist in the API alone, so nothing starts. They come in cells: a Pod asks for the nodes
//! of its cell, and has the cell's namespace, so one Pod of each cell can be placed at a time and the
//! state that the scheduler saw is known.

#![allow(clippy::print_stdout, reason = "a test says what it has compared")]
#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod cells;
#[path = "../support/random/cluster/mod.rs"]
mod cluster;
#[path = "../support/random/rng.rs"]
mod rng;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use cells::{Cells, Outcome};
use k8s_openapi::api::core::v1::Pod;
use pod_model::scheduling::score::{DefaultSelector, Scores};
use pod_model::scheduling::{Evaluation, Input, Snapshot};
use pod_model::{KubernetesVersion, Verdict};

use serde_json::Value;

/// Pods that are compared at least.
const PODS: usize = 300;
/// Rounds after which it is clear that the server refuses too many Pods.
const ROUNDS: usize = 60;

#[test]
fn the_scheduler_puts_pods_where_the_model_finds_them_feasible() {
    let mut cells = Cells::create();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    let nodes = cells::nodes();
    let mut running: Vec<Value> = Vec::new();
    for round in 0..ROUNDS {
        let snapshot = snapshot(&nodes, &running);
        let placed = cells.place(round);
        for (pod, outcome) in &placed {
            match judge(&snapshot, pod, outcome) {
                Ok(kind) => *counts.entry(kind).or_default() += 1,
                Err(problem) => problems.push(problem),
            }
        }
        cells::remove_pending(&placed);
        let on_nodes = placed.into_iter();
        let on_nodes = on_nodes.filter(|(_, outcome)| matches!(outcome, Outcome::On(_)));
        running.extend(on_nodes.map(|(pod, _)| pod));
        if counts.values().sum::<usize>() + problems.len() >= PODS {
            break;
        }
    }
    println!("{counts:?}");
    // A Pod that had been pending and was placed before it was deleted would be another state.
    let known: BTreeSet<_> = running.iter().map(cells::key).collect();
    let unknown: Vec<_> = cells::left().difference(&known).cloned().collect();
    let placed_late = unknown.iter().filter(|(_, node)| !node.is_empty());
    assert_eq!(placed_late.count(), 0, "{unknown:?}");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let count = |kind| counts.get(kind).copied().unwrap_or(0);
    let placed = count("at the best score") + count("placed");
    assert!(placed + count("pending") >= PODS, "{counts:?}");
    assert!(
        placed >= PODS / 5 && count("pending") >= PODS / 5,
        "{counts:?}"
    );
}

fn snapshot(nodes: &[Value], pods: &[Value]) -> Snapshot {
    let mut builder = Snapshot::builder(KubernetesVersion::LATEST);
    for node in nodes {
        builder.node(&serde_json::from_value(node.clone()).unwrap());
    }
    for pod in pods {
        builder.pod(&serde_json::from_value(pod.clone()).unwrap());
    }
    // Terms name the namespaces of their cell alone.
    builder.complete(Input::Namespaces);
    builder.complete(Input::DeviceClasses);
    builder.build()
}

/// Compares the scheduler's decision about a Pod with the model's answers, and says of which kind
/// it is.
fn judge(snapshot: &Snapshot, created: &Value, outcome: &Outcome) -> Result<&'static str, String> {
    let mut pod: Pod = serde_json::from_value(created.clone()).unwrap();
    pod.spec.as_mut().unwrap().node_name = None;
    let evaluation = Evaluation::new(snapshot, &pod);
    let results: Vec<_> = evaluation.nodes().collect();
    let of_fit = |wanted: Verdict| {
        let of = results.iter().filter(move |result| result.fits() == wanted);
        of.map(|result| result.node).collect::<BTreeSet<usize>>()
    };
    let (fitting, unknown) = (of_fit(Verdict::Ok), of_fit(Verdict::Unknown));
    let name = |at: usize| snapshot.nodes()[at].name();
    let names: Vec<&str> = fitting.iter().map(|at| name(*at)).collect();
    let problem = |what: &str| Err(format!("{what}, feasible are {names:?}: {created}"));
    if !unknown.is_empty() {
        return problem("nodes could not be evaluated");
    }
    match outcome {
        Outcome::Pending(_) if fitting.is_empty() => Ok("pending"),
        Outcome::Pending(message) => problem(message),
        Outcome::On(node) => {
            let Some(at) = snapshot.index_of(node).filter(|at| fitting.contains(at)) else {
                return problem(&format!("placed on {node}"));
            };
            let numbers: Vec<usize> = fitting.iter().copied().collect();
            let default = DefaultSelector::of(&pod, [], None);
            let scores = Scores::of(&evaluation, &numbers, Some(&default));
            let best = scores.nodes.iter().map(|node| node.total).max();
            let own = scores.nodes.iter().find(|node| node.node == at);
            Ok(if own.map(|node| node.total) == best {
                "at the best score"
            } else {
                "placed"
            })
        }
    }
}
