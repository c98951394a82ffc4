//! `$(NAME)` in a value, a command or an argument.

use pod_model::{FieldPath, Finding, nearest, rules};

use super::builder::{Builder, Definition};
use super::value::Value;
use crate::names::is_shell_name;
use crate::report::{Reference, ReferenceStatus, SourceKind, Status};
use pod_model::expansion::{Piece, pieces};

/// Field with the completion index of an indexed Job's Pod, which the Job controller sets
/// in every version.
const COMPLETION_INDEX_ANNOTATION: &str =
    "metadata.annotations['batch.kubernetes.io/job-completion-index']";

/// A text after expansion.
#[derive(Default)]
pub(super) struct Expanded {
    pub(super) value: Value,
    pub(super) status: Status,
    pub(super) references: Vec<Reference>,
    /// References that a variable of a Service answers: index of the reference, index of
    /// the variable.
    pub(super) service_references: Vec<(usize, usize)>,
}

/// The field of a text. Its path is built on demand, since most texts have no finding.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
    /// The value of an entry of `env`.
    Env(usize),
    /// A string of `command` or `args`, or a `subPathExpr`.
    Argument(&'p FieldPath),
}

impl Builder<'_> {
    /// Expands the references of a text with the variables that are defined so far.
    ///
    /// Upstream: `expansion.Expand` with the variables so far, and after them
    /// those of Services.
    pub(super) fn expand(&mut self, text: &str, place: Place<'_>) -> Expanded {
        let mut out = Expanded::default();
        let list = pieces(text);
        for piece in list {
            match piece {
                Piece::Text(text) => out.value.push_str(text),
                Piece::Escape { at } => {
                    out.value.push_str("$");
                    out.references.push(escaped(text, at));
                }
                Piece::Reference { name, at: offset } => {
                    self.reference(text, name, offset, place, &mut out);
                }
            }
        }
        out
    }

    fn reference(
        &mut self,
        text: &str,
        name: &str,
        offset: usize,
        place: Place<'_>,
        out: &mut Expanded,
    ) {
        let length = name.len() + 3;
        let mut reference = Reference {
            name: name.to_owned(),
            status: ReferenceStatus::Expanded,
            offset,
            length,
            definition: None,
        };
        match self.definition(name) {
            Some(Definition::Entry(entry)) => {
                reference.definition = Some(entry);
                let value = &self.values[entry];
                if value.why_unknown().is_some() {
                    reference.status = ReferenceStatus::Unknown;
                    let late = self.entries[entry].status == Status::Runtime;
                    worsen(
                        out,
                        if late {
                            Status::Runtime
                        } else {
                            Status::Unresolved
                        },
                    );
                }
                out.value.push(name, value, &mut self.to_expand);
            }
            Some(Definition::Service(service)) => {
                out.service_references.push((out.references.len(), service));
                if let Some(value) = &self.context.services.vars()[service].value {
                    out.value.push_str(value);
                } else {
                    reference.status = ReferenceStatus::Unknown;
                    worsen(out, Status::Runtime);
                    out.value.forget(format!("depends on `{name}`"));
                }
            }
            None => {
                out.value.push_str(&text[offset..offset + length]);
                worsen(out, Status::Unresolved);
                if let Some(source) = self.could_come_from(name) {
                    reference.status = ReferenceStatus::Unknown;
                    out.value.forget(format!("{source} was not read"));
                    self.not_sure = true;
                    let message = format!(
                        "`$({})` may be defined by {source}, which was not read",
                        name.escape_debug()
                    );
                    let finding =
                        Finding::new(&rules::UNKNOWN_REFERENCE, self.path_of(place), message);
                    self.findings
                        .push(finding.part(text, offset..offset + length));
                } else {
                    reference.status = ReferenceStatus::Undefined;
                    let finding = self.undefined(text, name, offset, place);
                    self.findings.push(finding);
                }
            }
        }
        out.references.push(reference);
    }

    fn path_of(&self, place: Place<'_>) -> FieldPath {
        match place {
            Place::Env(i) => self.env_path(i).field("value"),
            Place::Argument(path) => path.clone(),
        }
    }

    /// Returns the source that was not read and could define a name.
    fn could_come_from(&self, name: &str) -> Option<String> {
        let unread = self
            .unread
            .iter()
            .find(|unread| unread.kind != SourceKind::ServiceLink && unread.could_set(name));
        if let Some(unread) = unread {
            let word = match unread.kind {
                SourceKind::Secret => "Secret",
                _ => "ConfigMap",
            };
            return Some(format!("{word} `{}`", unread.name));
        }
        self.context
            .services
            .could_have(name)
            .then(|| "a Service of the namespace".to_owned())
    }

    /// Returns the finding for an undefined reference.
    fn undefined(&mut self, text: &str, name: &str, offset: usize, place: Place<'_>) -> Finding {
        let reference = format!("$({name})");
        let at = self.path_of(place);
        let owner = match place {
            Place::Env(i) => self.container.env.get(i).map(|v| (i, v.name.as_str())),
            Place::Argument(_) => None,
        };
        let who = match owner {
            Some((_, owner)) => format!("environment variable `{}`", owner.escape_debug()),
            None => format!("`{}`", last_step(&at)),
        };
        let shown = name.escape_debug();
        let range = offset..offset + reference.len();
        let error = |message: String| {
            Finding::new(&rules::UNRESOLVED_REFERENCE, at.clone(), message)
                .part(text, range.clone())
                .label(format!("stays literally `{}`", reference.escape_debug()))
        };
        if let Some((_, owner)) = owner
            && self.is_added_by_job(name)
        {
            return error(format!(
                "{who} refers to `{shown}`, which the Job controller adds after all entries of `env`"
            ))
            .help(format!(
                "define `{shown}` before `{}` with `fieldRef: {{fieldPath: \"{COMPLETION_INDEX_ANNOTATION}\"}}`",
                owner.escape_debug()
            ));
        }
        if let Some((i, owner)) = owner {
            if let Some(later) = self.own_names.after(i, name) {
                let distance = later - i;
                let entries = if distance == 1 { "entry" } else { "entries" };
                return error(format!(
                    "{who} refers to `{shown}`, which is defined after it, {distance} {entries} later"
                ))
                .help(format!("move `{shown}` above `{}`", owner.escape_debug()))
                .related_path("defined here", self.env_path(later));
            }
            if owner == name {
                return error(format!("{who} refers to itself, but is not defined before"))
                    .help("write the value out; variables of the image cannot be referenced");
            }
        }
        let finding = error(format!("{who} refers to `{shown}`, which is not defined"));
        match self.nearest(name) {
            Some(near) => finding.help(format!("did you mean `{}`?", near.escape_debug())),
            None if is_shell_name(name) => finding.help(format!(
                "define `{shown}` before it, or write `$$({shown})` to keep the text"
            )),
            None => finding.help("write `$$(` to keep the text"),
        }
    }
}

