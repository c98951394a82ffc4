//! The bounds of a manifest in a sentence.

use pod_model::job::JobRules;

use super::parts::BoundsReport;
use super::running::managed_by;
use super::time::seconds;
use super::words::count;

/// Returns the bounds of a manifest in a sentence.
pub(super) fn manifest_summary(shown: &str, rules: &JobRules<'_>, bounds: BoundsReport) -> String {
    if let Some(controller) = rules.external_controller {
        return format!("{shown} has not run. {}", managed_by("It is", controller));
    }
    // Also if it is suspended.
    if rules.completions == Some(0) {
        return format!(
            "{shown} has not run. It creates no Pods and is Complete at once, because its completions is 0."
        );
    }
    if rules.is_suspended {
        return format!(
            "{shown} is suspended from the beginning: no Pod is created until spec.suspend is false."
        );
    }
    let pods = match bounds.max_pods {
        _ if rules.parallelism == 0 => "creates no Pods, because its parallelism is 0".to_owned(),
        Some(pods) => format!("creates at most {}", count(pods, "Pod")),
        None => "creates Pods without a bound".to_owned(),
    };
    let bears = bounds.max_failures.map(|most| bears(rules, most));
    let bears = bears.map_or_else(String::new, |text| format!(", {text}"));
    let time = match bounds.max_seconds {
        Some(time) => format!(", and ends within {} of its start", seconds(time)),
        None => ", and has no limit of time".to_owned(),
    };
    format!("{shown} has not run. It {pods}{bears}{time}.")
}

/// Returns the failures that a Job bears, at most so many in all.
fn bears(rules: &JobRules<'_>, most: i64) -> String {
    // Restarts count only in Pods that have not ended, so those of all its life have no bound.
    if rules.restarts_in_place {
        return match most {
            0 => "fails at the first restart of a container".to_owned(),
            most => format!("fails at {} restarts of containers", most + 1),
        };
    }
    match (most, rules.backoff_limit_per_index.map(i64::from)) {
        // A failed index decides how the Job ends, not when.
        (0, Some(_)) if rules.backoff_limit > 0 => "bears no failure".to_owned(),
        (0, _) => "fails at the first failure".to_owned(),
        (_, Some(own)) if i64::from(rules.backoff_limit) <= own => {
            format!("bears {}", count(most, "failure"))
        }
        (_, Some(own)) => {
            let in_all = match rules.backoff_limit {
                i32::MAX => String::new(),
                _ => format!(", {most} in all"),
            };
            format!("bears {} of each index{in_all}", count(own, "failure"))
        }
        (_, None) => format!("bears {}", count(most, "failure")),
    }
}
