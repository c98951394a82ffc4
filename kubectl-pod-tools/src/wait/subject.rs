//! The subjects of a wait, and the streams that deliver them.

use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::Value;

use super::engine::{Engine, Group, Role, Target, WaitSpec};
use super::watch::{Keep, Mode, Source, can_share, longest_pause};
use crate::cluster::{Resource, Selection};
use pod_model::status::Condition;
use pod_model::status::fields::{name, text_at, uid};

/// Objects of one kind in one namespace.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    /// Their kind.
    pub resource: Resource,
    /// Their namespace; empty for cluster-scoped kinds, and for all namespaces.
    pub namespace: String,
    /// The objects.
    pub which: Which,
}

/// Objects of a kind and namespace.
#[derive(Clone, Debug)]
pub(crate) enum Which {
    /// Objects by name; each with the object if it was just created.
    Named(Vec<(String, Option<Value>)>),
    /// All objects that match, now and later.
    Selected(Selection),
}

impl Subject {
    /// Returns the built-in kind, if it runs Pods.
    pub(super) fn kind(&self) -> WorkloadKind {
        self.resource.workload_kind()
    }

    /// Returns the name in messages: `job/migrate`, or with its group if it is not built in.
    fn shown(&self, name: &str) -> String {
        if !self.resource.is_built_in() {
            return self.resource.object(name);
        }
        format!("{}/{name}", self.resource.kind.to_lowercase())
    }

    /// Returns the namespace of one of its targets; empty if it is cluster-scoped.
    pub(super) fn namespace_of<'a>(&'a self, target: &'a Target) -> &'a str {
        match self.namespace.as_str() {
            "" => &target.namespace,
            namespace => namespace,
        }
    }

    /// Returns the subject of one object.
    pub(crate) fn named(resource: Resource, namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            which: Which::Named(vec![(name.to_owned(), None)]),
            resource,
        }
    }

    /// Returns the subject of an object that was just created, if its kind can be done.
    pub(crate) fn created(resource: Resource, object: &Value) -> Option<Self> {
        let kind = resource.workload_kind();
        if Condition::Done.refusal(kind, &resource.kind).is_some() {
            return None;
        }
        let id = uid(object);
        let created = (!id.is_empty()).then(|| object.clone());
        Some(Self {
            namespace: text_at(object, "/metadata/namespace").to_owned(),
            which: Which::Named(vec![(name(object).to_owned(), created)]),
            resource,
        })
    }
}

/// Returns the name of a target in messages: with its namespace if there are, or may be, others
/// of its kind elsewhere.
pub(super) fn shown(subjects: &[Subject], target: &Target) -> String {
    let name = target.name.as_str();
    let Some(subject) = subjects.get(target.group) else {
        return name.to_owned();
    };
    let elsewhere = |other: &Subject| {
        other.resource == subject.resource && other.namespace != subject.namespace
    };
    let shown = subject.shown(name);
    match subject.namespace_of(target) {
        "" => shown,
        namespace if subject.namespace.is_empty() || subjects.iter().any(elsewhere) => {
            format!("{shown} in {namespace}")
        }
        _ => shown,
    }
}

/// Returns whether there are, or may be, targets of several namespaces.
pub(super) fn span_namespaces(subjects: &[Subject]) -> bool {
    let mut namespaces = subjects
        .iter()
        .filter(|subject| subject.resource.namespaced)
        .map(|subject| subject.namespace.as_str());
    let Some(first) = namespaces.next() else {
        return false;
    };
    first.is_empty() || namespaces.any(|other| other != first)
}

/// Merges names of one kind and namespace to one subject, so that they share a list and a watch.
pub(super) fn merge(subjects: Vec<Subject>) -> Vec<Subject> {
    let mut all: Vec<Subject> = Vec::new();
    for subject in subjects {
        let place = |other: &&mut Subject| {
            other.resource == subject.resource && other.namespace == subject.namespace
        };
        let named = |other: &&mut Subject| matches!(other.which, Which::Named(_));
        if let Which::Named(names) = &subject.which
            && let Some(first) = all.iter_mut().filter(named).find(place)
            && let Which::Named(before) = &mut first.which
        {
            before.extend(names.iter().cloned());
        } else {
            all.push(subject);
        }
    }
    all
}

