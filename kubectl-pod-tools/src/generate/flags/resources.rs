//! What containers, and the Pod as a whole, ask for and may use.

use k8s_openapi::api::core::v1::ResourceRequirements;

use super::super::draft::Draft;
use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::quantity;

const SINCE: &str = "Clusters know it by default since Kubernetes 1.34 (PodLevelResources).";

pub(super) const GROUP: Group = Group {
    heading: "Resources",
    flags: &[
        Flag::many(
            "requests",
            "NAME=AMOUNT",
            "What the container is guaranteed; several with commas",
            "cpu=500m,memory=128Mi",
            |draft, fragment| {
                let resources = draft.container().resources.get_or_insert_default();
                amounts(fragment, resources.requests.get_or_insert_default())
            },
        ),
        Flag::many(
            "limits",
            "NAME=AMOUNT",
            "What the container may use at most; several with commas",
            "cpu=1,memory=256Mi",
            |draft, fragment| {
                let resources = draft.container().resources.get_or_insert_default();
                amounts(fragment, resources.limits.get_or_insert_default())
            },
        ),
        Flag::many(
            "pod-requests",
            "NAME=AMOUNT",
            "What all containers together are guaranteed",
            "cpu=1,memory=512Mi",
            |draft, fragment| amounts(fragment, of_pod(draft).requests.get_or_insert_default()),
        )
        .of_pod()
        .more(SINCE),
        Flag::many(
            "pod-limits",
            "NAME=AMOUNT",
            "What all containers together may use at most",
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

/// `cpu=500m,memory=128Mi`. A later flag replaces what an earlier one says.
fn amounts(fragment: Fragment<'_>, into: &mut Amounts) -> Result<(), ValueError> {
    let mut seen = Vec::new();
    for word in fragment.split(",") {
        let Some((name, amount)) = word.split_once("=") else {
            return Err(word.error("this is not RESOURCE=AMOUNT"));
        };
        if name.is_empty() {
            return Err(word.error("there is no resource before the `=`"));
        }
        if seen.contains(&name.text()) {
            return Err(name.error(format!("`{}` stands there twice", name.text())));
        }
        seen.push(name.text());
        into.insert(name.owned(), quantity(amount)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_value_errors, specs};

    #[test]
    fn amounts_become_requests_and_limits() {
        specs(&[
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
    fn each_slip_is_underlined() {
        assert_value_errors(&[
            ("--limits cpu=1x", "1x", "`1x` is not a quantity"),
            ("--limits cpu=", "", "`` is not a quantity"),
            ("--limits cpu=1,cpu=2", "cpu", "`cpu` stands there twice"),
            (
                "--limits cpu=1,memory",
                "memory",
                "this is not RESOURCE=AMOUNT",
            ),
            ("--limits =1", "=1", "there is no resource before the `=`"),
        ]);
    }
}
