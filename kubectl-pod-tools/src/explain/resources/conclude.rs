//! The numbers of one target.

use std::borrow::Cow;
use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use pod_model::admission::{Admitted, QuotaReport, QuotaState, UnknownWhy};
use pod_model::cgroup::{
    Cgroup, CgroupNames, NodeSettings, cgroup_uid, container_names, limit_origins,
    may_have_exclusive_cpus, of_container, of_pod, parent, pod_names, starts_on_v1, throttling,
};
use pod_model::pod_resources::{
    self, OomReason, OomScores, Options, QosClass, eviction, limit_formulas, qos_change, qos_class,
    request_formulas, with_actual_resources, with_allocated_resources,
};
use pod_model::{ContainerView, FieldPath, KubernetesVersion, Quantity, containers};

use super::cgroup_item::CgroupItem;
use super::class_change;
use super::node::{NodeItem, is_windows};
use super::report::{
    AmountTexts, ChangeItem, ContainerItem, LimitOf, QuotaItem, QuotaRowItem, ResourcesBody,
    ThrottlingItem, UsageItem,
};
use super::subject::Subject;
use super::usage::{ContainerUsage, Observed};

/// Returns the numbers; `is_shown` chooses the containers. The class is that of the server's version:
/// kubelets of any other take it from the Pod's status (`GetPodQOS`).
pub(super) fn body(
    subject: &Subject,
    node: NodeItem,
    server: KubernetesVersion,
    observed: Option<&Observed>,
    is_shown: impl Fn(&str) -> bool,
) -> ResourcesBody {
    let Admitted { pod, changes, .. } = &subject.admitted;
    let settings = node
        .settings
        .unwrap_or_else(|| NodeSettings::of(KubernetesVersion::LATEST));
    let version = settings.version;
    let options = Options::placed(version);
    let class = qos_class(pod, server);
    let placed = placed(pod, class, version);
    let spec = placed.spec.as_ref();
    let spec_path = subject.base.field("spec");
    let all = spec
        .map(|spec| containers(spec, &spec_path))
        .unwrap_or_default();
    let usage = |name: &str| {
        let measured = observed?.as_ref().ok()?;
        measured
            .containers
            .iter()
            .find(|own| own.name == name)
            .cloned()
    };
    let shown = all.iter().filter(|own| is_shown(own.name));
    let formulas = request_formulas(pod, options)
        .into_iter()
        .map(|own| (format!("requests.{}", own.resource), own.to_string()));
    let limits = limit_formulas(pod, options)
        .into_iter()
        .map(|own| (format!("limits.{}", own.resource), own.to_string()));
    let is_windows = is_windows(pod, &node);
    let uid = cgroup_uid(pod).filter(|_| subject.is_stored && !is_windows);
    let names = uid.map(|uid| pod_names(class, uid));
    let facts = PodFacts {
        pod: &placed,
        oom: OomScores::of(&placed, version),
        settings: &settings,
        node_memory: node.memory,
        cpus: node.cpus,
        names: names.as_ref(),
        is_windows,
    };
    ResourcesBody {
        qos_class: class,
        qos_change: qos_change(pod, server, &spec_path)
            .as_ref()
            .map(|change| class_change::item(change, &all)),
        requests: texts(&pod_resources::requests(pod, options)),
        limits: texts(&pod_resources::limits(pod, options)),
        formulas: formulas.chain(limits).collect(),
        os: facts.is_windows.then_some("windows"),
        has_ended: has_ended(pod),
        cgroup: (!facts.is_windows)
            .then(|| CgroupItem::as_read(of_pod(&placed, &settings), settings.page_size)),
        cgroup_parent: (!facts.is_windows).then(|| parent(class)),
        containers: shown
            .map(|own| container(&facts, own, usage(own.name)))
            .collect(),
        cgroup_names: names.clone(),
        eviction: eviction(&with_allocated_resources(pod, version), version).into(),
        resize: resize(pod, version),
        exclusive_cpus: may_have_exclusive_cpus(&placed, version)
            .into_iter()
            .map(str::to_owned)
            .collect(),
        has_v1: starts_on_v1(version),
        is_stored: subject.is_stored,
        changes: changes
            .iter()
            .map(|own| ChangeItem {
                path: subject.base.join(&own.path),
                value: own.value.clone(),
                origin: own.origin.to_string(),
            })
            .collect(),
        quotas: subject.quotas.quotas.iter().map(quota).collect(),
        unknown: unknown(&subject.admitted, &subject.quotas),
        usage: observed.map(UsageItem::from),
        node,
    }
}