/// Maximum number of names in a selector; with more, all Pods of Jobs are listed.
const MAX_NAMES: usize = 20;

/// Returns the engine and the sources of its streams.
pub(super) fn streams(
    subjects: &[Subject],
    mut spec: WaitSpec,
    poll: Option<Duration>,
) -> (Engine, Vec<Source>) {
    let mode = match (spec.timeout, poll) {
        (Some(Duration::ZERO), _) => Mode::Once,
        (_, Some(poll)) => Mode::Poll(poll),
        _ => Mode::Watch {
            poll: Duration::from_secs(2),
        },
    };
    if let Mode::Poll(poll) = mode {
        spec.poll_interval = longest_pause(poll);
    }
    let explained = spec.report_pods || spec.conditions.iter().any(Condition::can_get_stuck);
    let keep = if spec.conditions.iter().any(Condition::needs_whole_object) {
        Keep::All
    } else {
        Keep::Status
    };
    let mut sources = Vec::new();
    let mut roles = Vec::new();
    let mut groups = Vec::new();
    for (group, subject) in subjects.iter().enumerate() {
        groups.push(Group {
            kind: subject.kind(),
            takes_all: matches!(subject.which, Which::Selected(_)),
            is_filtered: matches!(&subject.which, Which::Selected(selection)
                if selection.labels.is_some() || selection.fields.is_some()),
            all_namespaces: subject.namespace.is_empty() && subject.resource.namespaced,
            uses_job_label: explained
                && subject.kind() == WorkloadKind::Job
                && labelled(subject, subjects),
        });
        roles.push(Role::Targets(group));
        sources.push(source_of(subject, group, keep, mode));
    }
    for namespace in namespaces(subjects).into_iter().filter(|_| explained) {
        let owners: Vec<&Subject> = subjects
            .iter()
            .filter(|subject| subject.namespace == namespace && subject.kind().owns_pods())
            .collect();
        let beside = [
            (
                "Pod",
                Keep::Status,
                Role::Pods,
                job_pods_selector(&owners),
                !owners.is_empty(),
            ),
            ("Event", Keep::Event, Role::Events, None, true),
        ];
        for (kind, keep, role, labels, wanted) in beside {
            let Some(resource) = Resource::built_in("v1", kind).filter(|_| wanted) else {
                continue;
            };
            // Pods that are targets share the list and the watch.
            let stream = roles.len();
            roles.push(role);
            let shared = sources.iter_mut().find(|source: &&mut Source| {
                role == Role::Pods
                    && source.resource == resource
                    && source.namespace == namespace
                    && is_selected(subjects, source.stream)
                    && can_share(source)
            });
            if let Some(source) = shared {
                source.all = Some(stream);
                continue;
            }
            sources.push(Source {
                stream,
                all: None,
                resource,
                namespace: namespace.clone(),
                selection: Selection {
                    labels,
                    fields: None,
                },
                names: Vec::new(),
                keep,
                mode,
                optional: true,
                to_delete: false,
            });
        }
    }
    let mut engine = Engine::new(spec, groups, roles);
    add_named(&mut engine, subjects, keep);
    (engine, sources)
}

/// Returns the source of the targets of a group.
fn source_of(subject: &Subject, group: usize, keep: Keep, mode: Mode) -> Source {
    let (selection, names) = match &subject.which {
        Which::Selected(selection) => (selection.clone(), Vec::new()),
        Which::Named(names) => {
            let names: Vec<String> = names.iter().map(|(name, _)| name.clone()).collect();
            let selection = match names.as_slice() {
                [one] => Selection::named(one),
                _ => Selection::default(),
            };
            (selection, names)
        }
    };
    Source {
        stream: group,
        all: None,
        resource: subject.resource.clone(),
        namespace: subject.namespace.clone(),
        selection,
        names,
        keep,
        mode,
        optional: false,
        to_delete: false,
    }
}

