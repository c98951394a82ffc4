//! Nodes grouped by the reasons against them.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::report::{NodeReport, ReasonReport};

/// Details of a reason that are all shown.
const MOST_DETAILS: usize = 3;

/// Nodes with the same reasons.
pub(super) struct Group<'a> {
    /// The reasons of the first node; those of the others differ in details at most.
    pub reasons: &'a [ReasonReport],
    pub fits: Option<bool>,
    pub gets_pod: Option<bool>,
    /// Plugins that could not be evaluated.
    pub not_evaluated: &'a [&'static str],
    pub names: Vec<&'a str>,
    /// For each reason its details, with the numbers of nodes.
    details: Vec<BTreeMap<&'a str, Shared<'a>>>,
}

/// The nodes with the same detail of a reason.
struct Shared<'a> {
    first: &'a str,
    count: usize,
}

impl<'a> Group<'a> {
    fn add(&mut self, node: &'a NodeReport) {
        self.names.push(&node.name);
        for (details, reason) in self.details.iter_mut().zip(&node.reasons) {
            if let Some(detail) = &reason.detail {
                let shared = details.entry(detail).or_insert(Shared {
                    first: &node.name,
                    count: 0,
                });
                shared.count += 1;
            }
        }
    }

    /// Returns the details of a reason: all of a few, else the one that most nodes have.
    pub(super) fn detail(&self, reason: usize) -> Option<String> {
        let details = self.details.get(reason)?;
        let mut sorted: Vec<(&str, &Shared<'a>)> = details
            .iter()
            .map(|(detail, shared)| (*detail, shared))
            .collect();
        sorted.sort_by_key(|(_, shared)| (Reverse(shared.count), shared.first));
        let all = self.names.len();
        match sorted.as_slice() {
            [] => None,
            [(detail, shared)] if shared.count == all => Some((*detail).to_owned()),
            [(_, most), ..] if most.count > 1 && sorted.len() <= MOST_DETAILS => {
                let each = sorted
                    .iter()
                    .map(|(detail, own)| format!("{}: {detail}", own.nodes()));
                Some(each.collect::<Vec<_>>().join("; "))
            }
            [(detail, own), ..] => Some(format!("such as {}: {detail}", own.nodes())),
        }
    }
}

impl Shared<'_> {
    fn nodes(&self) -> String {
        match self.count {
            1 => self.first.to_owned(),
            count => format!("{count} nodes"),
        }
    }
}

/// Returns the groups of nodes, the largest first.
pub(super) fn groups(nodes: &[NodeReport]) -> Vec<Group<'_>> {
    type Key<'a> = (
        Option<bool>,
        Option<bool>,
        &'a [&'static str],
        Vec<(&'a str, &'a str)>,
    );
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: BTreeMap<Key<'_>, usize> = BTreeMap::new();
    for node in nodes {
        let reasons = node.reasons.iter();
        let reasons = reasons.map(|own| (own.plugin.as_str(), own.message.as_str()));
        let open = node.not_evaluated.as_slice();
        let key = (node.fits, node.gets_pod, open, reasons.collect());
        let at = *places.entry(key).or_insert_with(|| {
            groups.push(Group {
                reasons: &node.reasons,
                fits: node.fits,
                gets_pod: node.gets_pod,
                not_evaluated: open,
                names: Vec::new(),
                details: node.reasons.iter().map(|_| BTreeMap::new()).collect(),
            });
            groups.len() - 1
        });
        groups[at].add(node);
    }
    // Those that fit first.
    groups.sort_by_key(|own| (own.fits != Some(true), Reverse(own.names.len())));
    groups
}

/// Returns how many nodes have each message, the most frequent first.
pub(super) fn counts(nodes: &[NodeReport]) -> Vec<(&str, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes.iter().filter(|own| own.fits == Some(false)) {
        let mut messages: Vec<&str> = node
            .reasons
            .iter()
            .map(|own| own.message.as_str())
            .collect();
        messages.dedup();
        for message in messages {
            *counts.entry(message).or_default() += 1;
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(message, count)| (Reverse(*count), *message));
    counts
}

/// Returns the first names, and how many more there are.
pub(super) fn some_names(names: &[&str], most: usize) -> String {
    let more = names.len().saturating_sub(most);
    // One more name is as short as its number.
    let shown = if more == 1 {
        names.len()
    } else {
        names.len() - more
    };
    let text = names
        .iter()
        .take(shown)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len() - shown {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(name: &str, details: &[&str]) -> NodeReport {
        let reason = |(at, own): (usize, &&str)| ReasonReport {
            plugin: format!("Plugin{at}"),
            message: "no".to_owned(),
            detail: Some((*own).to_owned()),
            preemptible: false,
        };
        NodeReport {
            name: name.to_owned(),
            fits: Some(false),
            reasons: details.iter().enumerate().map(reason).collect(),
            ..NodeReport::default()
        }
    }

    #[test]
    fn each_reason_of_a_group_has_its_own_details() {
        let nodes = [
            refused("a", &["gpu", "cpu", "1"]),
            refused("b", &["gpu", "cpu", "2"]),
            refused("c", &["team", "cpu", "3"]),
        ];
        let groups = groups(&nodes);
        assert_eq!(groups.len(), 1);
        let detail = |at| groups[0].detail(at);
        assert_eq!(detail(0).as_deref(), Some("2 nodes: gpu; c: team"));
        assert_eq!(detail(1).as_deref(), Some("cpu"));
        assert_eq!(detail(2).as_deref(), Some("such as a: 1"));
    }

    #[test]
    fn many_names_are_some_and_a_number() {
        for (count, expected) in [
            (0, ""),
            (1, "a"),
            (3, "a, b, c"),
            (4, "a, b, c, d"),
            (5, "a, b, c and 2 more"),
        ] {
            let names = &["a", "b", "c", "d", "e"][..count];
            assert_eq!(some_names(names, 3), expected);
        }
    }
}
