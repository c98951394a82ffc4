//! One object, or a list of objects, that has to be looked up.

use super::kind::{LookupKind, LookupType};
use crate::selector::{FieldSelector, LabelSelector};

/// A look-up.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Need {
    /// The kind of the objects.
    pub kind: LookupKind,
    /// Their namespace; empty for a kind that has none.
    pub namespace: String,
    /// The objects of the kind that are needed.
    pub selection: Selection,
    /// True if the cluster is asked although a file has the object, because the
    /// API server adds to it. For several objects it always is.
    pub as_stored: bool,
    /// True if the run ends if the cluster cannot answer. Otherwise that is an answer, as
    /// it always is that the object does not exist or may not be read.
    pub is_required: bool,
}

/// The objects of a kind that are needed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Selection {
    /// The object of this name.
    Name(String),
    /// Those of the namespace whose labels match.
    Labels(LabelSelector),
    /// Those of the namespace whose fields match, such as the events of one object.
    Fields(FieldSelector),
    /// All of the namespace, or of the cluster for a kind that has none.
    All,
}

impl Need {
    /// A single object.
    pub fn named<K: LookupType>(namespace: &str, name: &str) -> Self {
        Self {
            kind: LookupKind::of::<K>(),
            namespace: namespace.to_owned(),
            selection: Selection::Name(name.to_owned()),
            as_stored: false,
            is_required: false,
        }
    }

    /// All objects of a kind in a namespace.
    pub fn all<K: LookupType>(namespace: &str) -> Self {
        Self {
            selection: Selection::All,
            ..Self::named::<K>(namespace, "")
        }
    }

    /// The objects of a kind in a namespace whose labels match.
    pub fn matching<K: LookupType>(namespace: &str, selector: LabelSelector) -> Self {
        Self {
            selection: Selection::Labels(selector),
            ..Self::named::<K>(namespace, "")
        }
    }

    /// The objects of a kind in a namespace whose fields match.
    pub fn with_fields<K: LookupType>(namespace: &str, selector: FieldSelector) -> Self {
        Self {
            selection: Selection::Fields(selector),
            ..Self::named::<K>(namespace, "")
        }
    }

    /// Also asks the cluster for an object that a file has.
    #[must_use]
    pub fn as_stored(mut self) -> Self {
        self.as_stored = true;
        self
    }

    /// Ends the run if the cluster cannot answer.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The name of the object, or `None` if several are needed.
    pub fn name(&self) -> Option<&str> {
        match &self.selection {
            Selection::Name(name) => Some(name),
            Selection::Labels(_) | Selection::Fields(_) | Selection::All => None,
        }
    }
}
