//! Flags of node affinity, Pod affinity and Pod anti-affinity.
//!
//! The API joins terms with "or" and the expressions of a term with "and". Several
//! `--require-node` are joined with "and", so their alternatives are multiplied out.

use k8s_openapi::api::core::v1::{
    NodeAffinity, NodeSelectorTerm, PodAffinityTerm, PreferredSchedulingTerm,
    WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::selector::{label_selector, node_requirements};
use crate::completion_kind::CompletionKind;

/// Maximum number of alternatives: nobody writes more on purpose.
const MOST_TERMS: usize = 256;

/// Returns the long help: the expressions, then the rest of the syntax.
macro_rules! expressions {
    ($more:literal) => {
        concat!(
            "\
disktype=ssd                the label has this value
disktype!=ssd               the label has another value or is missing
disktype in (ssd,nvme)      the label has one of the values; or notin
gpu, !gpu                   the label exists, does not exist
cores>8, cores<64           the label is a greater, a smaller integer
metadata.name=node-1        the node has this name
",
            $more
        )
    };
}

const REQUIRED: &str = expressions!(
    "\
a=b,c                       both must hold, as with two --require-node
a=b || c                    one of them must hold"
);

const PREFERRED: &str = expressions!(
    "\
a=b,c                       both hold
80:a=b                      weight 80 of 1 to 100; the default is 100"
);

/// Returns the long help: the effect on Pods, then the rest of the syntax.
macro_rules! topologies {
    ($effect:literal) => {
        concat!(
            $effect,
            "\n\
app=web@LABEL               any node label; also hostname (default),
                            zone, region
app in (web,api),!debug     a label selector as in kubectl -l; * is
                            every Pod
50:app=web@zone             preferred, with a weight of 1 to 100;
                            without a weight it is required"
        )
    };
}

pub(super) const GROUP: Group = Group {
    heading: "Scheduling",
    flags: &[
        Flag::many(
            "require-node",
            "EXPR",
            "Required node affinity: 'KEY in (A,B)'",
            "disktype in (ssd)",
            require_node,
        )
        .of_pod()
        .completes(CompletionKind::NodeLabels)
        .more(REQUIRED),
        Flag::many(
            "prefer-node",
            "EXPR",
            "Preferred node affinity: [WEIGHT:]EXPR",
            "80:topology.kubernetes.io/zone=a",
            prefer_node,
        )
        .of_pod()
        .completes(CompletionKind::NodeLabels)
        .more(PREFERRED),
        Flag::many(
            "near",
            "PODS",
            "Pod affinity: [WEIGHT:]SELECTOR[@TOPOLOGY]",
            "100:app=cache@hostname",
            near,
        )
        .of_pod()
        .more(topologies!(
            "\
app=web                     a Pod with app=web runs on the same node
app=web@zone                a Pod with app=web runs in the same zone"
        )),
        Flag::many(
            "apart",
            "PODS",
            "Pod anti-affinity, same syntax as --near",
            "app=web@kubernetes.io/hostname",
            apart,
        )
        .of_pod()
        .more(topologies!(
            "\
app=web                     no Pod with app=web runs on the same node
app=web@zone                no Pod with app=web runs in the same zone"
        )),
    ],
};

/// Parses a topology: a node label, or the short word for a well-known one.
pub(super) fn topology(fragment: Fragment<'_>) -> Result<String, ValueError> {
    let fragment = fragment.trim();
    match fragment.text() {
        "" => Err(fragment
            .error("expected a topology, found nothing")
            .help("use hostname, zone, region or a node label")),
        "hostname" => Ok("kubernetes.io/hostname".to_owned()),
        "zone" => Ok("topology.kubernetes.io/zone".to_owned()),
        "region" => Ok("topology.kubernetes.io/region".to_owned()),
        label => Ok(label.to_owned()),
    }
}

/// Splits off `WEIGHT:`. A label's key has no colon.
fn weighted(fragment: Fragment<'_>) -> Result<(Option<i32>, Fragment<'_>), ValueError> {
    let Some((weight, rest)) = fragment.split_once(":") else {
        return Ok((None, fragment));
    };
    match weight.text().trim().parse() {
        Ok(number @ 1..=100) => Ok((Some(number), rest)),
        _ => Err(weight.expected("a weight from 1 to 100")),
    }
}

/// Parses the labels and fields of one alternative.
fn term(fragment: Fragment<'_>) -> Result<NodeSelectorTerm, ValueError> {
    let mut term = NodeSelectorTerm::default();
    for read in node_requirements(fragment)? {
        let list = if read.is_field {
            &mut term.match_fields
        } else {
            &mut term.match_expressions
        };
        list.get_or_insert_default().push(read.requirement);
    }
    Ok(term)
}

fn require_node(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let alternatives = fragment.split("||").into_iter().map(term);
    let alternatives: Vec<_> = alternatives.collect::<Result<_, _>>()?;
    let selector = node_affinity(draft)
        .required_during_scheduling_ignored_during_execution
        .get_or_insert_default();
    let terms = &mut selector.node_selector_terms;
    if terms.is_empty() {
        *terms = alternatives;
        return Ok(());
    }
    if terms.len() * alternatives.len() > MOST_TERMS {
        return Err(fragment.error(format!(
            "all --require-node together have more than {MOST_TERMS} alternatives"
        )));
    }
    *terms = terms
        .iter()
        .flat_map(|term| alternatives.iter().map(|other| both(term, other)))
        .collect();
    Ok(())
}

/// Returns a term that holds if both hold.
fn both(one: &NodeSelectorTerm, other: &NodeSelectorTerm) -> NodeSelectorTerm {
    let mut term = one.clone();
    for (list, more) in [
        (&mut term.match_expressions, &other.match_expressions),
        (&mut term.match_fields, &other.match_fields),
    ] {
        for requirement in more.iter().flatten() {
            let list = list.get_or_insert_default();
            if !list.contains(requirement) {
                list.push(requirement.clone());
            }
        }
    }
    term
}

fn prefer_node(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (weight, expression) = weighted(fragment)?;
    if let Some((_, other)) = expression.split_once("||") {
        return Err(other
            .error("`||` is not supported in a preference")
            .help("repeat --prefer-node for each alternative"));
    }
    let preference = term(expression)?;
    let weight = weight.unwrap_or(100);
    node_affinity(draft)
        .preferred_during_scheduling_ignored_during_execution
        .get_or_insert_default()
        .push(PreferredSchedulingTerm { preference, weight });
    Ok(())
}

fn node_affinity(draft: &mut Draft) -> &mut NodeAffinity {
    let affinity = draft.pod.affinity.get_or_insert_default();
    affinity.node_affinity.get_or_insert_default()
}

fn near(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (weight, term) = pod_term(fragment)?;
    let affinity = draft.pod.affinity.get_or_insert_default();
    let affinity = affinity.pod_affinity.get_or_insert_default();
    add(
        weight,
        term,
        &mut affinity.required_during_scheduling_ignored_during_execution,
        &mut affinity.preferred_during_scheduling_ignored_during_execution,
    );
    Ok(())
}

fn apart(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (weight, term) = pod_term(fragment)?;
    let affinity = draft.pod.affinity.get_or_insert_default();
    let affinity = affinity.pod_anti_affinity.get_or_insert_default();
    add(
        weight,
        term,
        &mut affinity.required_during_scheduling_ignored_during_execution,
        &mut affinity.preferred_during_scheduling_ignored_during_execution,
    );
    Ok(())
}

fn add(
    weight: Option<i32>,
    pod_affinity_term: PodAffinityTerm,
    required: &mut Option<Vec<PodAffinityTerm>>,
    preferred: &mut Option<Vec<WeightedPodAffinityTerm>>,
) {
    match weight {
        None => required.get_or_insert_default().push(pod_affinity_term),
        Some(weight) => preferred
            .get_or_insert_default()
            .push(WeightedPodAffinityTerm {
                pod_affinity_term,
                weight,
            }),
    }
}

fn pod_term(fragment: Fragment<'_>) -> Result<(Option<i32>, PodAffinityTerm), ValueError> {
    let (weight, rest) = weighted(fragment)?;
    let (selector, topology) = selected(rest)?;
    let term = PodAffinityTerm {
        label_selector: Some(selector),
        topology_key: topology,
        ..PodAffinityTerm::default()
    };
    Ok((weight, term))
}

/// Parses `SELECTOR[@TOPOLOGY]`.
fn selected(fragment: Fragment<'_>) -> Result<(LabelSelector, String), ValueError> {
    let (selector, key) = match fragment.rsplit_once("@") {
        Some((selector, key)) => (selector, topology(key)?),
        None => (fragment, "kubernetes.io/hostname".to_owned()),
    };
    Ok((label_selector(selector)?, key))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors, problems, spec};

    #[test]
    fn required_terms_are_joined_with_and_bars_with_or() {
        let terms = |line: &str| {
            let required = "requiredDuringSchedulingIgnoredDuringExecution";
            spec(line)["affinity"]["nodeAffinity"][required]["nodeSelectorTerms"].clone()
        };
        let exists = |key: &str| serde_json::json!({"key": key, "operator": "Exists"});
        let term = |keys: &[&str]| {
            let expressions: Vec<_> = keys.iter().map(|key| exists(key)).collect();
            serde_json::json!({"matchExpressions": expressions})
        };
        for (line, expected) in [
            ("--require-node a,b", vec![vec!["a", "b"]]),
            ("--require-node a --require-node b", vec![vec!["a", "b"]]),
            ("--require-node 'a||b'", vec![vec!["a"], vec!["b"]]),
            (
                "--require-node 'a||b' --require-node 'c||a'",
                vec![vec!["a", "c"], vec!["a"], vec!["b", "c"], vec!["b", "a"]],
            ),
        ] {
            let expected: Vec<_> = expected.iter().map(|keys| term(keys)).collect();
            assert_eq!(terms(line), serde_json::json!(expected), "{line}");
        }
        let by_name = terms("--require-node 'metadata.name=n,a'");
        let field = serde_json::json!({"key": "metadata.name", "operator": "In", "values": ["n"]});
        assert_eq!(by_name[0]["matchFields"][0], field);
        assert_eq!(by_name[0]["matchExpressions"][0], exists("a"));
    }

    #[test]
    fn alternatives_are_limited() {
        let ten = format!("--require-node '{}' ", ["a"; 10].join("||"));
        assert_eq!(problems(&ten.repeat(2)), "", "100 terms");
        let text = problems(&ten.repeat(3));
        assert!(text.contains("have more than 256 alternatives"), "{text}");
    }

    #[test]
    fn preference_has_weight() {
        assert_specs(&[
            (
                "--prefer-node 80:zone=a --prefer-node 'gpu'",
                "affinity: {nodeAffinity: {preferredDuringSchedulingIgnoredDuringExecution: [
                   {weight: 80, preference: {matchExpressions: [{key: zone, operator: In, values: [a]}]}},
                   {weight: 100, preference: {matchExpressions: [{key: gpu, operator: Exists}]}}]}}",
            ),
            (
                "--near app=cache --near 50:app=db@zone",
                "affinity: {podAffinity: {
                   requiredDuringSchedulingIgnoredDuringExecution: [
                     {labelSelector: {matchLabels: {app: cache}}, topologyKey: kubernetes.io/hostname}],
                   preferredDuringSchedulingIgnoredDuringExecution: [
                     {weight: 50, podAffinityTerm: {
                       labelSelector: {matchLabels: {app: db}}, topologyKey: topology.kubernetes.io/zone}}]}}",
            ),
            (
                "--apart 'app in (a,b),!c@region' --apart '*@example.com/rack'",
                "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [
                   {labelSelector: {matchExpressions: [
                      {key: app, operator: In, values: [a, b]}, {key: c, operator: DoesNotExist}]},
                    topologyKey: topology.kubernetes.io/region},
                   {labelSelector: {}, topologyKey: example.com/rack}]}}",
            ),
        ]);
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--near 0:a=b",
                "0",
                "expected a weight from 1 to 100, found `0`",
            ),
            (
                "--near 101:a=b",
                "101",
                "expected a weight from 1 to 100, found `101`",
            ),
            (
                "--near a=b:zone",
                "a=b",
                "expected a weight from 1 to 100, found `a=b`",
            ),
            (
                "--prefer-node 'a||b'",
                "b",
                "`||` is not supported in a preference",
            ),
            ("--near a=b@", "", "expected a topology, found nothing"),
            (
                "--near 'a>5'",
                "a>5",
                "`<` and `>` only compare node labels",
            ),
            (
                "--apart @zone",
                "",
                "expected a selector such as app=web, found nothing",
            ),
            (
                "--require-node 'a in b'",
                "b",
                "expected a list such as (a,b), found `b`",
            ),
            (
                "--require-node 'a||'",
                "",
                "expected a selector such as app=web, found nothing",
            ),
        ]);
    }
}
