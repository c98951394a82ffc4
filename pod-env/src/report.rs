//! The answer, as `-o json` writes it.
//!
//! The names of the fields, and the words in them, are relied upon by scripts.

use pod_model::{ContainerType, FieldPath, Location};
use serde::Serialize;

use crate::service_links::is_link_name;

/// Text of a report in the place of a Secret's value.
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
    /// When it runs.
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    /// Its variables in the order in which the kubelet builds them: envFrom,
    /// env, what is left of the Services, and what the runtime adds. A variable
    /// that was set more than once stands here as often.
    pub env: Vec<EnvVar>,
    /// `command` after expansion; empty where the image decides.
    pub command: Vec<String>,
    /// `args` after expansion; empty where the image decides.
    pub args: Vec<String>,
    /// The references in `command` and `args`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub command_references: Vec<CommandReference>,
    /// The volume mounts that have a `subPathExpr`, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<Mount>,
    /// Sources that could not be read, so that there may be more variables than these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
    /// Whether the variables of the image are among these.
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
    /// Why it was not read: `forbidden` or `not asked`.
    pub reason: &'static str,
}

impl Unread {
    /// Whether a variable of this name could be from it.
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
    /// The value that the container sees: masked if `masked` is set, `None` if it
    /// cannot be known, for which `unknown` is the reason.
    pub value: Option<String>,
    /// The text of `value` in the manifest before expansion; none for a value
    /// from elsewhere.
    pub raw: Option<String>,
    /// How it ended.
    pub status: Status,
    /// Where the value comes from.
    pub source: Source,
    /// The references and escapes in `raw`, in order.
    pub references: Vec<Reference>,
    /// Whether a Secret's value is in it and was replaced by [`MASK`].
    ///
    /// [`MASK`]: crate::MASK
    pub masked: bool,
    /// Why there is no value, to follow "the value is …".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// Which earlier entries of `env` it takes the place of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<usize>,
    /// Which later entry of `env` takes its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overridden_by: Option<usize>,
    /// Whether a POSIX shell can name it.
    pub shell_name: bool,
    /// Whether the value is not UTF-8 and is shown with replacement characters.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub lossy: bool,
    /// The entry of the manifest, such as `spec.containers[0].env[2]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
    /// Where that entry stands; the shell fills it in for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// The value as the container sees it, for comparisons and exports. It is
    /// never serialized: Secrets are in it.
    #[serde(skip)]
    pub bytes: Option<Plain>,
}

/// A value without its mask. `Debug` keeps it to itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain(Vec<u8>);

impl Plain {
    /// Wraps a value.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The value.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Plain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Plain({} bytes)", self.0.len())
    }
}

/// How a definition ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The container sees the value.
    #[default]
    Resolved,
    /// Something that it needs is not there, or could not be read.
    Unresolved,
    /// The kubelet leaves it out.
    Skipped,
    /// A later definition of the name takes its place.
    Overridden,
    /// Set by the container runtime or known only once the Pod runs.
    Runtime,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// The kind of place.
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
    /// Where that was read: a file with line and column of the key, or of the
    /// object, or `cluster`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

impl Source {
    /// A source with nothing but its sort.
    pub fn new(kind: SourceKind) -> Self {
        Self {
            kind,
            name: None,
            key: None,
            path: None,
            origin: None,
        }
    }

    /// Says which object.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Says which key.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Says which field, resource or file.
    #[must_use]
    pub fn path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

/// The sorts of places that values come from.
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
    /// The name between the parentheses; for an escape, what the escape kept
    /// from being a reference, or `$`.
    pub name: String,
    /// Its result.
    pub status: ReferenceStatus,
    /// Where it begins in `raw`, in bytes from 0.
    pub offset: usize,
    /// How long it is, in bytes.
    pub length: usize,
    /// The definition that answered: an index into `env`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<usize>,
}

/// The result of a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ReferenceStatus {
    /// Replaced by a value.
    Expanded,
    /// Nothing of that name is defined before it: it stays as it stands.
    Undefined,
    /// `$$`, which becomes `$`.
    Escaped,
    /// Its possible definition was not read, or has no value yet.
    Unknown,
}

/// A reference in `command` or `args`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CommandReference {
    /// The string that it stands in, such as `spec.containers[0].args[1]`.
    pub path: FieldPath,
    /// The reference.
    #[serde(flatten)]
    pub reference: Reference,
}

/// A volume mount whose sub-path is made of variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Mount {
    /// The volume's name.
    pub name: String,
    /// Where it is mounted.
    pub mount_path: String,
    /// `subPathExpr` as it is written.
    pub sub_path_expr: String,
    /// The directory in the volume: masked where `masked` says so, none where it
    /// is not known or the kubelet makes no container.
    pub sub_path: Option<String>,
    /// How it ended: `resolved`, `unresolved` or `runtime`.
    pub status: Status,
    /// The references and escapes in `subPathExpr`, in order.
    pub references: Vec<Reference>,
    /// Whether a Secret's value is in it and was replaced by [`MASK`].
    ///
    /// [`MASK`]: crate::MASK
    pub masked: bool,
    /// Why there is no `subPath`, to follow "the value is …".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<String>,
    /// The mount, such as `spec.containers[0].volumeMounts[1]`.
    pub path: FieldPath,
    /// Where that stands; the shell fills it in for files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}
