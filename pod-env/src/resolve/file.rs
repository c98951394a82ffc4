//! `fileKeyRef`: a key of an env file in a volume.

use k8s_openapi::api::core::v1::{EnvVar as SpecVar, FileKeySelector};
use pod_model::features::Gate;
use pod_model::rules;
use pod_model::validation::{validate_file_key, validate_file_volume};
use pod_model::{FieldPath, Finding};

use super::builder::{Builder, Draft};
use super::context::shown_name;
use super::value::Value;
use crate::report::{Source, SourceKind, Status};

impl Builder<'_> {
    /// Upstream: `ParseEnv` in pkg/kubelet/util/env reads the file when the
    /// container starts; `validateFileKeyRefVolumes` asks for an emptyDir.
    pub(super) fn file_key(
        &mut self,
        i: usize,
        variable: &SpecVar,
        selector: &FileKeySelector,
        path: &FieldPath,
    ) {
        let version = self.context.options.version;
        let mut refused = validate_file_key(selector, path);
        if Gate::EnvFiles.is_on(version) {
            let at = path.field("volumeName");
            let spec = self.context.subject.spec;
            for mut finding in validate_file_volume(&selector.volume_name, spec, &at) {
                finding.judge_by(&rules::UNKNOWN_VOLUME);
                refused
                    .push(finding.help("use an emptyDir volume that an init container writes to"));
            }
        } else {
            let message = format!("`fileKeyRef` is not enabled by default in Kubernetes {version}");
            refused.push(
                Finding::new(&rules::FEATURE_GATE, path.clone(), message)
                    .help("enable the feature gate EnvFiles (1.34), or use Kubernetes 1.35"),
            );
        }
        let is_refused = !refused.is_empty();
        self.findings.append(&mut refused);
        let (value, status) = if is_refused {
            let why = "the API server refuses the source";
            (Value::unknown(why), Status::Unresolved)
        } else if self.is_the_first() {
            let message = format!(
                "no earlier container can write the file of `{}`: the container waits with CreateContainerConfigError, even if the key is optional",
                shown_name(variable)
            );
            self.findings.push(
                Finding::new(&rules::FILE_NOT_WRITTEN, path.field("path"), message)
                    .help("write the file in an earlier init container"),
            );
            let why = "no container has written the file";
            (Value::unknown(why), Status::Unresolved)
        } else if selector.optional.unwrap_or(false) {
            // A missing key and an empty value leave the variable unchanged.
            let why = "written by an earlier container; unchanged if the file lacks the key";
            (Value::unknown(why), Status::Runtime)
        } else {
            let why = "written by an earlier container";
            (Value::unknown(why), Status::Runtime)
        };
        let source = Source::new(SourceKind::File)
            .name(&selector.volume_name)
            .key(&selector.key)
            .path(&selector.path);
        let draft = Draft::new(&variable.name, value, source).status(status);
        self.define(draft.path(self.env_path(i)));
    }

    /// Returns whether the container starts first, when all volumes are empty.
    fn is_the_first(&self) -> bool {
        let first = self.context.subject.base.field("initContainers").index(0);
        self.container.path == first
    }
}
