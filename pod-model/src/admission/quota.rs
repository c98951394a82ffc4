//! `ResourceQuota`s of the namespace: what is left, what the Pod would take, and whether that is too much.
//!
//! Upstream: `CheckRequest` in `k8s.io/apiserver/pkg/admission/plugin/resourcequota`, `podEvaluator` in
//! `k8s.io/kubernetes/pkg/quota/v1/evaluator/core`. Scopes that the server's own configuration limits cannot be read.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Pod, ResourceQuota};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::change::{Refusal, RefusedBy, Unknown};
use super::constraint::Amounts;
use super::needs::incomplete;
use super::scope;
use super::state::spec_path;
use super::usage::{compute, is_of_pods, usage};
use crate::features::Gate;
use crate::lookup::Answers;
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// Resources that each container has to have if a quota counts them.
const REQUIRED: [&str; 6] = [
    "cpu",
    "memory",
    "requests.cpu",
    "requests.memory",
    "limits.cpu",
    "limits.memory",
];

/// The start of the API's message about resources that a Pod does not name.
pub(super) const UNNAMED: &str = "failed quota: ";

/// The quotas of a namespace beside one more Pod.
#[derive(Clone, Debug, Default)]
pub struct QuotaReport {
    /// The quotas that count Pods, by name.
    pub quotas: Vec<QuotaState>,
    /// The reasons for which the Pod is refused, one for each quota at most.
    pub refusals: Vec<Refusal>,
    /// Lists that were not known.
    pub unknown: Vec<Unknown>,
}

/// One quota.
#[derive(Clone, Debug)]
pub struct QuotaState {
    /// Its name.
    pub name: String,
    /// True if the Pod is in its scopes, so that it counts.
    pub matches: bool,
    /// The resources of Pods that it limits, by name.
    pub rows: Vec<QuotaRow>,
}

/// One resource of a quota.
#[derive(Clone, Debug)]
pub struct QuotaRow {
    /// The quota's name for it: `requests.cpu`.
    pub resource: String,
    /// The most that the namespace may use.
    pub hard: Quantity,
    /// The use of it; `None` if the controller has not counted yet.
    pub used: Option<Quantity>,
    /// The Pod's part; 0 if the quota is not about it.
    pub requested: Quantity,
    /// The rest after it, below 0 where there is not enough; `None` if nobody has counted.
    pub left: Option<Quantity>,
    /// True if the Pod takes more than there is.
    pub exceeded: bool,
}

/// Judges a Pod that would be created, of [`admit`](super::admit), by the quotas of its namespace.
pub fn check_quotas(
    pod: &Pod,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
) -> QuotaReport {
    let list = answers.all::<ResourceQuota>(namespace);
    let mut quotas: Vec<&ResourceQuota> = list.objects.iter().map(|found| found.object).collect();
    quotas.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
    let mut report = QuotaReport {
        unknown: incomplete(&list, "ResourceQuota").into_iter().collect(),
        ..QuotaReport::default()
    };
    let requested = usage(pod, version, false);
    for quota in quotas {
        let (state, refusal) = judge(quota, pod, &requested, version);
        if !state.rows.is_empty() {
            report.quotas.push(state);
        }
        report.refusals.extend(refusal);
    }
    report
}

fn judge(
    quota: &ResourceQuota,
    pod: &Pod,
    requested: &Amounts,
    version: KubernetesVersion,
) -> (QuotaState, Option<Refusal>) {
    let name = quota.metadata.name.clone().unwrap_or_default();
    let status = quota.status.as_ref();
    // In a file, nobody has counted: what its spec limits is what counts, and nothing is known to be used.
    let of_status = status.and_then(|own| own.hard.as_ref());
    let hard = amounts(of_status.or(quota.spec.as_ref().and_then(|own| own.hard.as_ref())));
    let used = amounts(status.and_then(|own| own.used.as_ref()));
    let own: BTreeSet<&str> = hard
        .keys()
        .map(String::as_str)
        .filter(|name| is_of_pods(name, version))
        .collect();
    let matches = scope::matches(quota, pod, version) == Some(true) && !own.is_empty();
    let rows = own.iter().filter_map(|resource| {
        let hard = hard.get(*resource)?.clone();
        let used = used.get(*resource).cloned();
        let requested = requested
            .get(*resource)
            .filter(|_| matches)
            .cloned()
            .unwrap_or_default();
        let left = used.as_ref().map(|used| {
            let mut left = hard.clone();
            left -= used;
            left -= &requested;
            left
        });
        let exceeded = !requested.is_zero()
            && left
                .as_ref()
                .map_or(requested > hard, |left| left.signum() < 0);
        Some(QuotaRow {
            resource: (*resource).to_owned(),
            hard,
            used,
            requested,
            left,
            exceeded,
        })
    });
    let state = QuotaState {
        matches,
        rows: rows.collect(),
        name: name.clone(),
    };
    let message = if matches {
        refusal(&state, pod, &own, of_status.is_some(), version)
    } else {
        None
    };
    let refusal = message.map(|message| Refusal {
        path: spec_path(),
        message,
        code: 403,
        by: RefusedBy::ResourceQuota(name),
    });
    (state, refusal)
}

