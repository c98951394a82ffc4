//! Files as a fuzzer writes them.

use pod_model::manifest;

use super::check_options::CheckOptions;
use super::options::{Action, Validate};
use super::prepare::prepare;
use crate::render::finding_to_text;

/// Reads bytes as a manifest, and shows everything that is wrong with it.
pub(crate) fn file(bytes: &[u8]) {
    let manifest = manifest::read("fuzz.yaml", bytes.to_vec());
    let rules = CheckOptions {
        action: Action::Apply,
        validate: Validate::Strict,
        version: pod_model::KubernetesVersion::LATEST,
        newer_server: false,
        namespace: None,
    };
    let input = prepare(&[manifest], &rules);
    for placed in &input.findings {
        let _ = finding_to_text(placed);
    }
    for prepared in &input.objects {
        let _ = prepared.object(Action::Create);
    }
}
