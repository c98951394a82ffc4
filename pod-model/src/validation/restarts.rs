//! Restart policies and rules of containers.
//!
//! Upstream: `validateContainerRestartPolicy`,
//! `validateInitContainerRestartPolicy` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{Container, ContainerRestartRule};

use super::errors::Errors;
use super::path::Path;
use crate::features::Gate;
use crate::version::KubernetesVersion;

const POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
const OPERATORS: [&str; 2] = ["In", "NotIn"];
const RULES_MOST: usize = 20;
const VALUES_MOST: usize = 255;

/// A container's own policy, with its rules.
pub(super) fn policy(container: &Container, path: &Path<'_>, errors: &mut Errors) {
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
        errors.too_long(
            &at,
            format!(
                "expected at most {RULES_MOST} restart rules, found {}",
                rules.len()
            ),
        );
    }
    for (i, own) in rules.iter().enumerate() {
        rule(own, &at.index(i), errors);
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

fn rule(rule: &ContainerRestartRule, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("action");
    match rule.action.as_str() {
        "Restart" => {}
        "RestartAllContainers" => {
            errors
                .not_supported(&at, &rule.action, "restart rule action", &["Restart"])
                .help("it requires the feature gate RestartAllContainersOnContainerExits, which is off by default");
        }
        other => {
            errors.not_supported(&at, other, "restart rule action", &["Restart"]);
        }
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
        errors.too_long(
            &at.field("values"),
            format!("expected at most {VALUES_MOST} exit codes, found {count}"),
        );
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
        Some("Always") if has_rules => {
            errors.forbidden(
                &path.field("restartPolicyRules"),
                "a sidecar cannot have restart rules",
            );
        }
        None | Some("Always") => {}
        Some(_) => policy(container, path, errors),
    }
}
