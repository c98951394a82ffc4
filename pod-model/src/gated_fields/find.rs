//! Gated fields of a document.

use std::sync::LazyLock;

use super::table::{FIELDS, GatedField, Owner};
use crate::features::GateState;
use crate::finding::Finding;
use crate::kinds::pod_template_path;
use crate::manifest::Document;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::schema::builtin;
use crate::tree::{Kind, NodeId, Tree};
use crate::version::KubernetesVersion;

/// A gated field of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundField {
    /// Its row.
    pub field: &'static GatedField,
    /// Its path from the object's root.
    pub path: FieldPath,
    /// The state of its gate.
    pub state: GateState,
    /// The version whose rules apply.
    pub version: KubernetesVersion,
}

impl FoundField {
    /// Returns the warning about it; `path` is the path as it is shown.
    pub fn message(&self, path: &str) -> String {
        let GatedField { value, gate, .. } = self.field;
        let shown = match value {
            None => format!("`{path}`"),
            Some(value) => format!("`{path}: {value}`"),
        };
        format!(
            "{shown} requires the feature gate {gate} ({} in Kubernetes {}, off by default); \
             without it the server drops the field or refuses the object",
            self.state.stage, self.version
        )
    }
}

/// Returns a warning for each gate that is off by default in the version and that a field of the
/// object requires, in the order of the text.
pub fn findings(document: &Document, version: KubernetesVersion) -> Vec<Finding> {
    let mut found = find(document, version);
    found.sort_by_key(|found| document.find(&found.path).map(|place| place.value.start));
    found
        .into_iter()
        .map(|found| {
            let message = found.message(&found.path.to_string());
            Finding::new(&rules::GATED_FIELD, found.path, message.clone()).redacted(message)
        })
        .collect()
}

/// Returns one field for each gate that is off by default in the version, in the order of the
/// table: the first place of the first row. Every built-in kind with a Pod template is searched. A
/// field that the version does not have is an error elsewhere.
pub fn find(document: &Document, version: KubernetesVersion) -> Vec<FoundField> {
    let (Some(api_version), Some(kind)) = (document.api_version(), document.kind()) else {
        return Vec::new();
    };
    let Some(template) = pod_template_path(api_version, kind) else {
        return Vec::new();
    };
    let Some(steps) = STEPS.iter().find(|steps| steps.version == version) else {
        return Vec::new();
    };
    let mut search = Search {
        tree: document.tree(),
        path: FieldPath::root(),
        found: Vec::new(),
    };
    search.spec(template.field("spec"), &steps.of_pods);
    if let ("batch/v1", "Job" | "CronJob", Some(spec)) = (api_version, kind, template.parent()) {
        search.spec(spec, &steps.of_jobs);
    }
    let mut found = search.found;
    found.sort_by_key(|(row, _)| *row);
    let fields = found.into_iter().filter_map(|(row, path)| {
        let field = FIELDS.get(row)?;
        let state = field.gate.state(version)?;
        Some(FoundField {
            field,
            path,
            state,
            version,
        })
    });
    fields.collect()
}

/// The fields of a version whose gates are off.
struct Steps {
    version: KubernetesVersion,
    of_pods: Step,
    of_jobs: Step,
}

/// One step of paths that begin alike.
#[derive(Default)]
struct Step {
    next: Vec<(&'static str, Step)>,
    /// The rows whose path ends here, by their place in the table.
    rows: Vec<usize>,
}

static STEPS: LazyLock<Vec<Steps>> = LazyLock::new(|| {
    let versions = KubernetesVersion::ALL.into_iter();
    versions
        .map(|version| {
            let (mut of_pods, mut of_jobs) = (Step::default(), Step::default());
            for (row, field) in FIELDS.iter().enumerate() {
                if !field.is_off(version) || field.in_schema(builtin(), version).is_none() {
                    continue;
                }
                let root = match field.owner {
                    Owner::Pod => &mut of_pods,
                    Owner::Job => &mut of_jobs,
                };
                for path in field.paths() {
                    root.add(&path, row);
                }
            }
            Steps {
                version,
                of_pods,
                of_jobs,
            }
        })
        .collect()
});

impl Step {
    fn add(&mut self, path: &[&'static str], row: usize) {
        let Some((name, rest)) = path.split_first() else {
            self.rows.push(row);
            return;
        };
        let at = self.next.iter().position(|(own, _)| own == name);
        let at = at.unwrap_or_else(|| {
            self.next.push((name, Self::default()));
            self.next.len() - 1
        });
        if let Some((_, step)) = self.next.get_mut(at) {
            step.add(rest, row);
        }
    }
}

struct Search<'a> {
    tree: &'a Tree,
    /// The path of the node that is searched.
    path: FieldPath,
    /// One row for each gate.
    found: Vec<(usize, FieldPath)>,
}

impl Search<'_> {
    fn spec(&mut self, path: FieldPath, steps: &Step) {
        if let Some(spec) = self.tree.find(&path) {
            self.path = path;
            self.object(spec.node, steps);
        }
    }

    fn object(&mut self, node: NodeId, step: &Step) {
        for (name, next) in &step.next {
            let Some(value) = self.tree.get(node, name) else {
                continue;
            };
            self.path.push(Segment::Field((*name).into()));
            self.value(value, next);
            self.path.pop();
        }
    }

    fn value(&mut self, node: NodeId, step: &Step) {
        for row in &step.rows {
            self.end(node, *row);
        }
        if step.next.is_empty() {
            return;
        }
        match self.tree.kind(node) {
            Kind::Mapping(_) => self.object(node, step),
            Kind::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.path.push(Segment::Index(index));
                    self.object(*item, step);
                    self.path.pop();
                }
            }
            _ => {}
        }
    }

    /// Adds the row whose path ends at a node, unless an earlier one has its gate.
    fn end(&mut self, node: NodeId, row: usize) {
        let Some(field) = FIELDS.get(row) else {
            return;
        };
        let is_used = match (self.tree.kind(node), field.value) {
            (Kind::Null, _) => false,
            (_, None) => true,
            (Kind::String(text), Some(value)) => **text == *value,
            (Kind::Bool(is_set), Some(value)) => value.parse() == Ok(*is_set),
            (_, Some(_)) => false,
        };
        if !is_used {
            return;
        }
        let gate = |row: usize| FIELDS.get(row).map(|own| own.gate);
        match self
            .found
            .iter_mut()
            .find(|(own, _)| gate(*own) == Some(field.gate))
        {
            Some((own, _)) if *own <= row => {}
            Some(own) => *own = (row, self.path.clone()),
            None => self.found.push((row, self.path.clone())),
        }
    }
}
