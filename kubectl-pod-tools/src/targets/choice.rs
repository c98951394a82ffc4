//! One choice among the objects of files: by a name, or by a selector.

use pod_model::Document;
use pod_model::kinds::{by_kind, group_of, names_kind};
use pod_model::selector::{FieldSelector, LabelSelector};
use serde_json::{Value, json};

use super::candidate::Candidate;
use super::live::without_template;
use super::object::Object;
use super::selector::{parse_field_selector, parse_label_selector};
use super::spec::{TargetRef, TypeRef};
use super::target::TemplateKind;
use crate::cluster::object_name;
use crate::error::Failure;
use crate::exit::Exit;

/// Objects of files that can be targets of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Eligible {
    /// All objects.
    All,
    /// Pods, and objects with a Pod template.
    WithPodTemplate,
}

/// Namespaces of the objects of files.
pub(crate) struct Namespaces<'a> {
    /// The namespace of `-n`, if it is given.
    pub only: Option<&'a str>,
    /// Namespace of objects that name none.
    pub default: &'a str,
}

/// Fields that a selector without a TYPE compares. One that no chosen kind has is mistyped.
#[derive(Default)]
pub(super) struct ComparedFields {
    /// `true` if an object was compared.
    is_supported: bool,
    /// A field that the kind of an object does not have, with those that it has.
    unsupported: Option<(String, Vec<&'static str>)>,
}

impl ComparedFields {
    pub(super) fn merge(&mut self, other: Self) {
        self.is_supported |= other.is_supported;
        self.unsupported = self.unsupported.take().or(other.unsupported);
    }

    /// Checks that a kind has the fields.
    pub(super) fn check(self) -> Result<(), Failure> {
        match self.unsupported {
            Some((path, known)) if !self.is_supported => Err(Failure::usage(format!(
                "field selectors cannot compare `{path}` of any object in the input"
            ))
            .help(format!("use one of: {}", known.join(", ")))),
            _ => Ok(()),
        }
    }
}

/// Returns the objects of a candidate, or an error if it cannot be read.
pub(super) fn documents(candidate: &Candidate) -> Result<Vec<Document>, ()> {
    match candidate {
        Candidate::Document(document) => Ok(vec![document.clone()]),
        Candidate::Piece(pieces, at) => {
            let read = pieces.read(*at);
            if read.errors.is_empty() {
                Ok(read.documents)
            } else {
                Err(())
            }
        }
        Candidate::Live(_) => Ok(Vec::new()),
    }
}

/// Objects of files that one name or one selector chooses.
pub(super) struct Choice {
    /// The type, or `None` for all that are eligible.
    kind: Option<TypeRef>,
    eligible: Eligible,
    pub name: Option<String>,
    labels: LabelSelector,
    fields: FieldSelector,
}

impl Choice {
    pub(super) fn of(
        target: &TargetRef,
        eligible: Eligible,
        candidates: &[Candidate],
    ) -> Result<Vec<Self>, Failure> {
        let by_name = |kind: &TypeRef, name: &String| Self {
            kind: Some(kind.clone()),
            eligible,
            name: Some(name.clone()),
            labels: LabelSelector::default(),
            fields: FieldSelector::default(),
        };
        Ok(match target {
            TargetRef::Named(kind, name) => vec![by_name(kind, name)],
            TargetRef::Words(words) => {
                let (first, names) = words
                    .split_first()
                    .unwrap_or((const { &String::new() }, &[]));
                let kind = TypeRef::Word(first.clone());
                let is_type = |document: &Document| is_of(document, &kind);
                let mut candidates = candidates.iter().filter_map(|one| documents(one).ok());
                if candidates.any(|documents| documents.iter().any(is_type)) {
                    names.iter().map(|name| by_name(&kind, name)).collect()
                } else {
                    let pods = TypeRef::of("pods");
                    words.iter().map(|name| by_name(&pods, name)).collect()
                }
            }
            TargetRef::Selected {
                kind, selection, ..
            } => {
                let labels = selection.labels.as_deref().unwrap_or_default();
                let fields = selection.fields.as_deref().unwrap_or_default();
                let choice = Self {
                    kind: kind.clone(),
                    eligible,
                    name: None,
                    labels: parse_label_selector(labels)?,
                    fields: parse_field_selector(fields)?,
                };
                choice.check_fields()?;
                vec![choice]
            }
        })
    }

    /// Checks that the server can compare the fields of the type.
    fn check_fields(&self) -> Result<(), Failure> {
        let Some(TypeRef::BuiltIn(row)) = &self.kind else {
            return Ok(());
        };
        let Some((path, known)) = self.fields.unsupported(row.group, row.kind) else {
            return Ok(());
        };
        let kind = row.kind;
        Err(Failure::usage(format!(
            "field selectors of a {kind} cannot compare `{path}`"
        ))
        .help(format!("use one of: {}", known.join(", "))))
    }

