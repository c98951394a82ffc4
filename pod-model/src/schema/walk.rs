//! The tree and the schema, walked together. The way down is a vector, so that
//! no nesting overflows the stack.

use super::builtin::{Builtin, DefinitionId, Field, Type, builtin};
use super::check::{MAX_DEPTH, MAX_FINDINGS};
use super::required::{has_no_empty_items, is_optional};
use super::unknown::unknown_field;
use super::value::wrong_type;
use crate::finding::Finding;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::tree::{Entry, Kind, NodeId};
use crate::version::KubernetesVersion;

/// The way out where an item of a list, or a value of a map, is null.
pub(super) const EMPTY_ITEM_HELP: &str = "remove the empty item, or write what it holds";

/// One walk over one object.
pub(super) struct Walk<'a> {
    pub(super) document: &'a Document,
    pub(super) version: KubernetesVersion,
    pub(super) builtin: &'static Builtin,
    pub(super) findings: &'a mut Vec<Finding>,
    /// The path of the node where the walk began.
    base: FieldPath,
    /// The open objects, maps and lists, the outermost first.
    open: Vec<Open<'a>>,
}

/// An object, map or list that is being read.
pub(super) struct Open<'a> {
    pub(super) children: Children<'a>,
    /// How many of its children were read.
    read: usize,
}

pub(super) enum Children<'a> {
    Object(DefinitionId, &'a [Entry]),
    Map(Type, &'a [Entry]),
    List(Type, &'a [NodeId]),
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        document: &'a Document,
        version: KubernetesVersion,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        Self {
            document,
            version,
            builtin: builtin(),
            findings,
            base: FieldPath::root(),
            open: Vec::new(),
        }
    }

    /// Checks a node that must be of a type, and all that is in it.
    pub(super) fn run(&mut self, root: NodeId, kind: Type, base: FieldPath) {
        self.base = base;
        self.value(root, kind, None);
        while self.findings.len() < MAX_FINDINGS
            && let Some(open) = self.open.last_mut()
        {
            let i = open.read;
            open.read += 1;
            match open.children {
                Children::Object(id, entries) => match entries.get(i) {
                    Some(entry) => self.field(id, entry),
                    None => self.close(),
                },
                Children::Map(inner, entries) => match entries.get(i) {
                    Some(entry) => self.value(entry.value, inner, Some(entry)),
                    None => self.close(),
                },
                Children::List(inner, elements) => match elements.get(i) {
                    Some(element) => self.value(*element, inner, None),
                    None => self.close(),
                },
            }
        }
    }

    fn close(&mut self) {
        self.open.pop();
    }

    fn field(&mut self, id: DefinitionId, entry: &'a Entry) {
        if let Some(field) = self.builtin.field(id, &entry.key, self.version) {
            self.value(entry.value, field.kind, Some(entry));
        } else {
            let finding = unknown_field(self, id, entry);
            self.findings.push(finding);
        }
    }

    fn value(&mut self, node: NodeId, kind: Type, entry: Option<&'a Entry>) {
        let tree = self.document.tree();
        let children = match (kind, tree.kind(node)) {
            // Go's decoder leaves a value as it is where null stands: in a list or
            // a map that is an object without fields.
            (Type::Object(id), Kind::Null) if !self.is_field() => {
                self.missing(id, None);
                self.empty_item();
                return;
            }
            (_, Kind::Null) => {
                self.empty_item();
                return;
            }
            (Type::Object(id), Kind::Mapping(entries)) => {
                self.missing(id, Some(entries));
                Children::Object(id, entries)
            }
            (Type::Map(inner), Kind::Mapping(entries)) => {
                Children::Map(self.builtin.inner(inner), entries)
            }
            (Type::List(inner), Kind::Sequence(elements)) => {
                Children::List(self.builtin.inner(inner), elements)
            }
            _ => {
                if let Some(finding) = wrong_type(self, node, kind, entry) {
                    self.findings.push(finding);
                }
                return;
            }
        };
        if self.open.len() < MAX_DEPTH {
            self.open.push(Open { children, read: 0 });
        }
    }

    /// Whether the value that is being looked at is a field's, and no element of a
    /// list and no value of a map.
    fn is_field(&self) -> bool {
        match self.open.last() {
            Some(open) => matches!(open.children, Children::Object(..)),
            None => true,
        }
    }

    /// Adds a finding where the value that is being looked at is a null item of a list
    /// that the server takes none in.
    fn empty_item(&mut self) {
        let [
            ..,
            outer,
            Open {
                children: Children::List(..),
                ..
            },
        ] = self.open.as_slice()
        else {
            return;
        };
        let Children::Object(id, entries) = outer.children else {
            return;
        };
        let Some(entry) = entries.get(outer.read.saturating_sub(1)) else {
            return;
        };
        if has_no_empty_items(self.builtin.short_name(id), &entry.key) {
            let message = format!(
                "an item of `{}` is empty, and the server refuses it",
                entry.key
            );
            self.findings.push(
                Finding::new(&rules::EMPTY_ITEM, self.path(), message.clone())
                    .label("nothing here")
                    .help(EMPTY_ITEM_HELP)
                    .redacted(message)
                    .redacted_help(EMPTY_ITEM_HELP),
            );
        }
    }

    /// Adds a finding for each required field that is not there: in an object, or in
    /// `None`, the null that stands for one.
    fn missing(&mut self, id: DefinitionId, entries: Option<&[Entry]>) {
        let builtin = self.builtin;
        let is_absent = |field: &&Field| {
            field.required
                && !entries.unwrap_or_default().iter().any(|entry| {
                    let null = matches!(self.document.tree().kind(entry.value), Kind::Null);
                    &*entry.key == field.name && !null
                })
        };
        let absent: Vec<&Field> = builtin.fields(id, self.version).filter(is_absent).collect();
        if absent.is_empty() || self.is_status() {
            return;
        }
        let (owner, path) = (builtin.short_name(id), self.path());
        // Of a template's owners nothing is asked: only an object of its own has any
        // (ValidateObjectMeta of the object, in k8s.io/apimachinery/pkg/api/validation).
        if owner == "OwnerReference" && !is_own_metadata(&path) {
            return;
        }
        for field in absent {
            if is_optional(owner, field.name, self.version) {
                continue;
            }
            let name = field.name;
            let message = format!("required field `{name}` of {owner} is missing");
            let finding = Finding::new(&rules::MISSING_FIELD, path.field(name), message.clone())
                .label(format!("no `{name}`"))
                .redacted(message);
            self.findings.push(match entries {
                Some(_) => finding,
                None => finding
                    .label("nothing here")
                    .help(EMPTY_ITEM_HELP)
                    .redacted_help(EMPTY_ITEM_HELP),
            });
        }
    }

    /// Whether this is below `status`, which the server writes itself.
    fn is_status(&self) -> bool {
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

/// Whether this is below the metadata of the object itself.
fn is_own_metadata(path: &FieldPath) -> bool {
    matches!(path.segments(), [Segment::Field(first), ..] if first == "metadata")
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
