//! The node of a Pod: its memory, and the version of its kubelet.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, Pod};
use pod_model::cgroup::NodeSettings;
use pod_model::lookup::{Answer, Answers, Need};
use pod_model::{KubernetesVersion, Quantity, RulesVersion, VersionInfo};
use serde::Serialize;

use super::options::ResourcesOptions;
use crate::explain::stored::{node_name, waits_for_node};
use crate::targets::Target;

/// The node whose numbers count.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct NodeItem {
    /// Its name, or `None` for one that is assumed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its memory in bytes, or `None` if it is not known.
    pub memory: Option<i64>,
    /// Number of its CPUs, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u32>,
    /// The version of its kubelet, such as `v1.35.4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubelet_version: Option<String>,
    /// The runtime of containers that it reports, such as `containerd://2.1.4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container_runtime: Option<String>,
    /// The runtime whose `cpu.weight` is shown, as it was chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// The reason why the node is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    #[serde(skip)]
    pub settings: Option<NodeSettings>,
    #[serde(skip)]
    pub is_windows: bool,
    /// True if the memory is that of `--node-memory`.
    #[serde(skip)]
    pub is_memory_assumed: bool,
}

const WINDOWS: &str = "windows";

/// Returns whether a Pod runs on Windows: it says so, or its node does.
pub(super) fn is_windows(pod: &Pod, node: &NodeItem) -> bool {
    let spec = pod.spec.as_ref();
    let os = spec.and_then(|own| own.os.as_ref());
    let selector = spec.and_then(|own| own.node_selector.as_ref());
    let selected = selector.and_then(|own| own.get("kubernetes.io/os"));
    node.is_windows
        || os.is_some_and(|os| os.name == WINDOWS)
        || selected.is_some_and(|os| os == WINDOWS)
}

/// Returns the look-ups of nodes: the Pod's own, or all that it could run on.
pub(super) fn needs(target: &Target, is_stored: bool) -> Option<Need> {
    match node_name(target) {
        Some(name) => Some(Need::named::<Node>("", name)),
        None => (!is_stored || waits_for_node(target)).then(|| Need::all::<Node>("")),
    }
}

/// Returns the node of a target, and the settings that follow from it and from the options.
pub(super) fn node(
    target: &Target,
    answers: &Answers,
    options: &ResourcesOptions,
    version: KubernetesVersion,
) -> NodeItem {
    let mut item = NodeItem::default();
    let mut settings = NodeSettings::of(version);
    if let Some(name) = node_name(target) {
        item.name = Some(name.to_owned());
        match answers.one::<Node>("", name) {
            Answer::Found(found) => read(found.object, &mut item, &mut settings),
            Answer::Missing => item.unread = Some("the node does not exist".to_owned()),
            Answer::Forbidden => item.unread = Some("no permission to get the node".to_owned()),
            Answer::Failed(why) => item.unread = Some(why.to_owned()),
            Answer::NotAsked => {}
        }
    }
    if let Some(memory) = options.node_memory {
        item.memory = Some(memory);
        item.is_memory_assumed = true;
        settings.allocatable_memory = Some(memory);
    }
    if let Some(runtime) = &options.runtime {
        settings.weight = runtime.cpu_weight();
        item.runtime = Some(runtime.to_string());
    }
    item.settings = Some(settings);
    item
}

fn read(node: &Node, item: &mut NodeItem, settings: &mut NodeSettings) {
    let Some(status) = &node.status else {
        item.unread = Some("the node has no status".to_owned());
        return;
    };
    let memory = |list: Option<&BTreeMap<String, _>>| {
        let amount = list.and_then(|own| own.get("memory"))?;
        Quantity::try_from(amount).ok().map(|own| own.value())
    };
    item.memory = memory(status.capacity.as_ref());
    let cpus = status.capacity.as_ref().and_then(|own| own.get("cpu"));
    let cpus = cpus.and_then(|own| Quantity::try_from(own).ok());
    item.cpus = cpus.and_then(|own| u32::try_from(own.value()).ok());
    settings.allocatable_memory = memory(status.allocatable.as_ref());
    let Some(info) = &status.node_info else {
        return;
    };
    item.is_windows = info.operating_system == WINDOWS;
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    item.container_runtime = given(&info.container_runtime_version);
    item.kubelet_version = given(&info.kubelet_version);
    // A node that no kubelet has made has no version.
    let Some(version) = &item.kubelet_version else {
        return;
    };
    let own = RulesVersion::of_server(&VersionInfo {
        git_version: version,
        ..VersionInfo::default()
    });
    *settings = NodeSettings {
        weight: settings.weight,
        cpu_period: settings.cpu_period,
        allocatable_memory: settings.allocatable_memory,
        ..NodeSettings::of(own.rules)
    };
}
