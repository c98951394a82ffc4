//! Tolerations.
//!
//! Upstream: `ValidateTolerations` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::Toleration;

use super::errors::{Errors, invalid_message, quoted};
use super::names;
use super::path::Path;

const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

pub(super) fn tolerations(list: &[Toleration], path: &Path<'_>, errors: &mut Errors) {
    for (i, item) in list.iter().enumerate() {
        toleration(item, &path.index(i), errors);
    }
}

fn text(field: Option<&String>) -> &str {
    field.map_or("", String::as_str)
}

fn toleration(toleration: &Toleration, path: &Path<'_>, errors: &mut Errors) {
    let (key, operator) = (
        text(toleration.key.as_ref()),
        text(toleration.operator.as_ref()),
    );
    let (value, effect) = (
        text(toleration.value.as_ref()),
        text(toleration.effect.as_ref()),
    );
    if !key.is_empty() {
        errors.syntax(&path.field("key"), key, "taint key", names::label_key);
    }
    let operator_path = path.field("operator");
    if key.is_empty() && operator != "Exists" {
        errors
            .invalid(
                &operator_path,
                "a toleration without a key requires the operator `Exists`",
            )
            .help("set `key`, or `operator: Exists` to tolerate every taint");
    }
    if toleration.toleration_seconds.is_some() && effect != "NoExecute" {
        errors
            .invalid(
                &path.field("effect"),
                "`tolerationSeconds` requires `effect: NoExecute`",
            )
            .help("set `effect: NoExecute`, or remove `tolerationSeconds`")
            .requires("effect: NoExecute");
    }
    match operator {
        "Equal" | "" => {
            if let Some(wrong) = names::label_value(value) {
                errors
                    .invalid(
                        &operator_path,
                        invalid_message(value, "taint value", &wrong),
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
                            "operator `Exists` cannot have a value, found {}",
                            quoted(value)
                        ),
                    )
                    .help("remove the value, or use the operator `Equal`");
            }
        }
        "Lt" | "Gt" => {
            errors
                .not_supported(&operator_path, operator, "toleration operator", &["Equal", "Exists"])
                .help("it requires the feature gate TaintTolerationComparisonOperators, which is off by default");
        }
        _ => {
            errors.not_supported(
                &operator_path,
                operator,
                "toleration operator",
                &["Equal", "Exists"],
            );
        }
    }
    if !effect.is_empty() {
        errors.one_of(&path.field("effect"), effect, "taint effect", &EFFECTS);
    }
}
