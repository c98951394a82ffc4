//! Labels, and what selects by them.
//!
//! Upstream: `k8s.io/apimachinery/pkg/apis/meta/v1/validation`, and
//! `LabelSelectorAsSelector` in `…/pkg/apis/meta/v1`.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};

use super::errors::{Errors, invalid_message, quoted};
use super::names;
use super::path::Path;

pub(super) type Labels = BTreeMap<String, String>;

/// Upstream names the map; `at` is where it stands, where that is not `path`.
///
/// Upstream: `ValidateLabels`.
pub(super) fn labels(labels: Option<&Labels>, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    for (key, value) in labels.into_iter().flatten() {
        if let Some(wrong) = names::label_key(key) {
            errors
                .invalid(path, invalid_message(key, "label key", &wrong))
                .display_path(&at.field(key))
                .points_at_key();
        }
        if let Some(wrong) = names::label_value(value) {
            errors
                .invalid(path, invalid_message(value, "label value", &wrong))
                .display_path(&at.field(key));
        }
    }
}

/// Upstream: `ValidateLabelSelector`.
pub(super) fn selector(selector: Option<&LabelSelector>, path: &Path<'_>, errors: &mut Errors) {
    let Some(selector) = selector else { return };
    let match_labels = path.field("matchLabels");
    labels(
        selector.match_labels.as_ref(),
        &match_labels,
        &match_labels,
        errors,
    );
    let list = path.field("matchExpressions");
    for (i, item) in selector.match_expressions.iter().flatten().enumerate() {
        requirement(item, &list.index(i), errors);
    }
}

/// Upstream: `ValidateLabelSelectorRequirement`.
fn requirement(requirement: &LabelSelectorRequirement, path: &Path<'_>, errors: &mut Errors) {
    let values = requirement.values.as_deref().unwrap_or_default();
    let values_path = path.field("values");
    match requirement.operator.as_str() {
        "In" | "NotIn" => needs_values(&requirement.operator, values, &values_path, errors),
        "Exists" | "DoesNotExist" => {
            takes_no_values(&requirement.operator, values, &values_path, errors);
        }
        operator => {
            errors
                .invalid(
                    &path.field("operator"),
                    format!("unsupported operator {}", quoted(operator)),
                )
                .help("use `In`, `NotIn`, `Exists` or `DoesNotExist`");
        }
    }
    errors.syntax(
        &path.field("key"),
        &requirement.key,
        "label key",
        names::label_key,
    );
    for (i, value) in values.iter().enumerate() {
        errors.syntax(
            &values_path.index(i),
            value,
            "label value",
            names::label_value,
        );
    }
}

pub(super) fn needs_values(
    operator: &str,
    values: &[String],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if values.is_empty() {
        errors.required(
            path,
            format!("operator `{operator}` requires at least one value"),
        );
    }
}

pub(super) fn takes_no_values(
    operator: &str,
    values: &[String],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if !values.is_empty() {
        errors
            .forbidden(path, format!("operator `{operator}` cannot have values"))
            .help("remove the values, or use `In` or `NotIn`");
    }
}

/// Returns whether a selector selects labels; none where it cannot be asked, because it
/// is not sound itself. No selector selects nothing.
pub(super) fn selects(selector: Option<&LabelSelector>, labels: &Labels) -> Option<bool> {
    let Some(selector) = selector else {
        return Some(false);
    };
    let selector = crate::selector::LabelSelector::try_from(selector).ok()?;
    Some(selector.matches_labels(labels))
}
