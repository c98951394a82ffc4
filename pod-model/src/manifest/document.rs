//! One object of an input.

use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::shared::Shared;

use crate::decode::{DecodeError, fields_of_node, from_node};
use crate::fields::Fields;
use crate::path::FieldPath;
use crate::source::{Location, Source, Span};
use crate::tree::{Found, Kind, NodeId, Tree};

/// An object as it was written: its values, and the way from a field path to
/// the place in the file.
#[derive(Clone, Debug)]
pub struct Document {
    shared: Arc<Shared>,
    root: NodeId,
    index: usize,
    /// For an item of a list: the path from the document to it.
    base: FieldPath,
    inherited: Inherited,
}

/// The `apiVersion` and `kind` that an item of a typed list, such as a `PodList`, inherits.
pub(super) type Inherited = Option<Arc<(Box<str>, Box<str>)>>;

impl Document {
    pub(super) fn new(source: Arc<Source>, tree: Tree, index: usize) -> Self {
        Self {
            root: tree.root(),
            shared: Arc::new(Shared::new(source, tree)),
            index,
            base: FieldPath::root(),
            inherited: None,
        }
    }

    /// An item of a list that has a tree of its own.
    pub(super) fn item_alone(
        source: Arc<Source>,
        tree: Tree,
        list: usize,
        index: usize,
        bequest: &Inherited,
    ) -> Self {
        let own = Self::new(source, tree, list);
        let inherited = own.taken(own.root, bequest);
        Self {
            base: FieldPath::root().field("items").index(index),
            inherited,
            ..own
        }
    }

    /// Returns the type that the items inherit, if it is a list of one kind.
    pub(super) fn bequest(&self) -> Inherited {
        let kind = self.kind().filter(|kind| *kind != "List")?;
        let kind = kind.strip_suffix("List").unwrap_or(kind);
        Some(Arc::new((self.api_version()?.into(), kind.into())))
    }

