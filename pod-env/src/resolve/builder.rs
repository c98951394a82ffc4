//! Builds one container's environment.

use std::collections::HashMap;

use pod_model::{FieldPath, Finding};

use super::context::Context;
use super::own_names::OwnNames;
use super::value::{MAX_EXPANDED, Value};
use crate::names::is_shell_name;
use crate::report::{
    CommandReference, ContainerEnv, EnvVar, Mount, Plain, Reference, Source, Status, Unread,
};
use pod_model::ContainerView;

/// The definition that answers a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Definition {
    /// An entry of the environment.
    Entry(usize),
    /// A variable of a Service that is not in the environment yet.
    Service(usize),
}

/// A definition that has no index yet.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) value: Value,
    pub(super) raw: Option<String>,
    pub(super) status: Status,
    pub(super) source: Source,
    pub(super) references: Vec<Reference>,
    /// References that a variable of a Service answers: index of the reference, index of
    /// the variable.
    pub(super) service_references: Vec<(usize, usize)>,
    pub(super) path: Option<FieldPath>,
}

impl Draft {
    pub(super) fn new(name: impl Into<String>, value: Value, source: Source) -> Self {
        Self {
            name: name.into(),
            value,
            raw: None,
            status: Status::Resolved,
            source,
            references: Vec::new(),
            service_references: Vec::new(),
            path: None,
        }
    }

    pub(super) fn status(mut self, status: Status) -> Self {
        self.status = status;
        self
    }

    pub(super) fn path(mut self, path: FieldPath) -> Self {
        self.path = Some(path);
        self
    }
}

/// The result of the expansion of `command` and `args`.
#[derive(Default)]
pub(super) struct Expansion {
    pub(super) command: Vec<String>,
    pub(super) args: Vec<String>,
    pub(super) references: Vec<CommandReference>,
    /// Length of each string of both without its mask, in bytes; unknown values count as
    /// they are shown.
    pub(super) lengths: Vec<(FieldPath, usize)>,
}

/// Maximum number of names that are compared with undefined ones, for each container:
/// thousands of mistakes usually have one cause.
const COMPARED: usize = 50_000;

/// Number of variables that the runtime adds to most containers.
const RUNTIME_VARS: usize = 4;

pub(super) struct Builder<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) container: &'a ContainerView<'a>,
    /// The entries of the report; `values` has the value of each without its mask.
    pub(super) entries: Vec<EnvVar>,
    pub(super) values: Vec<Value>,
    /// The entry that currently defines each name.
    pub(super) defined: HashMap<String, usize>,
    pub(super) findings: Vec<Finding>,
    /// The names of the container's own entries.
    pub(super) own_names: OwnNames<'a>,
    /// Number of names that may still be compared.
    pub(super) to_compare: usize,
    /// Number of bytes that references may still add.
    pub(super) to_expand: usize,
    /// Sources whose names are not known.
    pub(super) unread: Vec<Unread>,
    /// True if the verdict is unknown without an error.
    pub(super) not_sure: bool,
    /// References to Services: entry, reference, Service variable.
    service_references: Vec<(usize, usize, usize)>,
    /// Index of the entry of each Service variable.
    pub(super) service_entries: Vec<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(context: &'a Context<'a>, container: &'a ContainerView<'a>) -> Self {
        // A lower bound: `envFrom` adds more.
        let expected = container.env.len() + context.services.vars().len() + RUNTIME_VARS;
        Self {
            context,
            container,
            entries: Vec::with_capacity(expected),
            values: Vec::with_capacity(expected),
            defined: HashMap::with_capacity(expected),
            findings: Vec::new(),
            own_names: OwnNames::of(container.env),
            to_compare: COMPARED,
            to_expand: MAX_EXPANDED,
            unread: Vec::new(),
            not_sure: false,
            service_references: Vec::new(),
            service_entries: Vec::new(),
        }
    }

    /// The path of `envFrom[i]`.
    pub(super) fn env_from_path(&self, i: usize) -> FieldPath {
        self.container.path.field("envFrom").index(i)
    }

    /// The path of `env[i]`.
    pub(super) fn env_path(&self, i: usize) -> FieldPath {
        self.container.path.field("env").index(i)
    }

    /// Returns the definition of a name at this moment: the variables set so far come
    /// before those of Services.
    pub(super) fn definition(&self, name: &str) -> Option<Definition> {
        match self.defined.get(name) {
            Some(at) => Some(Definition::Entry(*at)),
            None => self
                .context
                .services
                .get(name)
                .map(|(at, _)| Definition::Service(at)),
        }
    }

    /// Adds an entry that has an effect: it overrides an earlier one of its name.
    pub(super) fn define(&mut self, draft: Draft) -> usize {
        let name = draft.name.clone();
        let at = self.note(draft);
        if let Some(before) = self.defined.insert(name, at) {
            self.hide(before, at);
        }
        at
    }

    /// Adds an entry without overriding anything.
    pub(super) fn note(&mut self, draft: Draft) -> usize {
        let at = self.entries.len();
        for (reference, service) in draft.service_references {
            self.service_references.push((at, reference, service));
        }
        let value = draft.value;
        self.entries.push(EnvVar {
            shell_name: is_shell_name(&draft.name),
            name: draft.name,
            value: value.shown(),
            raw: draft.raw,
            status: draft.status,
            source: draft.source,
            references: draft.references,
            masked: value.is_masked() && value.why_unknown().is_none(),
            unknown: value.why_unknown().map(str::to_owned),
            overrides: Vec::new(),
            overridden_by: None,
            lossy: !value.is_utf8(),
            path: draft.path,
            location: None,
            bytes: None,
        });
        self.values.push(value);
        at
    }

    /// Marks an entry as overridden by another.
    pub(super) fn hide(&mut self, hidden: usize, by: usize) {
        if let Some(entry) = self.entries.get_mut(hidden) {
            entry.status = Status::Overridden;
            entry.overridden_by = Some(by);
        }
        if let Some(entry) = self.entries.get_mut(by) {
            entry.overrides.push(hidden);
        }
    }

    /// Returns the report, the findings, and whether something is unknown.
    pub(super) fn finish(
        mut self,
        expansion: Expansion,
        mounts: Vec<Mount>,
    ) -> (ContainerEnv, Vec<Finding>, bool) {
        for (entry, reference, service) in self.service_references {
            let target = self.service_entries.get(service).copied();
            if let Some(reference) = self
                .entries
                .get_mut(entry)
                .and_then(|entry| entry.references.get_mut(reference))
            {
                reference.definition = target;
            }
        }
        for (entry, value) in self.entries.iter_mut().zip(self.values) {
            entry.bytes = value.into_bytes().map(Plain::new);
        }
        let env = ContainerEnv {
            name: self.container.name.to_owned(),
            container_type: self.container.container_type,
            env: self.entries,
            command: expansion.command,
            args: expansion.args,
            command_references: expansion.references,
            mounts,
            unread: self.unread,
            image_env_known: self
                .context
                .options
                .image_env
                .contains_key(self.container.name),
            path: self.container.path.clone(),
        };
        (env, self.findings, self.not_sure)
    }
}
