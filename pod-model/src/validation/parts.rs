//! Rules about one part of a Pod, for who asks about nothing else.

use k8s_openapi::api::core::v1::{FileKeySelector, PodSpec, VolumeMount};

use super::errors::Errors;
use super::path::Path;
use super::{env, mounts, network};
use crate::finding::Finding;
use crate::path::FieldPath;

/// What a server that knows `hostnameOverride` (from 1.35 by default) refuses
/// about it; `at` is the path of the Pod's spec.
///
/// Upstream: `validatePodHostName` in `k8s.io/kubernetes/pkg/apis/core/validation`.
pub fn validate_hostname_override(spec: &PodSpec, at: &FieldPath) -> Vec<Finding> {
    let mut errors = Errors::default();
    network::hostname_override(spec, &Path::base(at), &mut errors);
    errors.into_findings()
}

/// What a server refuses about a `fileKeyRef` by itself; `at` is its path.
///
/// Upstream: `validateFileKeySelector` in `k8s.io/kubernetes/pkg/apis/core/validation`.
pub fn validate_file_key(selector: &FileKeySelector, at: &FieldPath) -> Vec<Finding> {
    let mut errors = Errors::default();
    env::file_key(selector, &Path::base(at), &mut errors);
    errors.into_findings()
}

/// What a server refuses about a mount's `subPathExpr` by itself; `at` is the
/// mount's path.
///
/// Upstream: `ValidateVolumeMounts` in `k8s.io/kubernetes/pkg/apis/core/validation`.
pub fn validate_sub_path_expr(mount: &VolumeMount, at: &FieldPath) -> Vec<Finding> {
    let mut errors = Errors::default();
    let path = Path::base(at);
    mounts::sub_path_expr(mount, &path, &path, &mut errors);
    errors.into_findings()
}
