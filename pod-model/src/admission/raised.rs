//! Refusals of a Pod with other amounts than those that were judged, such as those of another class of quality of service.

use k8s_openapi::api::core::v1::{LimitRange, Pod, ResourceQuota};

use super::change::{Refusal, RefusedBy};
use super::limits;
use super::quota::{QuotaReport, QuotaRow, QuotaState, check_quotas};
use super::state::spec_path;
use crate::lookup::Answers;
use crate::version::KubernetesVersion;

/// Returns the reasons for which known `LimitRange`s and quotas refuse the Pod `after`, and not the Pod `before`, which
/// is as the server would store it. `is_counted`: quotas count `before` already, in whose place `after` would come.
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
            all.extend(exceeded(&known, &new));
        } else {
            let is_known = |own: &Refusal| known.refusals.iter().any(|known| known.by == own.by);
            all.extend(new.refusals.into_iter().filter(|own| !is_known(own)));
        }
    }
    all
}

/// Returns the quotas of which a Pod takes more than there is without the one in whose place it comes.
fn exceeded(known: &QuotaReport, new: &QuotaReport) -> Vec<Refusal> {
    let of = |state: &QuotaState| {
        let old = known.quotas.iter().find(|own| own.name == state.name);
        let mut rows = state.rows.iter();
        let message = rows.find_map(|row| of_row(row, old, &state.name))?;
        Some(Refusal {
            path: spec_path(),
            message,
            code: 403,
            by: RefusedBy::ResourceQuota(state.name.clone()),
        })
    };
    new.quotas.iter().filter_map(of).collect()
}

fn of_row(row: &QuotaRow, old: Option<&QuotaState>, quota: &str) -> Option<String> {
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
    let resource = &row.resource;
    (total > row.hard).then(|| {
        format!(
            "exceeded quota: {quota}, requested: {resource}={}, used: {resource}={others}, limited: {resource}={}",
            row.requested, row.hard
        )
    })
}
