//! The numbers of one target.

use std::collections::BTreeMap;

use pod_model::admission::{Admitted, QuotaReport, QuotaState};
use pod_model::cgroup::{
    Cgroup, NodeSettings, limit_origins, of_container, of_pod, parent, starts_on_v1, throttling,
};
use pod_model::pod_resources::{
    self, OomReason, Options, QosAction, QosChange, eviction, limit_formulas, oom_score_adj,
    qos_change, qos_class, request_formulas,
};
use pod_model::{ContainerType, ContainerView, FieldPath, Quantity, containers};

use super::node::NodeItem;
use super::report::{
    AmountTexts, ChangeItem, ContainerItem, LimitOf, QosChangeItem, QuotaItem, QuotaRowItem,
    ResourcesBody, ThrottlingItem, UsageItem,
};
use super::subject::Subject;
use super::usage::{ContainerUsage, Observed};

/// Returns the numbers; `is_shown` chooses the containers.
pub(super) fn body(
    subject: &Subject,
    node: NodeItem,
    observed: Option<&Observed>,
    is_shown: impl Fn(&str) -> bool,
) -> ResourcesBody {
    let Admitted { pod, changes, .. } = &subject.admitted;
    let settings = node
        .settings
        .unwrap_or_else(|| NodeSettings::of(pod_model::KubernetesVersion::LATEST));
    let version = settings.version;
    let options = Options::placed(version);
    let class = qos_class(pod, version);
    let spec = pod.spec.as_ref();
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
    let shown = shown.filter(|own| own.container_type != ContainerType::Ephemeral);
    let formulas = request_formulas(pod, options)
        .into_iter()
        .map(|own| (format!("requests.{}", own.resource), own.to_string()));
    let limits = limit_formulas(pod, options)
        .into_iter()
        .map(|own| (format!("limits.{}", own.resource), own.to_string()));
    ResourcesBody {
        qos_class: class,
        qos_change: qos_change(pod, version, &spec_path)
            .as_ref()
            .map(change_of_class),
        requests: texts(&pod_resources::requests(pod, options)),
        limits: texts(&pod_resources::limits(pod, options)),
        formulas: formulas.chain(limits).collect(),
        cgroup: of_pod(pod, &settings).into(),
        cgroup_parent: parent(class),
        containers: shown
            .map(|own| container(subject, own, &settings, node.memory, usage(own.name)))
            .collect(),
        eviction: eviction(pod, version).into(),
        has_v1: starts_on_v1(version),
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

fn texts(amounts: &BTreeMap<String, Quantity>) -> AmountTexts {
    let amounts = amounts.iter();
    amounts
        .map(|(name, amount)| (name.clone(), amount.to_string()))
        .collect()
}

fn change_of_class(change: &QosChange) -> QosChangeItem {
    let edits = change.edits.iter().map(|edit| match &edit.action {
        QosAction::Set(amount) => format!("{} = {amount}", edit.path),
        QosAction::Choose(example) => format!("{}, such as {example}", edit.path),
        QosAction::Remove => format!("without {}", edit.path),
    });
    QosChangeItem {
        to: change.to,
        edits: edits.collect(),
    }
}

fn container(
    subject: &Subject,
    own: &ContainerView<'_>,
    settings: &NodeSettings,
    memory: Option<i64>,
    usage: Option<ContainerUsage>,
) -> ContainerItem {
    let pod = &subject.admitted.pod;
    let resources = own.resources;
    let list = |list: Option<&BTreeMap<String, _>>| -> AmountTexts {
        let list = list.into_iter().flatten();
        let amounts = list.map(|(name, amount)| {
            let read = Quantity::try_from(amount).map(|own| own.to_string());
            (name.clone(), read.unwrap_or_default())
        });
        amounts.collect()
    };
    let oom = oom_score_adj(pod, own, settings.version, memory);
    let cgroup = of_container(pod, own, settings);
    ContainerItem {
        name: own.name.to_owned(),
        container_type: own.container_type,
        requests: list(resources.and_then(|own| own.requests.as_ref())),
        limits: list(resources.and_then(|own| own.limits.as_ref())),
        oom_score_adj: oom.value,
        oom_score_adj_reason: reason(&oom.reason),
        throttling: threads(&cgroup),
        cgroup: cgroup.into(),
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

/// Returns what one busy thread more than the limit has CPUs waits, and a single one.
fn threads(cgroup: &Cgroup) -> Vec<ThrottlingItem> {
    let Some(quota) = cgroup.v2.cpu_max else {
        return Vec::new();
    };
    let period = cgroup.v2.cpu_period.max(1);
    let whole = u32::try_from(quota / period).unwrap_or(u32::MAX);
    let mut counts = vec![1, 2, whole.saturating_add(1)];
    counts.sort_unstable();
    counts.dedup();
    counts
        .into_iter()
        .map(|count| throttling(quota, period, count))
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
        let name = own.name.as_ref();
        let what = name.map_or_else(|| plural(own.kind), |name| format!("{} {name}", own.kind));
        format!("{what}: {}", own.why)
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
