//! Envelope of reports: `apiVersion`, `kind`, and one item per target. Scripts rely on these
//! names.

mod stream;

use pod_model::{Finding, Verdict};
use serde::Serialize;

pub(crate) use stream::{Items, ReportStream};

use crate::targets::TargetId;

/// The version of the reports' schema.
const API_VERSION: &str = "pod-tools/v1alpha1";

/// A report as `-o json` and `-o yaml` print it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report<T> {
    api_version: &'static str,
    kind: &'static str,
    /// Items, one per target.
    pub items: Vec<Item<T>>,
}

impl<T> Report<T> {
    /// Returns a report of a kind such as `EnvReport`.
    pub(crate) fn new(kind: &'static str, items: Vec<Item<T>>) -> Self {
        Self {
            api_version: API_VERSION,
            kind,
            items,
        }
    }
}

/// Report of one target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item<T> {
    /// The target.
    pub target: TargetId,
    /// Verdict, as the exit code 0 or 1.
    pub verdict: Verdict,
    /// Findings, most severe first.
    pub findings: Vec<Finding>,
    /// Fields of the kind of report.
    #[serde(flatten)]
    pub body: T,
}
