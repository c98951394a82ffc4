//! Which taints a Pod tolerates.
//!
//! Upstream: `ValidateTolerations` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::Toleration;

use super::errors::{Errors, not_a, quoted};
use super::names;
use super::path::Path;

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

pub(super) fn tolerations(list: &[Toleration], path: &Path<'_>, errors: &mut Errors) {
    for (i, item) in list.iter().enumerate() {
        toleration(item, &path.index(i), errors);
    }
}

fn toleration(toleration: &Toleration, path: &Path<'_>, errors: &mut Errors) {
    let text = |field: &'_ Option<String>| field.clone().unwrap_or_default();
    let (key, operator) = (text(&toleration.key), text(&toleration.operator));
    let (value, effect) = (text(&toleration.value), text(&toleration.effect));
    if !key.is_empty() {
        errors.syntax(
            &path.field("key"),
            &key,
            "the key of a taint",
            names::label_key,
        );
    }
    let operator_path = path.field("operator");
    if key.is_empty() && operator != "Exists" {
        errors
            .invalid(
                &operator_path,
                "a toleration without a key needs the operator `Exists`",
            )
            .help("set the key of the taint, or the operator `Exists` to tolerate every taint");
    }
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        errors
            .invalid(
                &path.field("effect"),
                "with `tolerationSeconds` the effect must be `NoExecute`",
            )
            .help("set `effect: NoExecute`, or leave `tolerationSeconds` out")
            .requires("effect: NoExecute");
    }
    match operator.as_str() {
        "Equal" | "" => {
            if let Some(wrong) = names::label_value(&value) {
                errors
                    .invalid(
                        &operator_path,
                        not_a(&value, "the value of a taint", &wrong),
                    )
                    .display_path(&path.field("value"));
            }
        }
        "Exists" => {
            if !value.is_empty() {
                errors
                    .invalid(
                        &operator_path,
                        format!(
                            "the operator `Exists` takes no value, and the value is {}",
                            quoted(&value)
                        ),
                    )
                    .help("leave the value out, or use the operator `Equal`");
            }
        }
        "Lt" | "Gt" => {
            errors
                .not_supported(&operator_path, &operator, "an operator of tolerations", &["Equal", "Exists"])
                .help("the feature gate TaintTolerationComparisonOperators brings it, which is off unless somebody switches it on");
        }
        _ => {
            errors.not_supported(
                &operator_path,
                &operator,
                "an operator of tolerations",
                &["Equal", "Exists"],
            );
        }
    }
    if !effect.is_empty() {
        errors.one_of(
            &path.field("effect"),
            &effect,
            "the effect of a taint",
            &EFFECTS,
        );
    }
}
