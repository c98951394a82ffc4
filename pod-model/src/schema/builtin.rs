//! The schema in memory: definitions and their fields in two arenas.

use std::collections::HashMap;

use crate::version::KubernetesVersion;

/// A definition's index in [`Builtin`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DefinitionId(pub(crate) u16);

/// A type's index in [`Builtin`], for what a list or a map holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TypeId(pub(crate) u16);

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Anything at all.
    Any,
    /// A string.
    String,
    /// A boolean.
    Boolean,
    /// A whole number of 32 bits.
    Int32,
    /// A whole number of 64 bits.
    Int64,
    /// A number.
    Number,
    /// An amount such as `100m` or `1Gi`, with or without quotes.
    Quantity,
    /// A whole number of 32 bits, or a string such as `http` or `25%`.
    IntOrString,
    /// A time, RFC 3339.
    Time,
    /// A time with six digits of a second.
    MicroTime,
    /// Bytes as base64.
    Bytes,
    /// A list.
    List(TypeId),
    /// A map from strings.
    Map(TypeId),
    /// An object with fields.
    Object(DefinitionId),
}

/// The versions from `since` to `until`, both included, by their minor number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) since: u8,
    pub(crate) until: u8,
}

impl Range {
    pub(crate) const ALL: Self = Self {
        since: 0,
        until: u8::MAX,
    };

    pub(crate) fn has(self, version: KubernetesVersion) -> bool {
        (self.since..=self.until).contains(&version.minor())
    }
}

/// The merge strategy of a list
/// (`x-kubernetes-list-type`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// Not at all: the list is replaced. What is no list is this, too.
    Atomic,
    /// By their value.
    Set,
    /// By some of their fields: `name:`, `containerPort:0,protocol:TCP`.
    Map(&'static str),
}

impl ListType {
    /// The fields that make the key of an element, each with its default as
    /// text; none where there is no default.
    pub fn keys(self) -> impl Iterator<Item = (&'static str, Option<&'static str>)> {
        let keys = match self {
            Self::Map(keys) => keys,
            Self::Atomic | Self::Set => "",
        };
        let keys = keys.split(',').filter(|key| !key.is_empty());
        keys.map(|key| match key.split_once(':') {
            Some((name, default)) => (name, Some(default)),
            None => (key, None),
        })
    }
}

/// A field of an object.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The type of its value.
    pub kind: Type,
    /// True if the schema requires it.
    pub required: bool,
    /// The merge strategy of server-side apply for a list.
    pub list: ListType,
    pub(crate) range: Range,
}

/// An object's fields.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    /// `io.k8s.api.core.v1.Container`.
    pub name: &'static str,
    /// Start of its fields in [`Builtin::fields`].
    pub(crate) first: u16,
    pub(crate) end: u16,
}

/// A kind and where its schema is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KindRow {
    pub(crate) api_version: &'static str,
    pub(crate) kind: &'static str,
    /// The resource's plural, and whether it lives in a namespace.
    pub(crate) resource: Option<(&'static str, bool)>,
    /// With commas between them.
    pub(crate) short_names: &'static str,
    pub(crate) definition: DefinitionId,
    pub(crate) range: Range,
}

/// A kind that is stored and has names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resource {
    /// `apps/v1`.
    pub api_version: &'static str,
    /// `Deployment`.
    pub kind: &'static str,
    /// `deployments`.
    pub plural: &'static str,
    /// `deploy`; several with commas between them.
    pub short_names: &'static str,
    /// True if its objects live in namespaces.
    pub namespaced: bool,
}

/// The schema of every known version.
#[derive(Debug, Default)]
pub struct Builtin {
    pub(crate) types: Vec<Type>,
    pub(crate) definitions: Vec<Definition>,
    pub(crate) fields: Vec<Field>,
    pub(crate) kinds: Vec<KindRow>,
    /// The rows of `kinds` by their kind, in the order of the file.
    pub(crate) by_kind: HashMap<&'static str, Vec<u16>>,
}

impl Builtin {
    /// The schema of a kind in a version.
    pub fn definition(
        &self,
        api_version: &str,
        kind: &str,
        version: KubernetesVersion,
    ) -> Option<DefinitionId> {
        let mut rows = self.rows(kind);
        rows.find(|row| row.api_version == api_version && row.range.has(version))
            .map(|row| row.definition)
    }

    /// The rows of a kind in all groups and versions.
    pub(crate) fn rows(&self, kind: &str) -> impl Iterator<Item = &KindRow> {
        let rows = self.by_kind.get(kind).map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(|i| self.kinds.get(usize::from(*i)))
    }

    /// Returns whether Kubernetes has or had a kind of this name.
    pub(crate) fn kinds_named(&self, kind: &str) -> bool {
        self.by_kind.contains_key(kind)
    }

    /// Returns the resources of a version.
    pub fn resources(&self, version: KubernetesVersion) -> impl Iterator<Item = Resource> {
        let rows = self.kinds.iter().filter(move |row| row.range.has(version));
        rows.filter_map(|row| {
            let (plural, namespaced) = row.resource?;
            Some(Resource {
                api_version: row.api_version,
                kind: row.kind,
                plural,
                short_names: row.short_names,
                namespaced,
            })
        })
    }

    /// The definition of this name.
    pub(crate) fn named(&self, name: &str) -> Option<DefinitionId> {
        let at = self.definitions.iter().position(|d| d.name == name)?;
        u16::try_from(at).ok().map(DefinitionId)
    }

    /// The definitions whose last name is this one.
    #[cfg(test)]
    pub(crate) fn definitions_named(&self, name: &str) -> impl Iterator<Item = DefinitionId> {
        let all = (0..).zip(&self.definitions).map(|(i, _)| DefinitionId(i));
        all.filter(move |id| self.short_name(*id) == name)
    }

    /// The name of a definition without its package: `Container`.
    pub(crate) fn short_name(&self, id: DefinitionId) -> &'static str {
        let name = self.name(id);
        name.rsplit('.').next().unwrap_or(name)
    }

    /// The name of a definition.
    pub fn name(&self, id: DefinitionId) -> &'static str {
        self.definitions
            .get(usize::from(id.0))
            .map_or("", |d| d.name)
    }

    /// An object's fields in all versions, in the order of their names.
    pub(crate) fn all_fields(&self, id: DefinitionId) -> &[Field] {
        let definition = self.definitions.get(usize::from(id.0));
        definition
            .and_then(|d| self.fields.get(usize::from(d.first)..usize::from(d.end)))
            .unwrap_or(&[])
    }

    /// An object's fields in a version, in the order of their names.
    pub fn fields(
        &self,
        id: DefinitionId,
        version: KubernetesVersion,
    ) -> impl Iterator<Item = &Field> {
        let fields = self.all_fields(id).iter();
        fields.filter(move |field| field.range.has(version))
    }

    /// A field of an object in a version.
    pub fn field(
        &self,
        id: DefinitionId,
        name: &str,
        version: KubernetesVersion,
    ) -> Option<&Field> {
        let fields = self.all_fields(id);
        let first = fields.partition_point(|field| field.name < name);
        let named = fields[first..].iter().take_while(|f| f.name == name);
        named.into_iter().find(|field| field.range.has(version))
    }

    /// Returns the type of the elements of a list or map.
    pub fn inner(&self, id: TypeId) -> Type {
        self.types
            .get(usize::from(id.0))
            .copied()
            .unwrap_or(Type::Any)
    }
}
