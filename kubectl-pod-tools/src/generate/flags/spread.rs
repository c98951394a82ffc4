//! Flag of topology spread constraints.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use pod_model::{Finding, rules};
use std::collections::BTreeMap;

use super::super::draft::{Draft, TargetKind};
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::selector::label_selector;
use super::super::value::{number, one_of};
use super::affinity::topology;

/// Label that the Job controller writes onto its Pods (k8s.io/api/batch/v1,
/// `JobNameLabel`).
const JOB_NAME: &str = "batch.kubernetes.io/job-name";

pub(super) const GROUP: Group = Group {
    heading: "Scheduling",
    flags: &[Flag::many(
        "spread",
        "TOPOLOGY",
        "Topology spread constraint",
        "topology.kubernetes.io/zone:1",
        spread,
    )
    .of_pod()
    .with(&["--labels=app=web"])
    .more(
        "\
zone                        at most 1 Pod more in one zone than in
                            another; also hostname, region or any
                            node label
zone:2                      at most 2 Pods more
zone,ScheduleAnyway         preferred; otherwise required, and the Pod
                            stays Pending
zone,minDomains=3           with fewer than 3 zones, the minimum is 0
app=web@zone                count the Pods with app=web; by default
                            those with the labels of this Pod",
    )],
};

/// Parses `[SELECTOR@]TOPOLOGY[:SKEW][,DoNotSchedule|ScheduleAnyway][,minDomains=N]`.
fn spread(draft: &mut Draft, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (selector, rest) = match fragment.rsplit_once("@") {
        Some((selector, rest)) => (Some(label_selector(selector)?), rest),
        None => (None, fragment),
    };
    let mut words = rest.split(",").into_iter();
    let place = words.next().unwrap_or(rest);
    let (key, skew) = match place.rsplit_once(":") {
        Some((key, skew)) => (key, number(skew)?),
        None => (place, 1),
    };
    let mut constraint = TopologySpreadConstraint {
        label_selector: selector,
        max_skew: skew,
        topology_key: topology(key)?,
        when_unsatisfiable: "DoNotSchedule".to_owned(),
        ..TopologySpreadConstraint::default()
    };
    for word in words {
        match word.strip_prefix("minDomains=") {
            Some(domains) => constraint.min_domains = Some(number(domains)?),
            None => {
                let known = ["DoNotSchedule", "ScheduleAnyway"];
                one_of(word, &known)?.clone_into(&mut constraint.when_unsatisfiable);
            }
        }
    }
    let all = draft
        .pod
        .topology_spread_constraints
        .get_or_insert_default();
    // The API accepts one for each topology and `whenUnsatisfiable`.
    let same = all.iter().position(|known| {
        known.topology_key == constraint.topology_key
            && known.when_unsatisfiable == constraint.when_unsatisfiable
    });
    let by_own_labels = constraint.label_selector.is_none();
    let at = same.unwrap_or(all.len());
    match same {
        Some(at) => all[at] = constraint,
        None => all.push(constraint),
    }
    draft.spread_by_own_labels.retain(|known| *known != at);
    if by_own_labels {
        draft.spread_by_own_labels.push(at);
    }
    Ok(())
}

/// Writes the Pod's own labels into constraints without a selector; they are known only
/// after all flags.
pub(super) fn write_own_labels(draft: &mut Draft) -> Vec<Finding> {
    let places = std::mem::take(&mut draft.spread_by_own_labels);
    let own = own_labels(draft);
    let mut findings = Vec::new();
    let path = draft.pod_path().field("topologySpreadConstraints");
    let all = draft.pod.topology_spread_constraints.iter_mut().flatten();
    for (at, constraint) in all.enumerate().filter(|(at, _)| places.contains(at)) {
        match &own {
            Some(labels) => {
                constraint.label_selector = Some(LabelSelector {
                    match_labels: Some(labels.clone()),
                    match_expressions: None,
                });
            }
            None => findings.push(
                Finding::new(
                    &rules::FLAG_VALUE,
                    path.index(at),
                    "no Pods to spread: the Pod has no labels",
                )
                .help("add labels with -l app=web, or a selector: --spread app=web@zone"),
            ),
        }
    }
    findings
}

fn own_labels(draft: &Draft) -> Option<BTreeMap<String, String>> {
    let ObjectMeta { labels, .. } = match draft.target_kind {
        TargetKind::Pod => &draft.meta,
        TargetKind::Job => &draft.template,
    };
    let labels = draft.labels_at_the_end.clone().or_else(|| labels.clone());
    let labels = labels.filter(|labels| !labels.is_empty());
    labels.or_else(|| match draft.target_kind {
        TargetKind::Pod => None,
        TargetKind::Job => {
            let name = draft.meta.name.clone()?;
            Some(BTreeMap::from([(JOB_NAME.to_owned(), name)]))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::JobFlags;
    use super::super::testing::{assert_specs, assert_value_errors, typed};

    #[test]
    fn own_labels_are_selected_in_any_order_of_flags() {
        let expected =
            "topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone,
              whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: a}}}]";
        assert_specs(&[
            ("--spread zone -l app=a", expected),
            ("-l app=a --spread zone:3 --spread topology.kubernetes.io/zone:1", expected),
            ("--spread app=a@zone", expected),
            ("--set metadata.labels.app=a --spread zone", expected),
            ("--spread zone -l x=y --set 'metadata.labels={app: a}'", expected),
            ("--spread zone --overrides '{\"metadata\":{\"labels\":{\"app\":\"a\"}}}'", expected),
            (
                "--spread app=a@zone --spread 'a,!b@example.com/rack:2,scheduleanyway,minDomains=3'",
                "topologySpreadConstraints: [
                  {maxSkew: 1, topologyKey: topology.kubernetes.io/zone,
                   whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: a}}},
                  {maxSkew: 2, topologyKey: example.com/rack, whenUnsatisfiable: ScheduleAnyway, minDomains: 3,
                   labelSelector: {matchExpressions: [
                     {key: a, operator: Exists}, {key: b, operator: DoesNotExist}]}}]",
            ),
        ]);
    }

    #[test]
    fn job_without_labels_selects_its_own_pods() {
        let generated = typed::<JobFlags>("--spread zone").map_err(|_| ()).unwrap();
        let constraint = &generated.object["spec"]["template"]["spec"]["topologySpreadConstraints"];
        assert_eq!(
            constraint[0]["labelSelector"]["matchLabels"],
            serde_json::json!({"batch.kubernetes.io/job-name": "web"})
        );
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            (
                "--spread zone",
                "zone",
                "no Pods to spread: the Pod has no labels",
            ),
            ("--spread zone:x", "x", "expected an integer, found `x`"),
            ("--spread zone,Never", "Never", "unknown value `Never`"),
            ("--spread :2", "", "expected a topology, found nothing"),
            (
                "--spread zone,minDomains=x",
                "x",
                "expected an integer, found `x`",
            ),
        ]);
    }
}
