//! `subPathExpr`: the directory of a volume that is named by variables.
//!
//! Upstream: `makeMounts` in pkg/kubelet/kubelet_pods.go and
//! `ExpandContainerVolumeMounts` in pkg/kubelet/container/helpers.go: all of the
//! environment that the kubelet builds counts, and a variable that is not set or
//! empty keeps the container from being made.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::VolumeMount;
use pod_model::rules;
use pod_model::validation::validate_sub_path_expr;
use pod_model::{ContainerType, FieldPath, Finding};

use super::builder::Builder;
use super::references::{Expanded, Place};
use super::value::Value;
use crate::report::{Mount, Reference, ReferenceStatus, SourceKind, Status};

impl Builder<'_> {
    /// Returns the mounts that have a `subPathExpr`, expanded.
    pub(super) fn mounts(&mut self) -> Vec<Mount> {
        let list = self.container.path.field("volumeMounts");
        let mut mounts = Vec::new();
        for (i, mount) in self.container.volume_mounts.iter().enumerate() {
            let text = mount.sub_path_expr.as_deref().unwrap_or_default();
            if !text.is_empty() {
                mounts.push(self.mount(mount, text, list.index(i)));
            }
        }
        mounts
    }

    fn mount(&mut self, mount: &VolumeMount, text: &str, path: FieldPath) -> Mount {
        let at = path.field("subPathExpr");
        let before = self.findings.len();
        let Expanded {
            value,
            mut status,
            references,
            ..
        } = self.expand(text, Place::Argument(&at));
        // In `command`, an undefined reference stays as it is; here it is an error of its own.
        let is_of_text = |finding: &Finding| finding.is(&rules::UNRESOLVED_REFERENCE);
        let mut found = self.findings.split_off(before);
        found.retain(|finding| !is_of_text(finding));
        self.findings.append(&mut found);
        let (mut sub_path, mut unknown) = (value.shown(), value.why_unknown().map(str::to_owned));
        let refused = self.refused_sub_path(mount, &path);
        let wrong = if refused.is_empty() {
            let missing = self.missing_values(mount, text, &at, &references);
            missing.or_else(|| not_a_sub_path(&value, &at))
        } else {
            None
        };
        if wrong.is_some() || !refused.is_empty() {
            status = Status::Unresolved;
            sub_path = None;
            let why = match wrong {
                Some(_) => "the container is not created",
                None => "the API server refuses the mount",
            };
            unknown = Some(why.to_owned());
        }
        self.findings.extend(refused);
        self.findings.extend(wrong);
        Mount {
            name: mount.name.clone(),
            mount_path: mount.mount_path.clone(),
            sub_path_expr: text.to_owned(),
            sub_path,
            status,
            references,
            masked: value.is_masked() && unknown.is_none(),
            unknown,
            path,
            location: None,
        }
    }

    /// Returns the findings for which the API server refuses the mount.
    fn refused_sub_path(&self, mount: &VolumeMount, path: &FieldPath) -> Vec<Finding> {
        if self.container.container_type == ContainerType::Ephemeral {
            let message = "`subPathExpr` cannot be set for an ephemeral container";
            let at = path.field("subPathExpr");
            return vec![Finding::new(&rules::FORBIDDEN_SUB_PATH, at, message).help("remove it")];
        }
        let mut refused = validate_sub_path_expr(mount, path);
        for finding in &mut refused {
            finding.judge_by(&rules::INVALID_SUB_PATH);
        }
        refused
    }

    /// Returns the finding for references that are not set or empty: to the kubelet
    /// both are missing.
    fn missing_values(
        &mut self,
        mount: &VolumeMount,
        text: &str,
        at: &FieldPath,
        references: &[Reference],
    ) -> Option<Finding> {
        let is_empty = |reference: &Reference| {
            let value = reference.definition.and_then(|at| self.values.get(at));
            value.is_some_and(|value| value.bytes() == Some(b""))
        };
        let is_missing = |reference: &&Reference| match reference.status {
            ReferenceStatus::Undefined => true,
            ReferenceStatus::Expanded => is_empty(reference),
            ReferenceStatus::Escaped | ReferenceStatus::Unknown => false,
        };
        let missing: BTreeMap<&str, &Reference> = references
            .iter()
            .rev()
            .filter(is_missing)
            .map(|reference| (reference.name.as_str(), reference))
            .collect();
        let first = missing.values().min_by_key(|reference| reference.offset)?;
        // As in the kubelet's message: sorted, each once.
        let names: Vec<String> = missing
            .keys()
            .map(|name| name.escape_debug().to_string())
            .collect();
        let names = names.join(", ");
        let message = format!(
            "the mount at `{}` has no sub-path: the container waits with CreateContainerConfigError: missing value for {names}",
            mount.mount_path.escape_debug()
        );
        let range = first.offset..first.offset + first.length;
        let finding = Finding::new(&rules::UNRESOLVED_REFERENCE, at.clone(), message)
            .part(text, range)
            .label("no value");
        Some(self.help_with(finding, first))
    }

    /// Adds the help for a reference without a value.
    fn help_with(&mut self, finding: Finding, reference: &Reference) -> Finding {
        let name = reference.name.escape_debug();
        let entry = reference
            .definition
            .and_then(|at| self.entries.get(at))
            .or_else(|| {
                self.entries
                    .iter()
                    .find(|entry| entry.name == reference.name)
            });
        let Some(entry) = entry else {
            return finding.help(match self.nearest(&reference.name) {
                Some(near) => format!("did you mean `{}`?", near.escape_debug()),
                None if name.to_string().is_empty() => {
                    "put the name of a variable between the parentheses".to_owned()
                }
                None => format!(
                    "define `{name}` in `env`, or write `$$({name})` for a directory of that name"
                ),
            });
        };
        let finding = match &entry.path {
            Some(path) => finding.related_path("set here", path.clone()),
            None => finding,
        };
        let help = match (entry.source.kind, entry.status) {
            (SourceKind::Runtime, _) => {
                "define it in `env`; variables of the image and the runtime do not count"
            }
            (_, Status::Skipped) => "set a value; its optional source does not exist",
            _ => "set a value; an empty variable counts as missing",
        };
        finding.help(help)
    }
}

/// Returns the finding for a directory outside of the volume.
///
/// Upstream: the checks of `makeMounts` after the expansion, and
/// `ValidatePathNoBacksteps` in pkg/volume/validation.
fn not_a_sub_path(value: &Value, at: &FieldPath) -> Option<Finding> {
    let bytes = value.bytes()?;
    let shown = value.shown()?;
    let shown = shown.escape_debug();
    let why = if bytes.starts_with(b"/") {
        format!("error SubPath `{shown}` must not be an absolute path")
    } else if bytes.split(|byte| *byte == b'/').any(|part| part == b"..") {
        format!("unable to provision SubPath `{shown}`: must not contain '..'")
    } else {
        return None;
    };
    let message = format!("the container waits with CreateContainerConfigError: {why}");
    Some(
        Finding::new(&rules::INVALID_SUB_PATH, at.clone(), message)
            .help("use a relative path inside the volume"),
    )
}