/// Returns the Pod with what its node gives it. Its class is written down, which would be computed for each container.
fn placed(pod: &Pod, class: QosClass, version: KubernetesVersion) -> Pod {
    let mut placed = with_actual_resources(pod, version).into_owned();
    let status = placed.status.get_or_insert_default();
    status.qos_class = Some(class.to_string());
    placed
}

/// Returns what the status says of a resize that is not done, if the amounts of the containers are not those of the spec.
fn resize(pod: &Pod, version: KubernetesVersion) -> Option<String> {
    let is_done = |own: Cow<'_, Pod>| matches!(own, Cow::Borrowed(_));
    if is_done(with_actual_resources(pod, version))
        && is_done(with_allocated_resources(pod, version))
    {
        return None;
    }
    let conditions = pod.status.iter().flat_map(|own| &own.conditions).flatten();
    let told = conditions
        .filter(|own| own.status == "True")
        .find_map(|own| {
            let reason = own.reason.as_deref().filter(|own| !own.is_empty());
            match own.type_.as_str() {
                "PodResizePending" => Some(reason.unwrap_or("pending").to_owned()),
                // Its only reason is an error.
                "PodResizeInProgress" => Some(reason.map_or_else(
                    || "in progress".to_owned(),
                    |reason| format!("in progress ({reason})"),
                )),
                _ => None,
            }
        });
    Some(told.unwrap_or_else(|| "amounts differ".to_owned()))
}

/// A Pod on its node.
struct PodFacts<'a> {
    pod: &'a Pod,
    oom: OomScores,
    settings: &'a NodeSettings,
    node_memory: Option<i64>,
    cpus: Option<u32>,
    /// The names of its cgroup, if its uid is known.
    names: Option<&'a CgroupNames>,
    is_windows: bool,
}

/// Returns the id of a container that runs.
fn running<'a>(pod: &'a Pod, name: &str) -> Option<&'a str> {
    let status = pod.status.as_ref()?;
    let all = [
        &status.container_statuses,
        &status.init_container_statuses,
        &status.ephemeral_container_statuses,
    ];
    let mut all = all.into_iter().flatten().flatten();
    let own = all.find(|own| own.name == name)?;
    own.state.as_ref()?.running.as_ref()?;
    own.container_id.as_deref()
}

