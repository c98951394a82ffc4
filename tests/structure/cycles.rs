//! No module of a folder leads back to itself through its siblings: what two of
//! them share is in a third one below both.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::modules::{Crate, Edge, ModulePath};
use crate::root;

/// Name of the code in a module's own file, beside its children.
const OWN_CODE: &str = "mod.rs";

/// The children of one module, which of them name which others, and where.
type Graph = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// The graph of each module's children.
fn graphs(edges: &[Edge]) -> BTreeMap<ModulePath, Graph> {
    let mut graphs: BTreeMap<ModulePath, Graph> = BTreeMap::new();
    for Edge { from, to, place } in edges {
        let shared = from.iter().zip(to).take_while(|(a, b)| a == b).count();
        let child =
            |path: &ModulePath| path.get(shared).map_or(OWN_CODE, String::as_str).to_owned();
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

/// Returns each cycle once, spelled out with a file and line for each step.
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
            let more = if places.len() > 1 {
                format!(" and {} more", places.len() - 1)
            } else {
                String::new()
            };
            format!("    {} names {}: {}{more}\n", step[0], step[1], places[0])
        });
        texts.push(format!(
            "  {}\n{}",
            way.join(" -> "),
            steps.collect::<String>()
        ));
    }
    texts
}

#[test]
fn no_module_leads_back_to_itself() {
    let mut wrong = String::new();
    for name in ["kubectl-pod-tools", "pod-env", "pod-model", "pod-probe"] {
        let read = Crate::read(&root(), &root().join(name).join("src/lib.rs"));
        let edges = read.edges();
        assert!(
            read.paths().count() > 5 && edges.len() > 5,
            "{name} is read"
        );
        for (folder, graph) in graphs(&edges) {
            let folder = folder.join("::");
            for text in cycles(&graph) {
                wrong.push_str(&format!("{name} {folder}\n{text}\n"));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "what two modules share belongs into a third one below both\n{wrong}"
    );
}

/// The cycles of a crate in one text.
fn found(text: &str) -> String {
    let graphs = graphs(&Crate::of(text).edges());
    let texts = graphs.iter().map(|(folder, graph)| {
        let cycles = cycles(graph).concat();
        format!("{}: {cycles}", folder.join("::"))
    });
    texts.filter(|text| text.contains("->")).collect()
}

#[test]
fn a_cycle_is_spelled_out_with_its_places() {
    let text = "
        mod a { use crate::b::B; pub struct A; fn f(_: B) {} }
        mod b { pub struct B; mod inner { fn g() { super::super::c::c(); } } }
        mod c { pub fn c() -> crate::a::A { crate::a::A } }
    ";
    assert_eq!(
        found(text),
        ":   a -> b -> c -> a\n    \
         a names b: lib.rs:2\n    \
         b names c: lib.rs:3\n    \
         c names a: lib.rs:4 and 1 more\n"
    );
}

#[test]
fn names_are_led_to_the_module_that_defines_them() {
    for (text, is_cycle) in [
        // Through what the parent passes on, under another name and by a glob.
        (
            "mod a { use super::B; pub struct A; } mod b { use super::a::A; pub struct B; } pub use b::B;",
            true,
        ),
        (
            "mod a { use super::X; pub struct A; } mod b { use super::a::A; pub struct B; } pub use b::B as X;",
            true,
        ),
        (
            "mod a { use super::*; pub struct A; fn f(_: B) {} } mod b { use super::a::A; pub struct B; } pub use b::*;",
            true,
        ),
        // In an attribute and in a macro.
        (
            "mod a { #[x(y = crate::b::B)] pub struct A; } mod b { pub struct B; const A: &str = x!(super::a::A); }",
            true,
        ),
        // A parent's own code and a child.
        (
            "mod a { pub mod c { use super::P; pub struct C; } pub struct P; fn f(_: c::C) {} }",
            true,
        ),
        // Passing on is no use, and neither is a bound of visibility.
        (
            "mod a { pub use c::C; mod c { use super::d::D; pub struct C; } mod d { pub struct D; } }",
            false,
        ),
        (
            "mod a { pub mod c { pub(in crate::a) struct C; } pub use c::C; fn f(_: C) {} }",
            false,
        ),
        // Tests may look at anything.
        (
            "mod a { pub struct A; } mod b { use crate::a::A; } #[cfg(test)] mod t { use crate::b; }",
            false,
        ),
        (
            "mod a { pub struct A; #[cfg(test)] mod t { use crate::b::B; } } mod b { use crate::a::A; pub struct B; }",
            false,
        ),
        (
            "mod a { pub struct A; impl A { #[cfg(test)] fn f() { crate::b::b(); } } } mod b { use crate::a::A; }",
            false,
        ),
    ] {
        assert_eq!(
            found(text).contains("->"),
            is_cycle,
            "{text}\n{}",
            found(text)
        );
    }
}
