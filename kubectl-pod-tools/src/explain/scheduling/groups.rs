//! Nodes grouped by the reasons against them.

use std::collections::BTreeMap;

use super::report::{NodeReport, ReasonReport};

/// Nodes with the same reasons.
pub(super) struct Group<'a> {
    /// The reasons of the first node; those of the others differ in details at most.
    pub reasons: &'a [ReasonReport],
    pub fits: Option<bool>,
    pub gets_pod: Option<bool>,
    /// Plugins that could not be evaluated.
    pub not_evaluated: &'a [&'static str],
    pub names: Vec<&'a str>,
    /// True if the reasons are the same to the last detail.
    pub have_equal_details: bool,
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
                have_equal_details: true,
            });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.names.push(&node.name);
        group.have_equal_details &= group.reasons == node.reasons;
    }
    // Those that fit first.
    groups.sort_by_key(|own| (own.fits != Some(true), std::cmp::Reverse(own.names.len())));
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
    counts.sort_by_key(|(message, count)| (std::cmp::Reverse(*count), *message));
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
