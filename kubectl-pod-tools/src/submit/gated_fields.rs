//! Fields of a file that the server has only with a feature gate.

use pod_model::{Document, Finding, gated_fields};

use super::check_options::CheckOptions;
use super::options::{Action, Validate};

/// Returns a warning for each gate of an object that is created. Values that validation refuses
/// are left out: those findings name the gate.
pub(super) fn findings(
    document: &Document,
    rules: &CheckOptions,
    refused: &[Finding],
) -> Vec<Finding> {
    if rules.action == Action::Apply || rules.validate == Validate::Ignore {
        return Vec::new();
    }
    let mut findings = gated_fields::findings(document, rules.version);
    findings.retain(|finding| refused.iter().all(|own| own.path != finding.path));
    findings
}
