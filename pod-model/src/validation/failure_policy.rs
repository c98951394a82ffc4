//! Pod failure policies of Jobs.
//!
//! Upstream: `validatePodFailurePolicy` and what it calls, in
//! `k8s.io/kubernetes/pkg/apis/batch/validation`.

use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::{
    JobSpec, PodFailurePolicy, PodFailurePolicyOnExitCodesRequirement,
    PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
};

use super::errors::{Errors, either, quoted};
use super::names;
use super::path::Path;

const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];
const OPERATORS: [&str; 2] = ["In", "NotIn"];
const STATUSES: [&str; 3] = ["False", "True", "Unknown"];
const RULES_MOST: usize = 20;
const VALUES_MOST: usize = 255;
const PATTERNS_MOST: usize = 20;

pub(super) fn policy(
    policy: &PodFailurePolicy,
    spec: &JobSpec,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let list = path.field("rules");
    at_most(policy.rules.len(), RULES_MOST, "rules", &list, errors);
    let pod = spec.template.spec.iter();
    let containers = pod.flat_map(|pod| {
        let init = pod.init_containers.iter().flatten();
        pod.containers.iter().chain(init)
    });
    let containers: BTreeSet<_> = containers.map(|own| own.name.as_str()).collect();
    for (i, own) in policy.rules.iter().enumerate() {
        rule(own, spec, &containers, &list.index(i), errors);
    }
}

pub(super) fn at_most(count: usize, most: usize, what: &str, path: &Path<'_>, errors: &mut Errors) {
    if count > most {
        errors.too_many(
            path,
            format!("expected at most {most} {what}, found {count}"),
        );
    }
}

/// A word that must be there, and be one of these.
fn word(value: &str, what: &str, known: &[&str], path: &Path<'_>, errors: &mut Errors) {
    if value.is_empty() {
        errors
            .required(path, format!("the {what} is required"))
            .help(format!("use {}", either(known)));
    } else {
        errors.one_of(path, value, what, known);
    }
}

fn rule(
    rule: &PodFailurePolicyRule,
    spec: &JobSpec,
    containers: &BTreeSet<&str>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let at = path.field("action");
    word(&rule.action, "action", &ACTIONS, &at, errors);
    if rule.action == "FailIndex" && spec.backoff_limit_per_index.is_none() {
        errors
            .invalid(&at, "action `FailIndex` requires `backoffLimitPerIndex`")
            .help("set `backoffLimitPerIndex`")
            .requires("backoffLimitPerIndex");
    }
    if let Some(codes) = &rule.on_exit_codes {
        exit_codes(codes, containers, &path.field("onExitCodes"), errors);
    }
    let patterns = rule.on_pod_conditions.as_deref().unwrap_or_default();
    conditions(patterns, &path.field("onPodConditions"), errors);
    match (rule.on_exit_codes.is_some(), !patterns.is_empty()) {
        (true, true) => {
            errors
                .invalid(path, "cannot combine `onExitCodes` and `onPodConditions`")
                .help("split them into two rules");
        }
        (false, false) => {
            errors
                .invalid(
                    path,
                    "the rule has neither `onExitCodes` nor `onPodConditions`",
                )
                .help("set `onExitCodes` or `onPodConditions`");
        }
        _ => {}
    }
}

fn conditions(
    patterns: &[PodFailurePolicyOnPodConditionsPattern],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    at_most(patterns.len(), PATTERNS_MOST, "conditions", path, errors);
    for (i, pattern) in patterns.iter().enumerate() {
        let path = path.index(i);
        errors.syntax(
            &path.field("type"),
            &pattern.type_,
            "condition type",
            names::label_key,
        );
        let status = pattern.status.as_deref().unwrap_or_default();
        word(
            status,
            "condition status",
            &STATUSES,
            &path.field("status"),
            errors,
        );
    }
}

fn exit_codes(
    codes: &PodFailurePolicyOnExitCodesRequirement,
    containers: &BTreeSet<&str>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    word(
        &codes.operator,
        "exit code operator",
        &OPERATORS,
        &path.field("operator"),
        errors,
    );
    let name = codes.container_name.as_deref();
    if let Some(name) = name.filter(|name| !containers.contains(name)) {
        errors.invalid(
            &path.field("containerName"),
            format!("the template has no container {}", quoted(name)),
        );
    }
    let list = path.field("values");
    if codes.values.is_empty() {
        errors.invalid(&list, "at least one exit code is required");
    }
    at_most(codes.values.len(), VALUES_MOST, "exit codes", &list, errors);
    let mut seen = BTreeSet::new();
    for (i, code) in codes.values.iter().enumerate() {
        let path = list.index(i);
        if codes.operator == "In" && *code == 0 {
            errors.invalid(&path, "exit code 0 cannot be a failure");
        }
        if !seen.insert(code) {
            errors.duplicate(&path, format!("duplicate exit code {code}"));
        }
    }
    if !codes.values.is_sorted() {
        errors.invalid(&list, "exit codes must be in ascending order");
    }
}
