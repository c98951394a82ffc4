//! Restart rules of a container.
//!
//! Upstream: `ContainerShouldRestart` and `FindMatchingContainerRestartRule` in pkg/api/v1/pod/util.go.

use k8s_openapi::api::core::v1::{ContainerRestartRule, ContainerRestartRuleOnExitCodes};

use crate::diagnosis::scene::{ContainerState, Scene};
use crate::features::Gate;

/// Returns the field of the rule that has a container restarted after an exit code, with the rule's action.
pub(super) fn applied(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    code: i32,
) -> Option<(String, String)> {
    let own = container.view.to_container();
    if own.restart_policy.is_none() || !Gate::ContainerRestartRules.is_on(scene.version) {
        return None;
    }
    let rules = own.restart_policy_rules.as_deref().unwrap_or_default();
    let (at, rule) = rules
        .iter()
        .enumerate()
        .find(|(_, rule)| matches(rule, code))?;
    let path = format!("{}.restartPolicyRules[{at}]", container.view.path);
    Some((path, rule.action.clone()))
}

fn matches(rule: &ContainerRestartRule, code: i32) -> bool {
    let Some(ContainerRestartRuleOnExitCodes { operator, values }) = &rule.exit_codes else {
        return false;
    };
    let is_listed = values.as_deref().unwrap_or_default().contains(&code);
    match operator.as_str() {
        "In" => is_listed,
        "NotIn" => !is_listed,
        _ => false,
    }
}