    /// Returns whether an object matches, or `None` if that depends on a field that it does not
    /// have.
    pub(super) fn matches(
        &self,
        document: &Document,
        namespaces: &Namespaces<'_>,
        fields: &mut ComparedFields,
    ) -> Option<bool> {
        let is_elsewhere = namespaces.only.is_some_and(|only| {
            let namespace = document.namespace().filter(|name| !name.is_empty());
            namespace.is_some_and(|namespace| namespace != only)
        });
        let is_type = match &self.kind {
            Some(kind) => is_of(document, kind),
            None => true,
        };
        if let Some(name) = &self.name {
            let is_named = document.name() == Some(name.as_str());
            return Some(is_type && !is_elsewhere && is_named);
        }
        let (group, kind) = group_and_kind(document);
        let is_eligible = match self.eligible {
            Eligible::All => true,
            Eligible::WithPodTemplate => template_kind(document).is_some(),
        };
        if !is_type || !is_eligible {
            return Some(false);
        }
        let has_fields = self.has_fields(document, fields);
        if is_elsewhere || !self.labels.matches(|key| label(document, key)) {
            return Some(false);
        }
        if self.fields.requirements().is_empty() {
            return Some(true);
        }
        if !has_fields {
            return None;
        }
        let mut object = document.to_value().ok()?;
        if document.namespace().is_none_or(str::is_empty)
            && let Some(Value::Object(metadata)) = object.get_mut("metadata")
        {
            metadata.insert("namespace".to_owned(), json!(namespaces.default));
        }
        self.fields.matches(group, kind, &object)
    }

    /// Returns whether the kind of an object has the fields that are compared, and notes that
    /// for all kinds together: whether a field exists depends on no label and no namespace.
    fn has_fields(&self, document: &Document, fields: &mut ComparedFields) -> bool {
        let (group, kind) = group_and_kind(document);
        let row = by_kind(document.api_version().unwrap_or_default(), kind);
        match self.fields.unsupported(group, kind) {
            // A CustomResourceDefinition may declare any field as selectable.
            Some((path, known)) if row.is_some() => {
                fields.unsupported = Some((path.to_owned(), known));
                false
            }
            Some(_) => true,
            None => {
                fields.is_supported = true;
                true
            }
        }
    }

    pub(super) fn not_found(&self, namespace: Option<&str>) -> Failure {
        let place = match namespace {
            Some(namespace) => format!("in namespace \"{namespace}\" of the input"),
            None => "in the input".to_owned(),
        };
        let types = match &self.kind {
            Some(TypeRef::BuiltIn(row)) => row.plural,
            Some(TypeRef::Word(word)) => word,
            None if self.eligible == Eligible::All => "objects",
            None => "objects with a Pod template",
        };
        let selects =
            !self.labels.requirements().is_empty() || !self.fields.requirements().is_empty();
        let message = match &self.name {
            Some(name) => format!("{types} \"{name}\" not found {place}"),
            None if selects => format!("no {types} {place} match the selector"),
            None => format!("no {types} {place}"),
        };
        Failure::new(Exit::NotFound, message)
    }
}

fn group_and_kind(document: &Document) -> (&str, &str) {
    let api_version = document.api_version().unwrap_or_default();
    let group = group_of(api_version);
    (group, document.kind().unwrap_or_default())
}

fn is_of(document: &Document, kind: &TypeRef) -> bool {
    let (group, of) = group_and_kind(document);
    match kind {
        TypeRef::BuiltIn(row) => (row.group, row.kind) == (group, of),
        TypeRef::Word(word) => names_kind(word, group, of),
    }
}

fn template_kind(document: &Document) -> Option<TemplateKind<'_>> {
    let (api_version, kind) = (document.api_version()?, document.kind()?);
    TemplateKind::of(api_version, kind, &Object::File(document))
}

pub(super) fn refuse_without_template(document: &Document) -> Option<Failure> {
    if template_kind(document).is_some() {
        return None;
    }
    let (group, kind) = group_and_kind(document);
    let shown = object_name(group, kind, document.name().unwrap_or_default());
    let row = by_kind(document.api_version().unwrap_or_default(), kind);
    Some(without_template(&shown, row))
}

fn label<'a>(document: &'a Document, key: &str) -> Option<&'a str> {
    let tree = document.tree();
    let metadata = tree.get(document.root(), "metadata")?;
    let labels = tree.get(metadata, "labels")?;
    tree.str(tree.get(labels, key)?)
}
