//! The failure policy of a Job's Pods: which rule catches which Pod.
//!
//! Upstream: `matchPodFailurePolicy` (pkg/controller/job/pod_failure_policy.go).

use k8s_openapi::api::batch::v1::{
    PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern,
};
use k8s_openapi::api::core::v1::{ContainerStatus, Pod, PodStatus};

use crate::path::FieldPath;

/// The action of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureAction {
    /// The Job fails.
    FailJob,
    /// The Pod's index fails.
    FailIndex,
    /// The failure does not count, but lengthens the back-off.
    Ignore,
    /// The failure counts, as one that no rule catches.
    Count,
}

impl FailureAction {
    /// Reads the `action` of a rule; `None` if a server that does not know it stored it.
    pub fn parse(action: &str) -> Option<Self> {
        Some(match action {
            "FailJob" => Self::FailJob,
            "FailIndex" => Self::FailIndex,
            "Ignore" => Self::Ignore,
            "Count" => Self::Count,
            _ => return None,
        })
    }
}

/// The part of a Pod's status that a rule matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureCause {
    /// The exit code of a container.
    ExitCode {
        /// The container's name.
        container: String,
        /// Its exit code.
        code: i32,
    },
    /// A condition of the Pod.
    Condition {
        /// The condition's type.
        condition: String,
    },
}

/// The rule that catches a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureMatch {
    /// Its index in the policy.
    pub index: usize,
    /// Its action.
    pub action: FailureAction,
    /// The part of the Pod's status that it matches.
    pub cause: FailureCause,
    /// Path of the rule in the Job.
    pub path: FieldPath,
}

/// Returns the rule that catches the Pod: the first that matches.
pub fn match_failure_policy(policy: &PodFailurePolicy, pod: &Pod) -> Option<FailureMatch> {
    let status = pod.status.as_ref()?;
    let rules = policy.rules.iter().enumerate();
    rules.into_iter().find_map(|(index, rule)| {
        let cause = match (&rule.on_exit_codes, &rule.on_pod_conditions) {
            (Some(requirement), _) => exit_code(status, requirement)?,
            (None, Some(patterns)) => condition(status, patterns)?,
            (None, None) => return None,
        };
        Some(FailureMatch {
            index,
            action: FailureAction::parse(&rule.action)?,
            cause,
            path: FieldPath::root()
                .field("spec")
                .field("podFailurePolicy")
                .field("rules")
                .index(index),
        })
    })
}

/// Returns whether the failure of the Pod counts: no rule ignores it.
pub(super) fn counts(policy: Option<&PodFailurePolicy>, pod: &Pod) -> bool {
    let found = policy.and_then(|policy| match_failure_policy(policy, pod));
    found.is_none_or(|found| found.action != FailureAction::Ignore)
}

/// App containers come before init containers, each in the order of the status.
fn exit_code(
    status: &PodStatus,
    requirement: &PodFailurePolicyOnExitCodesRequirement,
) -> Option<FailureCause> {
    let lists = [&status.container_statuses, &status.init_container_statuses];
    let mut containers = lists.into_iter().flatten().flatten();
    containers.find_map(|container| {
        let code = exit_code_of(container).filter(|code| *code != 0)?;
        let is_named = requirement
            .container_name
            .as_ref()
            .is_none_or(|name| *name == container.name);
        let is_listed = requirement.values.contains(&code);
        let matches = match requirement.operator.as_str() {
            "In" => is_listed,
            "NotIn" => !is_listed,
            _ => false,
        };
        (is_named && matches).then(|| FailureCause::ExitCode {
            container: container.name.clone(),
            code,
        })
    })
}

fn exit_code_of(container: &ContainerStatus) -> Option<i32> {
    let terminated = container.state.as_ref()?.terminated.as_ref()?;
    Some(terminated.exit_code)
}

fn condition(
    status: &PodStatus,
    patterns: &[PodFailurePolicyOnPodConditionsPattern],
) -> Option<FailureCause> {
    let mut conditions = status.conditions.iter().flatten();
    let found = conditions.find(|condition| {
        patterns.iter().any(|pattern| {
            // The server fills in the status, which a manifest may lack.
            let wanted = pattern.status.as_deref().unwrap_or("True");
            pattern.type_ == condition.type_ && wanted == condition.status
        })
    })?;
    Some(FailureCause::Condition {
        condition: found.type_.clone(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn matched(rules: &Value, status: &Value) -> Option<FailureMatch> {
        let policy = serde_json::from_value(json!({ "rules": rules })).unwrap();
        let pod = serde_json::from_value(json!({ "status": status })).unwrap();
        match_failure_policy(&policy, &pod)
    }

    #[test]
    fn the_first_rule_that_matches_decides() {
        let rules = json!([
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget"}]},
            {"action": "FailJob", "onExitCodes": {"operator": "In", "values": [42]}},
            {"action": "Count", "onExitCodes": {"operator": "NotIn", "values": [1]}},
        ]);
        let ended = |code: i32| {
            json!({"containerStatuses": [{"name": "c", "image": "", "imageID": "",
            "ready": false, "restartCount": 0, "state": {"terminated": {"exitCode": code}}}]})
        };
        let found = matched(&rules, &ended(42)).unwrap();
        assert_eq!(found.action, FailureAction::FailJob);
        assert_eq!(found.path.to_string(), "spec.podFailurePolicy.rules[1]");
        assert_eq!(matched(&rules, &ended(3)).unwrap().index, 2);
        assert_eq!(matched(&rules, &ended(1)), None);
        assert_eq!(matched(&rules, &ended(0)), None);
        let disrupted = json!({"conditions": [{"type": "DisruptionTarget", "status": "True"}]});
        assert_eq!(matched(&rules, &disrupted).unwrap().index, 0);
        let not = json!({"conditions": [{"type": "DisruptionTarget", "status": "False"}]});
        assert_eq!(matched(&rules, &not), None);
    }
}
