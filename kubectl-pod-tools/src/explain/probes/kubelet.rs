//! The kubelet that runs a Pod: its version decides what the probes do, and may be older than the API
//! server's.

use k8s_openapi::api::core::v1::Node;
use pod_model::lookup::{Answer, Answers, Need};
use pod_model::{KubernetesVersion, RulesVersion, VersionInfo};
use serde::Serialize;

use crate::targets::Target;

/// The kubelet of a Pod that has a node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Kubelet {
    pub node: String,
    /// Such as `v1.35.4`, or `None` if it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The reason why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// The note for people, unless its version is that of the rules anyway.
    #[serde(skip)]
    pub note: Option<String>,
}

fn node(target: &Target) -> Option<&str> {
    let node = target.spec.node_name.as_deref();
    node.filter(|name| target.is_pod() && !name.is_empty())
}

/// Returns the look-up of a Pod's node.
pub(super) fn need(target: &Target) -> Option<Need> {
    node(target).map(|name| Need::named::<Node>("", name))
}

/// Returns the kubelet of a Pod, and the version whose rules its probes follow: the chosen one, the
/// kubelet's, or else that of the other rules.
pub(super) fn kubelet(
    target: &Target,
    answers: &Answers,
    chosen: Option<KubernetesVersion>,
    rules: KubernetesVersion,
) -> (Option<Kubelet>, KubernetesVersion) {
    let Some(node) = node(target).filter(|_| chosen.is_none()) else {
        return (None, rules);
    };
    let unread = |why: &str| Kubelet {
        node: node.to_owned(),
        version: None,
        unread: Some(why.to_owned()),
        note: Some(format!(
            "the kubelet of node {node} may be older than the rules of Kubernetes {rules} here: {why}; \
             `--kubernetes-version` sets its version"
        )),
    };
    let found = match answers.one::<Node>("", node) {
        Answer::Found(found) => found.object,
        // Offline nothing is asked for.
        Answer::NotAsked => return (None, rules),
        Answer::Missing => return (Some(unread("the node does not exist")), rules),
        Answer::Forbidden => return (Some(unread("not allowed to get the node")), rules),
        Answer::Failed(why) => return (Some(unread(why)), rules),
    };
    let info = found
        .status
        .as_ref()
        .and_then(|status| status.node_info.as_ref());
    let Some(version) = info.map(|info| info.kubelet_version.as_str()) else {
        return (Some(unread("the node has no status")), rules);
    };
    let own = RulesVersion::of_server(&VersionInfo {
        git_version: version,
        ..VersionInfo::default()
    });
    let differs = (own.rules != rules).then(|| {
        format!(
            "node {node} runs kubelet {version}: the probes follow the rules of Kubernetes {}",
            own.rules
        )
    });
    let kubelet = Kubelet {
        node: node.to_owned(),
        version: Some(version.to_owned()),
        unread: None,
        note: differs,
    };
    (Some(kubelet), own.rules)
}
