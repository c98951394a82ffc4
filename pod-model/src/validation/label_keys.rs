//! Keys of labels whose values are taken from the Pod itself.
//!
//! Upstream: `ValidateMatchLabelKeysAndMismatchLabelKeys`,
//! `ValidateMatchLabelKeysInTopologySpread`, `validateLabelKeys` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use super::errors::{Errors, quoted};
use super::names;
use super::path::Path;

/// `matchLabelKeys` and `mismatchLabelKeys` beside a selector. A Pod's keys are
/// part of its selector by then, so a key that is there twice was written
/// there.
pub(super) fn both(
    matching: &[String],
    mismatching: &[String],
    selector: Option<&LabelSelector>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let at = path.field("matchLabelKeys");
    keys(matching, selector, &at, errors);
    keys(
        mismatching,
        selector,
        &path.field("mismatchLabelKeys"),
        errors,
    );
    if let Some(selector) = selector {
        // Of two equal keys, the last counts.
        let indices: BTreeMap<_, _> = matching
            .iter()
            .enumerate()
            .map(|(i, key)| (key, i))
            .collect();
        let mut selected: BTreeSet<_> = selector
            .match_labels
            .iter()
            .flatten()
            .map(|(key, _)| key)
            .collect();
        for expression in selector.match_expressions.iter().flatten() {
            let again = !selected.insert(&expression.key);
            if let Some(i) = indices.get(&expression.key).filter(|_| again) {
                // Upstream names the index below the term.
                errors
                    .invalid(
                        &path.index(*i),
                        format!(
                            "label key {} is in both `matchLabelKeys` and the selector",
                            quoted(&expression.key)
                        ),
                    )
                    .help("remove it from one of them")
                    .display_path(&at.index(*i));
            }
        }
    }
    let mismatching: BTreeSet<_> = mismatching.iter().collect();
    for (i, key) in matching
        .iter()
        .enumerate()
        .filter(|(_, key)| mismatching.contains(key))
    {
        errors
            .invalid(
                &at.index(i),
                format!(
                    "label key {} is in both `matchLabelKeys` and `mismatchLabelKeys`",
                    quoted(key)
                ),
            )
            .help("remove it from one of them");
    }
}

fn keys(keys: &[String], selector: Option<&LabelSelector>, path: &Path<'_>, errors: &mut Errors) {
    if keys.is_empty() {
        return;
    }
    if selector.is_none() {
        without_selector(path, errors);
        return;
    }
    for (i, key) in keys.iter().enumerate() {
        errors.syntax(&path.index(i), key, "label key", names::label_key);
    }
}

fn without_selector(path: &Path<'_>, errors: &mut Errors) {
    errors
        .forbidden(path, "label keys require a `labelSelector`")
        .help("add a `labelSelector`; without it no Pod matches");
}

/// Checks a spread constraint as servers before 1.34 do: its keys are not part of the
/// selector.
pub(super) fn apart(
    matching: &[String],
    selector: Option<&LabelSelector>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if matching.is_empty() {
        return;
    }
    if selector.is_none() {
        without_selector(path, errors);
    }
    let selected: BTreeSet<_> = selector
        .map(|selector| {
            let labels = selector.match_labels.iter().flatten().map(|(key, _)| key);
            let expressions = selector.match_expressions.iter().flatten();
            labels
                .chain(expressions.map(|expression| &expression.key))
                .collect()
        })
        .unwrap_or_default();
    for (i, key) in matching.iter().enumerate() {
        let path = path.index(i);
        errors.syntax(&path, key, "label key", names::label_key);
        if selected.contains(key) {
            errors
                .invalid(
                    &path,
                    format!(
                        "label key {} is in both `matchLabelKeys` and the selector",
                        quoted(key)
                    ),
                )
                .help("remove it from one of them");
        }
    }
}
