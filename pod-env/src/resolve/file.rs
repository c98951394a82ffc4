//! `fileKeyRef`: a key of an env file in a volume.

use k8s_openapi::api::core::v1::{EnvVar as SpecVar, FileKeySelector};
use pod_model::rules;
use pod_model::validation::validate_file_key;
use pod_model::{FieldPath, Finding, KubernetesVersion};

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
        let volumes = self.context.subject.spec.volumes.as_deref();
        let volume = volumes
            .unwrap_or_default()
            .iter()
            .find(|volume| volume.name == selector.volume_name);
        let name = selector.volume_name.escape_debug();
        let problem = if version < KubernetesVersion::V1_35 {
            let help = "turn on the feature gate EnvFiles (1.34), or use Kubernetes 1.35";
            let message = format!("fileKeyRef is not on by default in Kubernetes {version}");
            Some((&rules::FEATURE_GATE, path.clone(), message, help))
        } else if volume.is_none() {
            let message = format!("there is no volume `{name}` in the Pod");
            let help = "add an emptyDir volume of that name";
            Some((
                &rules::UNKNOWN_VOLUME,
                path.field("volumeName"),
                message,
                help,
            ))
        } else if volume.is_some_and(|volume| volume.empty_dir.is_none()) {
            let message = format!("volume `{name}` is not an emptyDir, as fileKeyRef asks for");
            let help = "use an emptyDir that an init container writes the file into";
            Some((
                &rules::UNKNOWN_VOLUME,
                path.field("volumeName"),
                message,
                help,
            ))
        } else {
            None
        };
        let mut wrong = validate_file_key(selector, path);
        let is_refused = problem.is_some() || !wrong.is_empty();
        self.findings.append(&mut wrong);
        if let Some((rule, path, message, help)) = problem {
            self.findings
                .push(Finding::new(rule, path, message).help(help));
        }
        let (value, status) = if is_refused {
            let why = "none, as the API server refuses the source";
            (Value::unknown(why), Status::Unresolved)
        } else if self.is_the_first() {
            let message = format!(
                "no container before this one can have written the file of `{}`, optional or not: it waits with CreateContainerConfigError",
                shown_name(variable)
            );
            self.findings.push(
                Finding::new(&rules::FILE_NOT_WRITTEN, path.field("path"), message)
                    .help("write the file in an init container that stands before it"),
            );
            let why = "none, as nobody has written the file";
            (Value::unknown(why), Status::Unresolved)
        } else if selector.optional.unwrap_or(false) {
            // Without the key, and with an empty value, what was before stays.
            let why = "what an earlier container writes into the file, and unchanged where that is nothing";
            (Value::unknown(why), Status::Runtime)
        } else {
            let why = "what an earlier container writes into the file";
            (Value::unknown(why), Status::Runtime)
        };
        let source = Source::new(SourceKind::File)
            .name(&selector.volume_name)
            .key(&selector.key)
            .path(&selector.path);
        let draft = Draft::new(&variable.name, value, source).status(status);
        self.define(draft.path(self.env_path(i)));
    }

    /// Whether the container starts before all others, into empty volumes.
    fn is_the_first(&self) -> bool {
        let first = self.context.subject.base.field("initContainers").index(0);
        self.container.path == first
    }
}
