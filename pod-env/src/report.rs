//! The report of `-o json`.
//!
//! Scripts rely on the names of its fields and on the words of its enums.

use pod_model::{ContainerType, FieldPath, Location};
use serde::Serialize;

use crate::service_links::is_link_name;

/// Text that replaces the value of a Secret in a report.
pub const MASK: &str = "***";

/// The environment in the report of one target.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvItem {
    /// Its containers, in the order in which the kubelet starts them.
    pub containers: Vec<ContainerEnv>,
}

/// The environment of one container.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContainerEnv {
    /// Its name.
    pub name: String,
    /// Its type: init container, sidecar, app or ephemeral container.
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    /// Its variables in the order in which the kubelet builds them: `envFrom`, `env`, the
    /// Services, the runtime. A variable that is set more than once has an entry for each
    /// definition.
    pub env: Vec<EnvVar>,
    /// `command` after expansion, or empty for the entrypoint of the image.
    pub command: Vec<String>,
    /// `args` after expansion, or empty for the arguments of the image.
    pub args: Vec<String>,
    /// The references in `command` and `args`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command_references: Vec<CommandReference>,
    /// The volume mounts that have a `subPathExpr`, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Sources that were not read; they may set more variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// True if `env` includes the variables of the image.
    pub image_env_known: bool,
    /// The container in the object, such as `spec.containers[0]`.
    pub path: FieldPath,
}

/// A source of variables that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// The kind of source.
    pub kind: SourceKind,
    /// The object's name; empty for the Services of a namespace.
    pub name: String,
    /// Prefix of the names of its variables.
    pub prefix: String,
    /// The reason: `forbidden`, `failed` or `not asked`.
    pub reason: &'static str,
}

impl Unread {
    /// Returns whether it may define a variable of this name.
    pub fn could_set(&self, name: &str) -> bool {
        match self.kind {
            SourceKind::ServiceLink => is_link_name(name),
            _ => name.len() > self.prefix.len() && name.starts_with(&self.prefix),
        }
    }
}

/// One definition of a variable.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EnvVar {
    /// Its name.
    pub name: String,
    /// The value that the container sees: masked if `masked` is set, `None` if it is
    /// unknown, with the reason in `unknown`.
    pub value: Option<String>,
    /// The text of `value` in the manifest before expansion, or `None` for a value from
    /// another source.
    pub raw: Option<String>,
    /// Its status.
    pub status: Status,
    /// The source of the value.
    pub source: Source,
    /// The references and escapes in `raw`, in order.
    pub references: Vec<Reference>,
    /// True if it contains the value of a Secret, replaced by [`MASK`].
    ///
    /// [`MASK`]: crate::MASK
    pub masked: bool,
    /// The reason why there is no value, as a phrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// Indices of the earlier entries of `env` that it overrides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<usize>,
    /// Index of the later entry of `env` that overrides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden_by: Option<usize>,
    /// True if a POSIX shell can refer to it.
    pub shell_name: bool,
    /// True if the value is not UTF-8 and has replacement characters in the report.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lossy: bool,
    /// The entry of the manifest, such as `spec.containers[0].env[2]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
    /// Location of that entry in a file; the caller sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The value as the container sees it, for comparisons and exports. It is
    /// never serialized: Secrets are in it.
    #[serde(skip)]
    pub bytes: Option<Plain>,
}

/// A value without its mask. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain(Vec<u8>);

impl Plain {
    /// Wraps a value.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Returns the value.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plain({} bytes)", self.0.len())
    }
}

/// The status of a definition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The container sees the value.
    #[default]
    Resolved,
    /// Something that it needs does not exist or could not be read.
    Unresolved,
    /// The kubelet skips it.
    Skipped,
    /// A later definition of the name overrides it.
    Overridden,
    /// Set by the container runtime or known only once the Pod runs.
    Runtime,
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Its kind.
    pub kind: SourceKind,
    /// The object's name: a ConfigMap, Secret, Service, volume or container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The key in the object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// A field of the Pod, a resource, or a file in a volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The place where it was read: a file with line and column of the key or object, or
    /// `cluster`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl Source {
    /// Creates a source of a kind.
    pub fn new(kind: SourceKind) -> Self {
        Self {
            kind,
            name: None,
            key: None,
            path: None,
            origin: None,
        }
    }

    /// Sets the object.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the field, resource or file.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// Kinds of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SourceKind {
    /// `value` in the manifest.
    Literal,
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
    /// A field of the Pod: `fieldRef`.
    Field,
    /// A request or limit: `resourceFieldRef`.
    Resource,
    /// An env file in a volume: `fileKeyRef`.
    File,
    /// A Service of the namespace.
    ServiceLink,
    /// The container runtime or the image.
    Runtime,
}

/// One `$(NAME)` or `$$` in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// The name between the parentheses; for an escape, the name that is not expanded, or
    /// `$`.
    pub name: String,
    /// Its result.
    pub status: ReferenceStatus,
    /// Offset in `raw`, in bytes from 0.
    pub offset: usize,
    /// Length in bytes.
    pub length: usize,
    /// Index in `env` of the definition that it refers to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<usize>,
}

/// The result of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceStatus {
    /// Replaced by a value.
    Expanded,
    /// Nothing of that name is defined before it, so that the text stays.
    Undefined,
    /// `$$`, which becomes `$`.
    Escaped,
    /// Its definition may exist but was not read, or has no value yet.
    Unknown,
}

/// A reference in `command` or `args`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandReference {
    /// The string with the reference, such as `spec.containers[0].args[1]`.
    pub path: FieldPath,
    /// The reference.
    #[serde(flatten)]
    pub reference: Reference,
}

/// A volume mount with a `subPathExpr`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// The volume's name.
    pub name: String,
    /// Its mount path.
    pub mount_path: String,
    /// `subPathExpr` before expansion.
    pub sub_path_expr: String,
    /// The directory in the volume: masked if `masked` is set, `None` if it is unknown or
    /// the container is not created.
    pub sub_path: Option<String>,
    /// Its status: `resolved`, `unresolved` or `runtime`.
    pub status: Status,
    /// The references and escapes in `subPathExpr`, in order.
    pub references: Vec<Reference>,
    /// True if it contains the value of a Secret, replaced by [`MASK`].
    ///
    /// [`MASK`]: crate::MASK
    pub masked: bool,
    /// The reason why there is no `subPath`, as a phrase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// The mount, such as `spec.containers[0].volumeMounts[1]`.
    pub path: FieldPath,
    /// Location of the `subPathExpr` in a file; the caller sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}
