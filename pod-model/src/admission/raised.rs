//! Refusals of a Pod with other amounts than those that were judged, such as those of another class of quality of service.

use k8s_openapi::api::core::v1::{LimitRange, Pod, ResourceQuota};

use super::change::{Refusal, RefusedBy};
use super::limit_ranger;
use super::limits;
use super::quota::{QuotaReport, QuotaRow, QuotaState, UNNAMED, check_quotas};
use super::state::spec_path;
use crate::lookup::Answers;
use crate::version::KubernetesVersion;

/// Returns the reasons for which known `LimitRange`s and quotas refuse the Pod `after`, and not the Pod `before`, which
/// is as the server would store it. `is_counted`: quotas count `before` already, in whose place `after` would come;
/// nobody has told then what `before` lacks.
pub fn refusals_of_change(
    before: &Pod,
    after: &Pod,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
    is_counted: bool,
) -> Vec<Refusal> {
    let mut all = Vec::new();
    if answers.has_any::<LimitRange>(namespace) {
        let of = |pod: &Pod| {
            let spec = pod.spec.as_ref();
            spec.map(|spec| limits::refusals(spec, namespace, answers, version))
                .unwrap_or_default()
        };
        let known = of(before);
        all.extend(of(after).into_iter().filter(|own| !known.contains(own)));
    }
    if answers.has_any::<ResourceQuota>(namespace) {
        let of = |pod: &Pod| check_quotas(pod, namespace, answers, version);
        let (known, new) = (of(before), of(after));
        if is_counted {
            let unnamed = unnamed(&new, after, namespace, answers, version);
            let is_named = |own: &Refusal| unnamed.iter().all(|other| other.by != own.by);
            all.extend(exceeded(&known, &new).into_iter().filter(is_named));
            all.extend(unnamed);
        } else {
            // The same quota may refuse both, and each for a reason of its own.
            let is_new = |own: &Refusal| !known.refusals.contains(own);
            all.extend(new.refusals.into_iter().filter(is_new));
        }
    }
    all
}

/// Returns the quotas that refuse a Pod, when it is created anew, because its containers do not name a resource.
fn unnamed(
    new: &QuotaReport,
    after: &Pod,
    namespace: &str,
    answers: &Answers,
    version: KubernetesVersion,
) -> Vec<Refusal> {
    let of = |report: &QuotaReport| {
        let all = report.refusals.iter();
        let all = all.filter(|own| own.message.starts_with(UNNAMED));
        all.cloned().collect::<Vec<_>>()
    };
    let all = of(new);
    if all.is_empty() || !answers.has_any::<LimitRange>(namespace) {
        return all;
    }
    // LimitRanges give a new Pod what it does not name.
    let given = limit_ranger::given(after, namespace, answers, version);
    of(&check_quotas(&given, namespace, answers, version))
}

/// Returns the quotas of which a Pod takes more than there is without the one in whose place it comes.
fn exceeded(known: &QuotaReport, new: &QuotaReport) -> Vec<Refusal> {
    let of = |state: &QuotaState| {
        let old = known.quotas.iter().find(|own| own.name == state.name);
        let rows = state.rows.iter().filter_map(|row| of_row(row, old));
        let rows: Vec<[String; 3]> = rows.collect();
        let list = |at: usize| {
            let all: Vec<&str> = rows.iter().map(|row| row[at].as_str()).collect();
            all.join(",")
        };
        (!rows.is_empty()).then(|| Refusal {
            path: spec_path(),
            message: format!(
                "exceeded quota: {}, requested: {}, used: {}, limited: {}",
                state.name,
                list(0),
                list(1),
                list(2)
            ),
            code: 403,
            by: RefusedBy::ResourceQuota(state.name.clone()),
        })
    };
    new.quotas.iter().filter_map(of).collect()
}

/// Returns what is requested, used by others, and limited, if that is too much.
fn of_row(row: &QuotaRow, old: Option<&QuotaState>) -> Option<[String; 3]> {
    let old = old.and_then(|own| own.rows.iter().find(|old| old.resource == row.resource));
    let freed = old.map(|old| &old.requested);
    if row.requested.signum() <= 0 || freed.is_some_and(|freed| row.requested <= *freed) {
        return None;
    }
    let mut others = row.used.clone().unwrap_or_default();
    if let Some(freed) = freed.filter(|_| row.used.is_some()) {
        others -= freed;
    }
    let mut total = others.clone();
    total += &row.requested;
    (total > row.hard)
        .then(|| [&row.requested, &others, &row.hard].map(|own| format!("{}={own}", row.resource)))
}