impl Builder<'_> {
    /// Returns the most similar name among the defined ones.
    pub(super) fn nearest(&mut self, name: &str) -> Option<String> {
        let (env, services) = (self.container.env, self.context.services.vars());
        let count = env.len() + self.entries.len() + services.len();
        self.to_compare = self.to_compare.checked_sub(count)?;
        let known = env
            .iter()
            .map(|v| v.name.as_str())
            .chain(self.entries.iter().map(|e| e.name.as_str()))
            .chain(services.iter().map(|v| v.name.as_str()));
        nearest(name, known).map(str::to_owned)
    }
}

/// Keeps the worse of two statuses: unresolved, then runtime, then resolved.
fn worsen(out: &mut Expanded, status: Status) {
    if out.status != Status::Unresolved {
        out.status = status;
    }
}

/// Maximum length of the name in an escape `$$(NAME)`, in bytes: a key has at most 253,
/// with a prefix twice that.
const LONGEST_NAME: usize = 512;

/// Returns the escape at an offset, with the name of the reference that it prevents.
fn escaped(text: &str, at: usize) -> Reference {
    // Escapes lie in each other, and each of them would have all the rest for a name.
    let end = (at + 2 + LONGEST_NAME).min(text.len());
    let end = (at + 2..=end).rev().find(|end| text.is_char_boundary(*end));
    let rest = &text[at + 2..end.unwrap_or(at + 2)];
    let name = rest
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .map(|(name, _)| name);
    Reference {
        name: name.unwrap_or("$").to_owned(),
        status: ReferenceStatus::Escaped,
        offset: at,
        length: name.map_or(2, |name| name.len() + 4),
        definition: None,
    }
}

/// Returns `args[1]` of `spec.containers[0].args[1]`.
fn last_step(path: &FieldPath) -> String {
    let text = path.to_string();
    text.rsplit('.').next().unwrap_or_default().to_owned()
}