fn has_ended(pod: &Pod) -> bool {
    let status = pod.status.as_ref();
    let phase = status.and_then(|own| own.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

fn texts(amounts: &BTreeMap<String, Quantity>) -> AmountTexts {
    let amounts = amounts.iter();
    amounts
        .map(|(name, amount)| (name.clone(), amount.to_string()))
        .collect()
}

fn container(
    facts: &PodFacts<'_>,
    own: &ContainerView<'_>,
    usage: Option<ContainerUsage>,
) -> ContainerItem {
    let PodFacts {
        pod,
        settings,
        is_windows,
        ..
    } = *facts;
    let resources = own.resources;
    let list = |list: Option<&BTreeMap<String, _>>| -> AmountTexts {
        let list = list.into_iter().flatten();
        let amounts = list.map(|(name, amount)| {
            let read = Quantity::try_from(amount).map(|own| own.to_string());
            (name.clone(), read.unwrap_or_default())
        });
        amounts.collect()
    };
    let oom = facts.oom.of_container(own, facts.node_memory);
    let cgroup = (!is_windows).then(|| of_container(pod, own, settings));
    ContainerItem {
        name: own.name.to_owned(),
        container_type: own.container_type,
        requests: list(resources.and_then(|own| own.requests.as_ref())),
        limits: list(resources.and_then(|own| own.limits.as_ref())),
        oom_score_adj: oom.value.filter(|_| !is_windows),
        oom_score_adj_reason: if is_windows {
            "Windows has none".to_owned()
        } else {
            reason(&oom.reason)
        },
        throttling: cgroup
            .as_ref()
            .map(|own| threads(own, facts.cpus))
            .unwrap_or_default(),
        cgroup: cgroup.map(|own| CgroupItem::as_read(own, settings.page_size)),
        cgroup_names: running(pod, own.name)
            .zip(facts.names)
            .and_then(|(id, names)| container_names(names, id)),
        limit_of: LimitOf::new(limit_origins(pod, own, settings.version)),
        usage,
        path: own.path.clone(),
    }
}

fn reason(reason: &OomReason) -> String {
    match reason {
        OomReason::NodeCritical => "the Pod is system-node-critical".to_owned(),
        OomReason::Guaranteed => "the Pod is Guaranteed".to_owned(),
        OomReason::BestEffort => "the Pod is BestEffort".to_owned(),
        OomReason::Request {
            request,
            share_of_pod,
            smallest_app,
            kept_within,
        } => {
            let share = share_of_pod.filter(|share| *share != 0);
            let sum = share.map_or_else(
                || request.to_string(),
                |share| format!("({request} + {share} of the Pod's own)"),
            );
            let mut text = format!("1000 - 1000 × {sum} / the node's memory");
            if let Some(least) = smallest_app {
                text += &format!(
                    ", at most that of the app container that requests the least, {least}"
                );
            }
            if *kept_within {
                text += ", kept within 3 and 999";
            }
            text
        }
    }
}

/// Returns what one busy thread more than the limit has CPUs waits, and a single one; no more than the node has CPUs.
fn threads(cgroup: &Cgroup, cpus: Option<u32>) -> Vec<ThrottlingItem> {
    let Some(quota) = cgroup.v2.cpu_max else {
        return Vec::new();
    };
    let period = cgroup.v2.cpu_period.max(1);
    let whole = u32::try_from(quota / period).unwrap_or(u32::MAX);
    let most = cpus.unwrap_or(u32::MAX).max(1);
    let mut counts = [1, 2, whole.saturating_add(1)]
        .map(|count| count.min(most))
        .to_vec();
    counts.sort_unstable();
    counts.dedup();
    counts
        .into_iter()
        .map(|count| throttling(quota, period, count, cpus))
        .filter(|own| own.waits > 0)
        .map(ThrottlingItem::from)
        .collect()
}

fn quota(state: &QuotaState) -> QuotaItem {
    let rows = state.rows.iter().map(|row| QuotaRowItem {
        name: row.resource.clone(),
        hard: row.hard.to_string(),
        used: row.used.as_ref().map(ToString::to_string),
        requested: row.requested.to_string(),
        left: row.left.as_ref().map(ToString::to_string),
        exceeded: row.exceeded,
    });
    QuotaItem {
        name: state.name.clone(),
        applies: state.matches,
        resources: rows.collect(),
    }
}

fn unknown(admitted: &Admitted, quotas: &QuotaReport) -> Vec<String> {
    let all = admitted.unknown.iter().chain(&quotas.unknown);
    // The namespace and the account change no amount.
    let all = all.filter(|own| !matches!(own.kind, "Namespace" | "ServiceAccount"));
    all.map(|own| {
        let what = match &own.name {
            Some(name) => format!("{} {name}", own.kind),
            None if own.others => format!("other {}", plural(own.kind)),
            None => plural(own.kind),
        };
        match own.why {
            UnknownWhy::NotAsked => format!("{what}: not given"),
            _ => format!("{what}: {}", own.why),
        }
    })
    .collect()
}

fn plural(kind: &str) -> String {
    match kind.strip_suffix('s') {
        Some(stem) => format!("{stem}ses"),
        None => format!("{kind}s"),
    }
}

/// Returns the path of a container's resources.
pub(super) fn resources_path(container: &ContainerItem) -> FieldPath {
    container.path.field("resources")
}
