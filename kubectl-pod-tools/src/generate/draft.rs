//! The object that flags write into.

use std::collections::{BTreeMap, HashSet};

use k8s_openapi::api::batch::v1::JobSpec;
use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::FieldPath;
use pod_model::pod_security::Level;

use super::host_env::HostEnv;

/// Kind of the generated object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetKind {
    /// A Pod.
    Pod,
    /// A Job.
    Job,
}

impl TargetKind {
    /// Returns the path of the Pod: the object itself, or the template of a Job.
    pub(super) fn template_path(self) -> FieldPath {
        match self {
            Self::Pod => FieldPath::root(),
            Self::Job => FieldPath::root().field("spec").field("template"),
        }
    }
}

/// The container that flags write into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cursor {
    /// `spec.containers[…]`; 0 is the main one.
    App(usize),
    /// `spec.initContainers[…]`, sidecars included.
    Init(usize),
}

/// A Pod or Job under construction.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub target_kind: TargetKind,
    /// The object's own metadata.
    pub meta: ObjectMeta,
    /// The metadata of a Job's Pod template.
    pub template: ObjectMeta,
    /// The Pod's spec. `containers` has at least the main container.
    pub pod: PodSpec,
    /// The Job's spec; its template is written from the two above at the end.
    pub job: JobSpec,
    /// Words after `--`.
    pub arguments: Vec<String>,
    /// Set by `--command`: the words after `--` are the command, not its arguments.
    pub is_command: bool,
    /// Indexes of the topologySpreadConstraints that select the Pod's own labels, which are known
    /// only at the end.
    pub spread_by_own_labels: Vec<usize>,
    /// Labels of the Pods after `--set` and `--overrides`.
    pub labels_at_the_end: Option<BTreeMap<String, String>>,
    /// Level of `--profile`, to be met at the end.
    pub profile: Option<Level>,
    /// Warnings for the user.
    pub notes: Vec<String>,
    /// Variables that were set one by one, each with its container.
    typed_variables: HashSet<(Cursor, String)>,
    /// Inputs of flags beside their values.
    pub host_env: HostEnv,
    cursor: Cursor,
}

/// Writes the words after `--` as the command or as its arguments.
pub(super) fn run(container: &mut Container, words: Vec<String>, is_command: bool) {
    if words.is_empty() {
        return;
    }
    if is_command {
        container.command = Some(words);
        container.args = None;
    } else {
        container.args = Some(words);
    }
}

impl Draft {
    /// Creates a draft with an empty main container.
    pub(super) fn new(target_kind: TargetKind) -> Self {
        Self {
            target_kind,
            meta: ObjectMeta::default(),
            template: ObjectMeta::default(),
            pod: PodSpec {
                containers: vec![Container::default()],
                ..PodSpec::default()
            },
            job: JobSpec::default(),
            arguments: Vec::new(),
            is_command: false,
            spread_by_own_labels: Vec::new(),
            labels_at_the_end: None,
            profile: None,
            notes: Vec::new(),
            typed_variables: HashSet::new(),
            host_env: HostEnv::default(),
            cursor: Cursor::App(0),
        }
    }

    /// Returns the container that the flag writes into.
    pub(super) fn container(&mut self) -> &mut Container {
        let (list, at) = match self.cursor {
            Cursor::App(at) => (&mut self.pod.containers, at),
            Cursor::Init(at) => (self.pod.init_containers.get_or_insert_default(), at),
        };
        while list.len() <= at {
            list.push(Container::default());
        }
        &mut list[at]
    }

    /// Returns all containers, the main one first.
    pub(super) fn containers(&self) -> impl Iterator<Item = &Container> {
        let init = self.pod.init_containers.iter().flatten();
        self.pod.containers.iter().chain(init)
    }

    /// Runs `write` with another container than the main one.
    pub(super) fn within<T>(&mut self, cursor: Cursor, write: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.cursor, cursor);
        let result = write(self);
        self.cursor = before;
        result
    }

    /// Returns whether flags write into the main container.
    pub(super) fn in_main(&self) -> bool {
        self.cursor == Cursor::App(0)
    }

    /// Returns the path of the Pod's spec.
    pub(super) fn pod_path(&self) -> FieldPath {
        self.target_kind.template_path().field("spec")
    }

    /// Warns if a variable of the container was already set by a flag of its own. A base or a file
    /// may be overridden without a warning.
    pub(super) fn note_variable(&mut self, name: &str) {
        if !self.typed_variables.insert((self.cursor, name.to_owned())) {
            self.note(format!("`{name}` is set twice; the last value is used"));
        }
    }

    /// Adds a warning for the user, once.
    pub(super) fn note(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !self.notes.contains(&text) {
            self.notes.push(text);
        }
    }
}
