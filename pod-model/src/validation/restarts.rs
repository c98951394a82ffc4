//! Restart policies and rules of containers.
//!
//! Upstream: `validateContainerRestartPolicy`,
//! `validateInitContainerRestartPolicy` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule};

use super::changes::Change;
use super::errors::Errors;
use super::path::Path;
use crate::features::Gate;
use crate::version::KubernetesVersion;

const POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
const ACTIONS: [&str; 2] = ["Restart", "RestartAllContainers"];
const OPERATORS: [&str; 2] = ["In", "NotIn"];
const RULES_MOST: usize = 20;
const VALUES_MOST: usize = 255;

/// A container's own policy, with its rules.
pub(super) fn policy(
    container: &Container,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let rules = container
        .restart_policy_rules
        .as_deref()
        .unwrap_or_default();
    let at = path.field("restartPolicy");
    match container.restart_policy.as_deref() {
        None if rules.is_empty() => return,
        None => rules_without_policy(&at, errors),
        Some(own) => errors.one_of(&at, own, "restart policy", &POLICIES),
    }
    let at = path.field("restartPolicyRules");
    if rules.len() > RULES_MOST {
        let message = format!(
            "expected at most {RULES_MOST} restart rules, found {}",
            rules.len()
        );
        too_many(message, version, &at, errors);
    }
    for (i, own) in rules.iter().enumerate() {
        rule(own, version, &at.index(i), errors);
    }
}

fn too_many(message: String, version: KubernetesVersion, path: &Path<'_>, errors: &mut Errors) {
    if Change::RestartRulesTooMany.is_in(version) {
        errors.too_many(path, message);
    } else {
        errors.too_long(path, message);
    }
}

fn rules_without_policy(path: &Path<'_>, errors: &mut Errors) {
    errors
        .required(
            path,
            "restart rules require `restartPolicy` of the container",
        )
        .help("set `restartPolicy` of the container; it applies when no rule matches");
}

fn rule(
    rule: &ContainerRestartRule,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let at = path.field("action");
    let has_all = Gate::RestartAllContainersOnContainerExits.is_on(version);
    let known = if has_all { &ACTIONS[..] } else { &ACTIONS[..1] };
    match rule.action.as_str() {
        "RestartAllContainers" if !has_all => {
            errors
                .not_supported(&at, &rule.action, "restart rule action", known)
                .help("it requires the feature gate RestartAllContainersOnContainerExits, which is off by default before Kubernetes 1.36");
        }
        action => errors.one_of(&at, action, "restart rule action", known),
    }
    let at = path.field("exitCodes");
    let Some(codes) = &rule.exit_codes else {
        errors.required(&at, "the exit codes of the restart rule are required");
        return;
    };
    errors.one_of(
        &at.field("operator"),
        &codes.operator,
        "exit code operator",
        &OPERATORS,
    );
    let count = codes.values.as_deref().unwrap_or_default().len();
    if count > VALUES_MOST {
        let message = format!("expected at most {VALUES_MOST} exit codes, found {count}");
        too_many(message, version, &at.field("values"), errors);
    }
}

/// The policy of an init container: `Always` makes it a sidecar.
pub(super) fn init_policy(
    container: &Container,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let has_rules = !container
        .restart_policy_rules
        .as_deref()
        .unwrap_or_default()
        .is_empty();
    let at = path.field("restartPolicy");
    match container.restart_policy.as_deref() {
        None if has_rules => rules_without_policy(&at, errors),
        Some(own) if !Gate::ContainerRestartRules.is_on(version) => {
            errors.one_of(&at, own, "restart policy of an init container", &["Always"]);
        }
        Some("Always")
            if has_rules && !Gate::RestartAllContainersOnContainerExits.is_on(version) =>
        {
            errors.forbidden(
                &path.field("restartPolicyRules"),
                "a sidecar cannot have restart rules",
            );
        }
        None => {}
        Some(_) => policy(container, version, path, errors),
    }
}
