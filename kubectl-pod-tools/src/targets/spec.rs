//! Targets as a person names them, before a server is known.

use pod_model::kinds::{self, KindInfo};

use crate::cluster::Selection;
use crate::input::FilenameFlags;

/// Objects that a command is about.
#[derive(Clone, Debug)]
pub(crate) enum TargetSpec {
    /// Objects of files.
    Files {
        /// The files.
        filenames: FilenameFlags,
        /// Which of their objects; all that have a Pod template if `None`.
        refs: Option<Vec<TargetRef>>,
        /// Never ask the cluster.
        offline: bool,
    },
    /// Objects in the cluster.
    Cluster {
        /// Their names.
        refs: Vec<TargetRef>,
        /// The words that run the command, such as `kubectl pod-env`.
        command: String,
    },
}

impl TargetSpec {
    /// Whether the targets are objects of files.
    pub(crate) fn is_files(&self) -> bool {
        matches!(self, Self::Files { .. })
    }
}

/// Some objects, by name or by selectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TargetRef {
    /// One object.
    Named(TypeRef, String),
    /// All objects of a type that selectors match.
    Selected {
        /// The type. Without one: Pods in the cluster, and every type in files.
        kind: Option<TypeRef>,
        /// The selectors; without any all objects match.
        selection: Selection,
        /// In all namespaces, rather than in the current one.
        all_namespaces: bool,
    },
    /// Words of which none is a built-in type: a TYPE and names, or names of Pods.
    Words(Vec<String>),
}

/// A type as a person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeRef {
    /// A built-in type.
    BuiltIn(&'static KindInfo),
    /// A word that only the server can know.
    Word(String),
}

impl TypeRef {
    /// Returns the type that a word names.
    pub(crate) fn of(word: &str) -> Self {
        kinds::by_type(word).map_or_else(|| Self::Word(word.to_owned()), Self::BuiltIn)
    }
}
