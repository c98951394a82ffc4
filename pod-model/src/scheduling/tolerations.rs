//! Taints of nodes against the tolerations of a Pod.
//!
//! Upstream: `ToleratesTaint` (k8s.io/api/core/v1/toleration.go) and
//! `FindMatchingUntoleratedTaint` (k8s.io/component-helpers/scheduling/corev1/helpers.go).

use k8s_openapi::api::core::v1::{Pod, Taint, Toleration};

use crate::features::Gate;
use crate::version::KubernetesVersion;

/// The taint that a cordoned node has.
pub(super) const UNSCHEDULABLE: &str = "node.kubernetes.io/unschedulable";
/// New Pods do not start on the node.
pub(super) const NO_SCHEDULE: &str = "NoSchedule";
/// New Pods do not start on the node, running ones are evicted.
pub(super) const NO_EXECUTE: &str = "NoExecute";

/// Returns the tolerations of a Pod.
pub(super) fn of(pod: &Pod) -> &[Toleration] {
    let spec = pod.spec.as_ref();
    spec.and_then(|spec| spec.tolerations.as_deref())
        .unwrap_or_default()
}

/// Returns whether a taint keeps new Pods away, as `DoNotScheduleTaintsFilterFunc` says.
pub(super) fn keeps_pods_away(taint: &Taint) -> bool {
    taint.effect == NO_SCHEDULE || taint.effect == NO_EXECUTE
}

/// Returns the taints that none of the tolerations tolerates, of those that a filter selects.
pub fn untolerated<'a>(
    taints: &'a [Taint],
    tolerations: &[Toleration],
    version: KubernetesVersion,
    is_relevant: impl Fn(&Taint) -> bool,
) -> impl Iterator<Item = &'a Taint> {
    let relevant = taints.iter().filter(move |taint| is_relevant(taint));
    relevant.filter(move |taint| !are_tolerated(tolerations, taint, version))
}

/// Returns whether one of the tolerations tolerates a taint.
pub(super) fn are_tolerated(
    tolerations: &[Toleration],
    taint: &Taint,
    version: KubernetesVersion,
) -> bool {
    let mut tolerations = tolerations.iter();
    tolerations.any(|toleration| tolerates(toleration, taint, version))
}

/// Returns whether a toleration tolerates a taint in a version.
pub fn tolerates(toleration: &Toleration, taint: &Taint, version: KubernetesVersion) -> bool {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let (effect, key) = (text(&toleration.effect), text(&toleration.key));
    if !effect.is_empty() && effect != taint.effect || !key.is_empty() && key != taint.key {
        return false;
    }
    let (asked, tainted) = (text(&toleration.value), text(&taint.value));
    match toleration.operator.as_deref().unwrap_or_default() {
        "" | "Equal" => asked == tainted,
        "Exists" => true,
        "Lt" | "Gt" if !Gate::TaintTolerationComparisonOperators.is_on(version) => false,
        "Lt" => integers(&asked, &tainted).is_some_and(|(asked, tainted)| tainted < asked),
        "Gt" => integers(&asked, &tainted).is_some_and(|(asked, tainted)| tainted > asked),
        _ => false,
    }
}

/// Two decimal integers without needless signs and zeros. Upstream: `compareNumericValues`.
fn integers(asked: &str, tainted: &str) -> Option<(i64, i64)> {
    Some((integer(asked)?, integer(tainted)?))
}

fn integer(text: &str) -> Option<i64> {
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// Returns a taint as kubectl writes it: `key=value:Effect`.
pub fn taint_text(taint: &Taint) -> String {
    let Taint { effect, key, .. } = taint;
    match taint.value.as_deref() {
        Some(value) if !value.is_empty() => format!("{key}={value}:{effect}"),
        _ => format!("{key}:{effect}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tolerations_tolerate_as_upstream_does() {
        let taint: Taint =
            serde_json::from_value(json!({"key": "k", "value": "7", "effect": "NoSchedule"}))
                .unwrap();
        for (toleration, expected) in [
            (json!({"operator": "Exists"}), true),
            (json!({"operator": "Exists", "effect": "NoExecute"}), false),
            (json!({"key": "k", "operator": "Exists"}), true),
            (json!({"key": "j", "operator": "Exists"}), false),
            (json!({"key": "k", "value": "7"}), true),
            (
                json!({"key": "k", "operator": "Equal", "value": "8"}),
                false,
            ),
            (json!({"key": "k", "operator": "Gt", "value": "5"}), false),
            (json!({"key": "k", "operator": "exists"}), false),
        ] {
            let parsed: Toleration = serde_json::from_value(toleration.clone()).unwrap();
            let found = tolerates(&parsed, &taint, KubernetesVersion::LATEST);
            assert_eq!(found, expected, "{toleration}");
        }
    }

    #[test]
    fn a_taint_is_written_as_kubectl_writes_it() {
        for (taint, text) in [
            (
                json!({"key": "a/b", "value": "c", "effect": "NoExecute"}),
                "a/b=c:NoExecute",
            ),
            (json!({"key": "a", "effect": "NoSchedule"}), "a:NoSchedule"),
            (
                json!({"key": "a", "value": "", "effect": "NoSchedule"}),
                "a:NoSchedule",
            ),
        ] {
            let taint: Taint = serde_json::from_value(taint).unwrap();
            assert_eq!(taint_text(&taint), text);
        }
    }
}
