//! The place at which a walk over an object is: its value, type and path.

use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::schema::{Builtin, DefinitionId, Type};
use crate::tree::{Entry, NodeId};
use crate::version::KubernetesVersion;

/// The place at which a walk over one object is.
pub(super) struct Position<'a> {
    pub(super) document: &'a Document,
    pub(super) version: KubernetesVersion,
    pub(super) builtin: &'static Builtin,
    /// The path of the node where the walk began.
    pub(super) base: FieldPath,
    /// The open objects, maps and lists, the outermost first.
    pub(super) open: Vec<Open<'a>>,
}

/// An object, map or list that is being read.
pub(super) struct Open<'a> {
    pub(super) children: Children<'a>,
    /// Number of its children that were read.
    pub(super) read: usize,
}

pub(super) enum Children<'a> {
    Object(DefinitionId, &'a [Entry]),
    Map(Type, &'a [Entry]),
    List(Type, &'a [NodeId]),
}

impl Position<'_> {
    /// Returns whether the value that is being looked at is a field's, and no element of a
    /// list and no value of a map.
    pub(super) fn is_field(&self) -> bool {
        match self.open.last() {
            Some(open) => matches!(open.children, Children::Object(..)),
            None => true,
        }
    }

    /// Returns whether this is below `status`, which the server writes itself.
    pub(super) fn is_status(&self) -> bool {
        match self.path().segments() {
            [Segment::Field(first), ..] => first == "status",
            _ => false,
        }
    }

    /// The innermost object around the one being read that has the field, and
    /// its path.
    pub(super) fn around(&self, field: &str) -> Option<FieldPath> {
        let has = |open: &Open| match open.children {
            Children::Object(id, _) => self.builtin.field(id, field, self.version).is_some(),
            _ => false,
        };
        let (_, outer) = self.open.split_last()?;
        let depth = outer.iter().rposition(has)?;
        Some(self.path_to(depth))
    }

    /// The path of an open object.
    fn path_to(&self, depth: usize) -> FieldPath {
        let mut path = self.base.clone();
        let outer = self.open.iter().take(depth);
        outer.for_each(|open| path.push(open.segment()));
        path
    }

    /// The path of the value that is being looked at.
    pub(super) fn path(&self) -> FieldPath {
        self.path_to(self.open.len())
    }
}

impl Open<'_> {
    /// The step to the child that is being read.
    fn segment(&self) -> Segment {
        let i = self.read.saturating_sub(1);
        match self.children {
            Children::Object(_, entries) | Children::Map(_, entries) => {
                let key = entries.get(i).map(|entry| entry.key.to_string());
                Segment::Field(key.unwrap_or_default().into())
            }
            Children::List(..) => Segment::Index(i),
        }
    }
}
