//! Reads candidates: their targets, and the findings of the input.

use std::num::NonZero;

use k8s_openapi::api::core::v1::Pod;
use pod_model::{KubernetesVersion, Severity, defaults};

use super::surveyed::Surveyed;
use crate::error::Failure;
use crate::render::LocatedFinding;
use crate::targets::{Candidate, LookupContext, Target};

/// Candidates that a thread reads at a time.
pub(super) const CHUNK: NonZero<usize> = NonZero::new(16).unwrap();

/// Findings of the input itself.
#[derive(Default)]
pub(super) struct InputFindings {
    pub findings: Vec<LocatedFinding>,
    /// Reasons why parts of it cannot be read at all.
    pub broken: Vec<LocatedFinding>,
}

impl InputFindings {
    pub(super) fn have_errors(&self) -> bool {
        let is_error = |located: &LocatedFinding| located.finding.severity == Severity::Error;
        self.findings.iter().chain(&self.broken).any(is_error)
    }
}

/// Reads the targets of a candidate, with the defaults that their Pods get.
pub(super) fn read_targets(
    candidate: &Candidate,
    context: &LookupContext,
    input: &mut InputFindings,
) -> Vec<Target> {
    let reading = candidate.read(context);
    input.findings.extend(reading.findings);
    input.broken.extend(reading.broken);
    let mut targets = reading.targets;
    for target in &mut targets {
        set_defaults(target, context.version.rules);
    }
    targets
}

/// Gives a target the defaults of a Pod. A template itself has only some of them:
/// requests follow limits when the Pod is created, for one.
fn set_defaults(target: &mut Target, version: KubernetesVersion) {
    let mut pod = Pod {
        spec: Some(std::mem::take(&mut target.spec)),
        ..Pod::default()
    };
    defaults::created_pod(&mut pod, version);
    target.spec = pod.spec.unwrap_or_default();
}

/// Fails if the input is valid but has no target. One that is not valid has its errors
/// printed instead.
pub(super) fn require_targets(
    topic: &dyn Surveyed,
    targets: usize,
    has_errors: bool,
) -> Result<(), Failure> {
    if targets > 0 || has_errors || topic.left_out().is_some() {
        return Ok(());
    }
    Err(topic.no_targets())
}

impl LocatedFinding {
    /// A finding of a target's report.
    pub(super) fn of(finding: &pod_model::Finding, target: &Target) -> Self {
        Self {
            finding: finding.clone(),
            source: target.document.as_ref().map(|d| d.source().clone()),
            object: target.shown.clone(),
        }
    }
}