    /// An item of the list, with its [`Document::bequest`], which one that says
    /// anything of itself does not take.
    pub(super) fn item(&self, index: usize, root: NodeId, bequest: &Inherited) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            root,
            index: self.index,
            base: self.base.field("items").index(index),
            inherited: self.taken(root, bequest),
        }
    }

    /// Returns what an item of a list takes of a bequest.
    fn taken(&self, item: NodeId, bequest: &Inherited) -> Inherited {
        let tree = self.tree();
        let says = |field| tree.get(item, field).and_then(|id| tree.str(id));
        let is_told = ["kind", "apiVersion"]
            .into_iter()
            .any(|field| says(field).is_some_and(|text| !text.is_empty()));
        bequest.clone().filter(|_| !is_told)
    }

    /// Returns the parts shared with the other objects of its document.
    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The input that it stands in.
    pub fn source(&self) -> &Arc<Source> {
        &self.shared.source
    }

    /// The tree that it stands in; [`Document::root`] is its own node there.
    pub fn tree(&self) -> &Tree {
        &self.shared.tree
    }

    /// The object's node.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// The number of the document in its input, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The path from the document to this object: empty, or `items[3]`.
    pub fn base(&self) -> &FieldPath {
        &self.base
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        let mut id = self.root;
        for name in path {
            id = self.tree().get(id, name)?;
        }
        self.tree().str(id)
    }

    /// `apiVersion`, where it is a string.
    pub fn api_version(&self) -> Option<&str> {
        self.text(&["apiVersion"])
            .or_else(|| self.inherited.as_ref().map(|of_list| &*of_list.0))
    }

    /// `kind`, where it is a string.
    pub fn kind(&self) -> Option<&str> {
        self.text(&["kind"])
            .or_else(|| self.inherited.as_ref().map(|of_list| &*of_list.1))
    }

    /// `metadata.name`, where it is a string.
    pub fn name(&self) -> Option<&str> {
        self.text(&["metadata", "name"])
    }

    /// `metadata.namespace`, where it is a string.
    pub fn namespace(&self) -> Option<&str> {
        self.text(&["metadata", "namespace"])
    }

    /// Returns the place of a field, or `None` if the object does not have it (it was
    /// defaulted, or belongs to the cluster).
    pub fn find(&self, path: &FieldPath) -> Option<Found> {
        self.tree().find_from(self.root, path.segments())
    }

    /// Returns the place of a field, or of its innermost parent that exists.
    pub fn find_nearest(&self, path: &FieldPath) -> Found {
        self.tree().find_nearest_from(self.root, path.segments())
    }

    /// A place in this object's file.
    pub fn location(&self, span: Span) -> Location {
        self.source().location(span)
    }

    /// The place of a field's value.
    pub fn locate(&self, path: &FieldPath) -> Option<Location> {
        self.find(path).map(|found| self.location(found.span()))
    }

    /// The object as a type of the API.
    ///
    /// # Errors
    /// The first value of a wrong type, with its path and place. Fields that
    /// the type does not know are skipped; `check` finds all of both.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        from_node(self.tree(), self.root)
    }

    /// Some fields of the object as a type of the API.
    ///
    /// # Errors
    /// Those of [`Document::decode`], for these fields.
    pub fn decode_fields<T: DeserializeOwned>(&self, fields: Fields) -> Result<T, DecodeError> {
        fields_of_node(self.tree(), self.root, fields)
    }

    /// A part of the object as a type of the API; none where it is absent or
    /// null.
    ///
    /// # Errors
    /// Those of [`Document::decode`], with the path from the object's root.
    pub fn decode_at<T: DeserializeOwned>(
        &self,
        path: &FieldPath,
    ) -> Result<Option<T>, DecodeError> {
        let Some(found) = self.find(path) else {
            return Ok(None);
        };
        if *self.tree().kind(found.node) == Kind::Null {
            return Ok(None);
        }
        from_node(self.tree(), found.node)
            .map(Some)
            .map_err(|error| DecodeError {
                path: path.join(&error.path),
                ..error
            })
    }

    /// Returns whether the object nests deeper than anything of the API's: it cannot be
    /// made a value of then. The tree of the whole document counts.
    pub fn is_too_deep(&self) -> bool {
        self.shared.depth() > crate::decode::MAX_DEPTH
    }

    /// The object as a JSON value, `apiVersion` and `kind` included when they
    /// come from the list around it.
    ///
    /// # Errors
    /// Nesting beyond what an API object can have.
    pub fn to_value(&self) -> Result<serde_json::Value, DecodeError> {
        let mut value: serde_json::Value = from_node(self.tree(), self.root)?;
        if let (Some(of_list), Some(object)) = (&self.inherited, value.as_object_mut()) {
            for (key, text) in [("kind", &of_list.1), ("apiVersion", &of_list.0)] {
                if !object.contains_key(key) {
                    object.shift_insert(0, key.to_owned(), text.to_string().into());
                }
            }
        }
        Ok(value)
    }

    /// The object as compact JSON, as it was written.
    pub fn to_json(&self) -> String {
        self.tree().to_json(self.root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::manifest::read;
    use crate::rules;

    const TEXT: &str = "\
env:
- name: URL
  value: $(A)/$(B)/$(A)
- {name: B, value: \"b\"}
- name: C
  value: |
    x $(A)
    y $(A)
kind: Pod
";

    fn place(finding: Finding) -> Finding {
        let manifest = read("f.yaml", TEXT.into());
        manifest.documents[0].place(vec![finding]).remove(0)
    }

    #[test]
    fn a_part_of_a_string_has_its_own_place() {
        let value = "$(A)/$(B)/$(A)";
        let block = "x $(A)\ny $(A)\n";
        let table = [
            ("env[0].value", value, 0..4, "f.yaml:3:10"),
            ("env[0].value", value, 5..9, "f.yaml:3:15"),
            ("env[0].value", value, 10..14, "f.yaml:3:20"),
            ("env[2].value", block, 9..13, "f.yaml:8:7"),
            // What is written otherwise than it reads is shown as a whole.
            ("env[1].value", "\u{e9}b", 0..2, "f.yaml:4:20"),
        ];
        for (path, text, range, expected) in table {
            let finding =
                Finding::new(&rules::INVALID, FieldPath::parse(path), "m").part(text, range);
            let location = place(finding).location.unwrap();
            assert_eq!(location.to_string(), expected, "{path} {text}");
        }
    }

    #[test]
    fn related_fields_become_places() {
        let finding = Finding::new(&rules::INVALID, FieldPath::parse("env[0].value"), "m")
            .related_path("defined here", FieldPath::parse("env[1].name"));
        let placed = place(finding);
        assert!(placed.related_paths.is_empty());
        assert_eq!(placed.related[0].location.to_string(), "f.yaml:4:10");
    }

    /// Upstream: `decodeToList` of `k8s.io/apimachinery/pkg/apis/meta/v1/unstructured`,
    /// which gives an item both words or none.
    #[test]
    fn an_item_says_what_it_is_by_itself_or_by_its_list() {
        let text = "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n- {kind: Pod, metadata: {name: b}}\n- {metadata: {name: c}, apiVersion: v1}\n- {metadata: {name: d}, kind: Pod, apiVersion: v1}\n";
        let manifest = read("f.yaml", text.into());
        let found: Vec<_> = manifest
            .documents
            .iter()
            .map(|own| own.to_value().unwrap().to_string())
            .collect();
        let expected = [
            r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}"#,
            r#"{"kind":"Pod","metadata":{"name":"b"}}"#,
            r#"{"metadata":{"name":"c"},"apiVersion":"v1"}"#,
            r#"{"metadata":{"name":"d"},"kind":"Pod","apiVersion":"v1"}"#,
        ];
        assert_eq!(found, expected);
    }
}
