//! The objects of the input that answer look-ups, decoded once.

use std::collections::{BTreeMap, HashSet};

use pod_model::lookup::{Answers, LookupKind, Need, Origin};
use pod_model::{FieldPath, Segment};

use crate::error::Failure;
use crate::exit::Exit;
use crate::targets::LocalObject;

/// The answers of the input, and the objects that cannot be decoded.
#[derive(Default)]
pub(super) struct LocalAnswers {
    pub answers: Answers,
    pub broken: Vec<Broken>,
}

/// An object that cannot be decoded as its kind.
pub(super) struct Broken {
    kind: LookupKind,
    namespace: String,
    /// `None` if an earlier object has the name.
    name: Option<String>,
    failure: Failure,
}

impl LocalAnswers {
    pub(super) fn of(objects: &[LocalObject]) -> Self {
        let mut local = Self::default();
        let mut names = HashSet::new();
        for object in objects {
            let LocalObject { kind, name, .. } = object;
            // Cluster-wide objects answer for every namespace.
            let namespace = if kind.is_namespaced() {
                object.namespace.as_str()
            } else {
                ""
            };
            let is_first = names.insert((kind, namespace, name));
            match kind.decode(&object.document) {
                Ok(decoded) => {
                    let origin = origin(object);
                    local
                        .answers
                        .add_from_file(*kind, namespace, name, decoded, origin);
                }
                Err(error) => local.broken.push(Broken {
                    kind: *kind,
                    namespace: namespace.to_owned(),
                    name: is_first.then(|| name.clone()),
                    failure: failure(object, error),
                }),
            }
        }
        local
    }
}

impl Broken {
    /// Returns the failure if the object answers this need.
    pub(super) fn failure(&self, need: &Need) -> Option<&Failure> {
        let is_it = match need.name() {
            Some(name) => self.name.as_deref() == Some(name),
            None => true,
        };
        let is_it = is_it && (self.kind, &self.namespace) == (need.kind, &need.namespace);
        is_it.then_some(&self.failure)
    }
}

fn failure(object: &LocalObject, error: pod_model::DecodeError) -> Failure {
    let document = &object.document;
    let place = document.location(error.span);
    let (kind, name) = (object.kind.kind(), &object.name);
    let (path, why) = if document.may_be_secret() {
        let path = document.certain_path(&error.path);
        let why = without_value(&path);
        (path, why)
    } else {
        (error.path, error.message.as_str())
    };
    let message = format!("cannot decode {kind} `{name}`: {place}: {path}: {why}");
    Failure::new(Exit::Failure, message)
}

/// Returns the place of an object, with those of the keys of its data. In a Secret
/// those of `stringData` win.
fn origin(object: &LocalObject) -> Origin {
    let document = &object.document;
    let span = document.find_nearest(&FieldPath::root());
    let place = document.location(span.headline(document.tree()));
    let tree = document.tree();
    let fields = ["data", "stringData"];
    let of_fields = fields
        .iter()
        .filter_map(|field| tree.get(document.root(), field));
    let mut keys = BTreeMap::new();
    for entry in of_fields.flat_map(|data| tree.entries(data)) {
        let place = document.location(entry.key_span).to_string();
        keys.insert(entry.key.to_string(), place);
    }
    Origin::with_keys(place.to_string(), keys)
}

/// Returns the error at a path of a Secret. That of the decoder would quote the value.
fn without_value(path: &FieldPath) -> &'static str {
    match path.segments() {
        [Segment::Field(field), Segment::Field(_)] if field == "stringData" => "must be a string",
        [Segment::Field(field), Segment::Field(_)] if field == "data" => {
            "must be a string in Base64; use stringData for plain text"
        }
        _ => "has the wrong type",
    }
}
