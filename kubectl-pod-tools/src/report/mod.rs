//! The envelope of every report: `apiVersion`, `kind`, and one item for each target.
//! Scripts rely on its names.

mod stream;

use pod_model::{Finding, RulesVersion, Verdict};
use serde::Serialize;

pub(crate) use stream::{Items, ReportStream, TextPart};

use crate::targets::TargetId;

/// The version of the reports' schema.
pub(crate) const API_VERSION: &str = "pod-tools/v1alpha1";

/// A report as `-o json` and `-o yaml` print it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report<T> {
    api_version: &'static str,
    kind: &'static str,
    /// The version whose rules apply, or `None` if no rule of the report depends on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    kubernetes_version: Option<RulesVersion>,
    /// One for each target.
    pub items: Vec<Item<T>>,
}

impl<T> Report<T> {
    /// Creates a report of a kind such as `EnvReport`.
    pub(crate) fn new(
        kind: &'static str,
        version: Option<&RulesVersion>,
        items: Vec<Item<T>>,
    ) -> Self {
        Self {
            api_version: API_VERSION,
            kind,
            kubernetes_version: version.cloned(),
            items,
        }
    }
}

/// The report of one target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item<T> {
    pub target: TargetId,
    /// The verdict that the exit code follows.
    pub verdict: Verdict,
    /// The findings, the most severe first.
    pub findings: Vec<Finding>,
    /// The fields that the kind of the report adds.
    #[serde(flatten)]
    pub body: T,
}
