//! The tree and the schema, walked together. The way down is a vector, so that
//! no nesting overflows the stack.

use super::limits::{MAX_DEPTH, MAX_FINDINGS};
use super::position::{Children, Open, Position};
use super::required::{EMPTY_ITEM_HELP, has_no_empty_items, is_optional};
use super::unknown::unknown_field;
use super::value::wrong_type;
use crate::finding::Finding;
use crate::gated_fields;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::schema::{DefinitionId, Field, Type, builtin};
use crate::severity::Severity;
use crate::tree::{Entry, Kind, NodeId};
use crate::version::KubernetesVersion;

/// One walk over one object.
pub(super) struct Walk<'a> {
    at: Position<'a>,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        document: &'a Document,
        version: KubernetesVersion,
        findings: &'a mut Vec<Finding>,
    ) -> Self {
        Self {
            at: Position {
                document,
                version,
                builtin: builtin(),
                base: FieldPath::root(),
                open: Vec::new(),
            },
            findings,
        }
    }

    /// Checks a node that must be of a type, and all that is in it.
    pub(super) fn run(&mut self, root: NodeId, kind: Type, base: FieldPath) {
        self.at.base = base;
        self.value(root, kind, None);
        while self.findings.len() < MAX_FINDINGS
            && let Some(open) = self.at.open.last_mut()
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
        self.at.open.pop();
    }

    fn field(&mut self, id: DefinitionId, entry: &'a Entry) {
        if let Some(field) = self.at.builtin.field(id, &entry.key, self.at.version) {
            self.value(entry.value, field.kind, Some(entry));
        } else {
            let finding = unknown_field(&self.at, id, entry);
            self.findings.push(finding);
        }
    }

    fn value(&mut self, node: NodeId, kind: Type, entry: Option<&'a Entry>) {
        let tree = self.at.document.tree();
        let children = match (kind, tree.kind(node)) {
            // Go's decoder leaves a value as it is where null stands: in a list or
            // a map that is an object without fields.
            (Type::Object(id), Kind::Null) if !self.at.is_field() => {
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
                Children::Map(self.at.builtin.inner(inner), entries)
            }
            (Type::List(inner), Kind::Sequence(elements)) => {
                Children::List(self.at.builtin.inner(inner), elements)
            }
            _ => {
                if let Some(finding) = wrong_type(&self.at, node, kind, entry) {
                    self.findings.push(finding);
                }
                return;
            }
        };
        if self.at.open.len() < MAX_DEPTH {
            self.at.open.push(Open { children, read: 0 });
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
        ] = self.at.open.as_slice()
        else {
            return;
        };
        let Children::Object(id, entries) = outer.children else {
            return;
        };
        let Some(entry) = entries.get(outer.read.saturating_sub(1)) else {
            return;
        };
        if has_no_empty_items(self.at.builtin.short_name(id), &entry.key) {
            let message = format!("empty item in `{}`, which the server refuses", entry.key);
            self.findings.push(
                Finding::new(&rules::EMPTY_ITEM, self.at.path(), message.clone())
                    .label("empty")
                    .help(EMPTY_ITEM_HELP)
                    .redacted(message)
                    .redacted_help(EMPTY_ITEM_HELP),
            );
        }
    }

    /// Returns whether this is in a field that the server drops.
    fn is_dropped(&self) -> bool {
        self.at.open.iter().any(|open| {
            let Children::Object(id, entries) = open.children else {
                return false;
            };
            let entry = open.read.checked_sub(1).and_then(|at| entries.get(at));
            entry.is_some_and(|entry| gated_fields::is_dropped(id, &entry.key, self.at.version))
        })
    }

    /// Adds a finding for each required field that is not there: in an object, or in
    /// `None`, the null that stands for one.
    fn missing(&mut self, id: DefinitionId, entries: Option<&[Entry]>) {
        let builtin = self.at.builtin;
        let is_absent = |field: &&Field| {
            field.required
                && !entries.unwrap_or_default().iter().any(|entry| {
                    let null = matches!(self.at.document.tree().kind(entry.value), Kind::Null);
                    &*entry.key == field.name && !null
                })
        };
        let absent: Vec<&Field> = builtin
            .fields(id, self.at.version)
            .filter(is_absent)
            .collect();
        if absent.is_empty() || self.at.is_status() || self.is_dropped() {
            return;
        }
        let (owner, path) = (builtin.short_name(id), self.at.path());
        // Of a template's owners nothing is asked: only an object of its own has any
        // (ValidateObjectMeta of the object, in k8s.io/apimachinery/pkg/api/validation).
        if owner == "OwnerReference" && !is_own_metadata(&path) {
            return;
        }
        let is_unvalidated = is_unvalidated(self.at.document, &path, self.at.version);
        for field in absent {
            if is_optional(owner, field.name, self.at.version) {
                continue;
            }
            let name = field.name;
            let message = format!("missing required field `{name}` in {owner}");
            let mut finding =
                Finding::new(&rules::MISSING_FIELD, path.field(name), message.clone())
                    .label(format!("missing `{name}`"))
                    .redacted(message);
            if is_unvalidated {
                finding = finding.with_severity(Severity::Warning);
            }
            self.findings.push(match entries {
                Some(_) => finding,
                None => finding
                    .label("empty")
                    .help(EMPTY_ITEM_HELP)
                    .redacted_help(EMPTY_ITEM_HELP),
            });
        }
    }
}

/// Returns whether this is in the Pod template of a StatefulSet that the server of a version
/// stores as it is: no Pod is made of it then, but it takes the object
/// (`ValidatePodTemplateSpecForStatefulSet` in k8s.io/kubernetes/pkg/apis/apps/validation).
fn is_unvalidated(document: &Document, path: &FieldPath, version: KubernetesVersion) -> bool {
    version < KubernetesVersion::V1_34
        && document.kind() == Some("StatefulSet")
        && matches!(path.segments(), [Segment::Field(spec), Segment::Field(template), ..] if spec == "spec" && template == "template")
}

/// Returns whether this is below the metadata of the object itself.
fn is_own_metadata(path: &FieldPath) -> bool {
    matches!(path.segments(), [Segment::Field(first), ..] if first == "metadata")
}
