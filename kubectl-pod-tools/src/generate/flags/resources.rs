//! Flags of requests and limits, of a container and of the whole Pod.

use k8s_openapi::api::core::v1::ResourceRequirements;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::{pair, quantity};

const SINCE: &str = "On by default since Kubernetes 1.34 (feature gate PodLevelResources).";

pub(super) const GROUP: Group = Group {
    heading: "Resources",
    flags: &[
        Flag::many(
            "requests",
            "NAME=AMOUNT",
            "Resource requests, comma-separated",
            "cpu=500m,memory=128Mi",
            |draft, fragment| {
                let resources = draft.container().resources.get_or_insert_default();
                amounts(fragment, resources.requests.get_or_insert_default())
            },
        ),
        Flag::many(
            "limits",
            "NAME=AMOUNT",
            "Resource limits, comma-separated",
            "cpu=1,memory=256Mi",
            |draft, fragment| {
                let resources = draft.container().resources.get_or_insert_default();
                amounts(fragment, resources.limits.get_or_insert_default())
            },
        ),
        Flag::many(
            "pod-requests",
            "NAME=AMOUNT",
            "Resource requests of the whole Pod",
            "cpu=1,memory=512Mi",
            |draft, fragment| amounts(fragment, of_pod(draft).requests.get_or_insert_default()),
        )
        .of_pod()
        .more(SINCE),
        Flag::many(
            "pod-limits",
            "NAME=AMOUNT",
            "Resource limits of the whole Pod",
            "cpu=2,memory=1Gi",
            |draft, fragment| amounts(fragment, of_pod(draft).limits.get_or_insert_default()),
        )
        .of_pod()
        .more(SINCE),
    ],
};

/// Upstream: feature gate `PodLevelResources` (pkg/features/kube_features.go),
/// alpha in 1.32, on by default as beta from 1.34.
fn of_pod(draft: &mut Draft) -> &mut ResourceRequirements {
    draft.pod.resources.get_or_insert_default()
}

type Amounts =
    std::collections::BTreeMap<String, k8s_openapi::apimachinery::pkg::api::resource::Quantity>;

/// Parses `cpu=500m,memory=128Mi`. A later amount replaces an earlier one.
fn amounts(fragment: Fragment<'_>, into: &mut Amounts) -> Result<(), ValueError> {
    let mut seen = Vec::new();
    for word in fragment.split(",") {
        let (name, amount) = pair(word, "NAME=AMOUNT")?;
        if seen.contains(&name.text()) {
            return Err(name.error(format!("`{}` is given twice", name.text())));
        }
        seen.push(name.text());
        into.insert(name.owned(), quantity(amount)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_specs, assert_value_errors};

    #[test]
    fn amounts_set_requests_and_limits() {
        assert_specs(&[
            (
                "--requests cpu=500m,memory=128Mi --limits nvidia.com/gpu=1",
                "containers: [{resources: {requests: {cpu: 500m, memory: 128Mi}, limits: {nvidia.com/gpu: '1'}}}]",
            ),
            (
                "--limits cpu=1 --limits memory=1Gi --limits cpu=2",
                "containers: [{resources: {limits: {cpu: '2', memory: 1Gi}}}]",
            ),
            (
                "--pod-requests cpu=1 --pod-limits memory=1Gi",
                "resources: {requests: {cpu: '1'}, limits: {memory: 1Gi}}",
            ),
        ]);
    }

    #[test]
    fn invalid_value_is_underlined() {
        assert_value_errors(&[
            ("--limits cpu=1x", "1x", "expected a quantity, found `1x`"),
            ("--limits cpu=", "", "expected a quantity, found nothing"),
            ("--limits cpu=1,cpu=2", "cpu", "`cpu` is given twice"),
            (
                "--limits cpu=1,memory",
                "memory",
                "expected `NAME=AMOUNT`, found `memory`",
            ),
            ("--limits =1", "=1", "expected NAME before `=`"),
        ]);
    }
}
