//! No module of a folder leads back to itself through its siblings: what two of
//! them share is in a third one below both.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::modules::{Crate, Edge, ModulePath};
use crate::root;

/// What a module file defines itself, beside its children.
const OWN_CODE: &str = "mod.rs";

/// Who names whom among the children of one module, with a place for each.
type Graph = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// The graph of each module's children.
fn graphs(edges: &[Edge]) -> BTreeMap<ModulePath, Graph> {
    let mut graphs: BTreeMap<ModulePath, Graph> = BTreeMap::new();
    for Edge { from, to, place } in edges {
        let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        let child = |path: &ModulePath| path.get(shared).map_or(OWN_CODE, String::as_str).to_owned();
        let graph = graphs.entry(from[..shared].to_vec()).or_default();
        let places = graph.entry(child(from)).or_default().entry(child(to));
        places.or_default().push(place.clone());
    }
    graphs
}

/// The shortest way from a module back to itself.
fn shortest_cycle(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut queue = VecDeque::from([vec![start.to_owned()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = queue.pop_front() {
        for next in graph.get(way.last()?).into_iter().flat_map(BTreeMap::keys) {
            let longer = [way.clone(), vec![next.clone()]].concat();
            if next == start {
                return Some(longer);
            }
            if seen.insert(next.clone()) {
                queue.push_back(longer);
            }
        }
    }
    None
}

/// Each cycle once, spelled out with a file and line for each step.
fn cycles(graph: &Graph) -> Vec<String> {
    let mut told = BTreeSet::new();
    let mut texts = Vec::new();
    for start in graph.keys() {
        let Some(way) = shortest_cycle(graph, start) else {
            continue;
        };
        let mut members = way[1..].to_vec();
        members.sort();
        if !told.insert(members) {
            continue;
        }
        let steps = way.windows(2).map(|step| {
            let places = &graph[&step[0]][&step[1]];
            let more = if places.len() > 1 { format!(" and {} more", places.len() - 1) } else { String::new() };
            format!("    {} names {}: {}{more}\n", step[0], step[1], places[0])
        });
        texts.push(format!("  {}\n{}", way.join(" -> "), steps.collect::<String>()));
    }
    texts
}
pub(crate) fn dump() {
    for name in ["kubectl-pod-tools", "pod-env", "pod-model", "pod-probe"] {
        let read = Crate::read(&root().join(name).join("src/lib.rs"));
        for (folder, graph) in graphs(&read.edges()) {
            for text in cycles(&graph) {
                println!("{name} {}\n{text}", folder.join("::"));
            }
        }
    }
}