/// Returns the API's message about a quota that a Pod cannot meet.
fn refusal(
    state: &QuotaState,
    pod: &Pod,
    resources: &BTreeSet<&str>,
    is_counted: bool,
    version: KubernetesVersion,
) -> Option<String> {
    let name = &state.name;
    if let Some(missing) = missing(pod, resources, version) {
        return Some(format!("{UNNAMED}{name}: must specify {missing}"));
    }
    if is_counted && state.rows.iter().any(|row| row.used.is_none()) {
        let all: Vec<&str> = resources.iter().copied().collect();
        return Some(format!(
            "status unknown for quota: {name}, resources: {}",
            all.join(",")
        ));
    }
    let exceeded: Vec<&QuotaRow> = state.rows.iter().filter(|row| row.exceeded).collect();
    if exceeded.is_empty() {
        return None;
    }
    let list = |amount: fn(&QuotaRow) -> Option<&Quantity>| {
        let all = exceeded
            .iter()
            .filter_map(|row| Some(format!("{}={}", row.resource, amount(row)?)));
        all.collect::<Vec<_>>().join(",")
    };
    let used = list(|row| row.used.as_ref());
    let used = if used.is_empty() {
        used
    } else {
        format!(" used: {used},")
    };
    Some(format!(
        "exceeded quota: {name}, requested: {},{used} limited: {}",
        list(|row| Some(&row.requested)),
        list(|row| Some(&row.hard)),
    ))
}

/// Returns the resources that containers have to name and do not.
///
/// Upstream: `podEvaluator.Constraints`.
fn missing(pod: &Pod, resources: &BTreeSet<&str>, version: KubernetesVersion) -> Option<String> {
    let spec = pod.spec.as_ref()?;
    if Gate::PodLevelResources.is_on(version) && has_pod_level(pod) {
        return None;
    }
    let required = || REQUIRED.iter().filter(|name| resources.contains(**name));
    let mut missing: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for container in spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten())
    {
        let own = container.resources.as_ref();
        let requests = amounts(own.and_then(|own| own.requests.as_ref()));
        let limits = amounts(own.and_then(|own| own.limits.as_ref()));
        let counted = compute(&requests, &limits, version);
        for name in required().filter(|name| !counted.contains_key(**name)) {
            missing.entry(name).or_default().insert(&container.name);
        }
    }
    let parts = missing.into_iter().map(|(resource, containers)| {
        let containers: Vec<&str> = containers.into_iter().collect();
        format!("{resource} for: {}", containers.join(","))
    });
    let parts: Vec<String> = parts.collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Upstream: `IsPodLevelResourcesSet`.
fn has_pod_level(pod: &Pod) -> bool {
    let resources = pod.spec.as_ref().and_then(|own| own.resources.as_ref());
    let lists = resources
        .into_iter()
        .flat_map(|own| [&own.requests, &own.limits]);
    let mut names = lists.flat_map(|list| list.iter().flat_map(BTreeMap::keys));
    names.any(|name| matches!(name.as_str(), "cpu" | "memory") || name.starts_with("hugepages-"))
}

fn amounts(list: Option<&BTreeMap<String, ApiQuantity>>) -> Amounts {
    let list = list.into_iter().flatten();
    list.filter_map(|(name, text)| Some((name.clone(), Quantity::try_from(text).ok()?)))
        .collect()
}
