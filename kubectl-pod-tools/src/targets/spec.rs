//! Targets as the command line names them.

use pod_model::kinds::{self, KindInfo};

use crate::cluster::Selection;
use crate::input::FilenameFlags;

/// The targets of a command.
#[derive(Clone, Debug)]
pub(crate) enum TargetSpec {
    /// Objects of files.
    Files {
        /// The files.
        filenames: FilenameFlags,
        /// The objects to choose; all that have a Pod template if `None`.
        refs: Option<Vec<TargetRef>>,
        /// `true` to not contact the cluster.
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
    /// Returns whether names or selectors choose the targets; `--all` does not.
    pub(crate) fn chooses(&self) -> bool {
        let refs = match self {
            Self::Files { refs: None, .. } => return false,
            Self::Files {
                refs: Some(refs), ..
            }
            | Self::Cluster { refs, .. } => refs,
        };
        refs.iter().any(|own| match own {
            TargetRef::Selected { selection, .. } => *selection != Selection::default(),
            TargetRef::Named(..) | TargetRef::Words(_) => true,
        })
    }

    /// Returns whether the targets are objects of files.
    pub(crate) fn is_files(&self) -> bool {
        matches!(self, Self::Files { .. })
    }
}

/// A reference to objects, by name or by selectors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TargetRef {
    /// One object.
    Named(TypeRef, String),
    /// All objects of a type that selectors match.
    Selected {
        /// The type, or `None` for Pods in the cluster and for every type in files.
        kind: Option<TypeRef>,
        /// The selectors; without any, all objects match.
        selection: Selection,
        /// `true` to search all namespaces instead of the current one.
        all_namespaces: bool,
    },
    /// Several words of which the first is not a built-in type: a TYPE and names, or names of
    /// Pods.
    Words(Vec<String>),
}

/// A type as the command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TypeRef {
    /// A built-in type.
    BuiltIn(&'static KindInfo),
    /// Another word, which the server may know.
    Word(String),
}

impl TypeRef {
    /// Returns the type that a word names.
    pub(crate) fn of(word: &str) -> Self {
        kinds::by_type(word).map_or_else(|| Self::Word(word.to_owned()), Self::BuiltIn)
    }
}