/// Returns whether a selector selects the targets of a group.
fn is_selected(subjects: &[Subject], group: usize) -> bool {
    let subject = subjects.get(group);
    subject.is_some_and(|subject| matches!(subject.which, Which::Selected(_)))
}

/// Adds the named targets to the engine.
fn add_named(engine: &mut Engine, subjects: &[Subject], keep: Keep) {
    for (group, subject) in subjects.iter().enumerate() {
        if let Which::Named(names) = &subject.which {
            for (name, created) in names {
                let id = created.as_ref().map(|object| uid(object).to_owned());
                let at = engine.add_target(group, name, id);
                if let Some(object) = created {
                    engine.seed(at, keep.of(object.clone()));
                }
            }
        }
    }
}

/// Returns the namespaces of the subjects' Pods.
fn namespaces(subjects: &[Subject]) -> Vec<String> {
    let mut all: Vec<String> = subjects
        .iter()
        .filter(|subject| subject.kind() == WorkloadKind::Pod || subject.kind().owns_pods())
        .map(|subject| subject.namespace.clone())
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Returns whether the Pods of a subject are selected by the label of Jobs.
fn labelled(subject: &Subject, all: &[Subject]) -> bool {
    let owners: Vec<&Subject> = all
        .iter()
        .filter(|other| other.namespace == subject.namespace && other.kind().owns_pods())
        .collect();
    job_pods_selector(&owners).is_some()
}

/// Returns the source of the Pods that a selector matches, in the namespace of a group.
pub(super) fn pods_source(like: &Source, stream: usize, selector: &str) -> Option<Source> {
    Some(Source {
        stream,
        all: None,
        resource: Resource::built_in("v1", "Pod")?,
        selection: Selection {
            labels: (!selector.is_empty()).then(|| selector.to_owned()),
            fields: None,
        },
        names: Vec::new(),
        keep: Keep::Status,
        optional: true,
        to_delete: false,
        ..like.clone()
    })
}

/// Returns the source that looks up an object of a group by its name, once or from now on. The
/// namespace is that of the object if the group is of all namespaces.
pub(super) fn lookup_source(
    like: &Source,
    stream: usize,
    (namespace, name): (&str, &str),
    follow: bool,
) -> Source {
    let namespace = match namespace {
        "" => &like.namespace,
        namespace => namespace,
    };
    Source {
        stream,
        all: None,
        namespace: namespace.to_owned(),
        selection: Selection::named(name),
        names: vec![name.to_owned()],
        mode: if follow { like.mode } else { Mode::Once },
        // Without an answer the existence of the object is unknown.
        optional: false,
        ..like.clone()
    }
}

/// Returns the label selector of the Pods of Jobs, or `None` if other kinds own Pods, too. The Job
/// controller sets the label (pkg/apis/batch, `JobNameLabel`).
fn job_pods_selector(owners: &[&Subject]) -> Option<String> {
    const LABEL: &str = "batch.kubernetes.io/job-name";
    let mut listed = Vec::new();
    for owner in owners {
        match &owner.which {
            _ if owner.kind() != WorkloadKind::Job => return None,
            Which::Selected(_) => return Some(LABEL.to_owned()),
            Which::Named(names) => listed.extend(names.iter().map(|(name, _)| name.as_str())),
        }
    }
    // A label value has at most 63 characters; the controller sets no label for a longer name.
    let fits = listed.len() <= MAX_NAMES && listed.iter().all(|name| name.len() <= 63);
    match listed.as_slice() {
        [one] if fits => Some(format!("{LABEL}={one}")),
        names if fits => Some(format!("{LABEL} in ({})", names.join(","))),
        _ => Some(LABEL.to_owned()),
    }
}
