//! Findings of the Pod Security levels and of the namespace's labels.

use std::collections::HashSet;

use pod_model::pod_security::Level;
use pod_model::{FieldPath, Finding, Severity, rules};

use super::super::created::in_object;
use super::subject::Subject;

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    violations(subject, found);
    let Some(view) = subject.namespace.known() else {
        return;
    };
    let root = FieldPath::root();
    for error in &view.policy.errors {
        let effect = match error.key {
            "pod-security.kubernetes.io/enforce" => "restricted is enforced",
            "pod-security.kubernetes.io/warn" => "nothing is warned of",
            "pod-security.kubernetes.io/audit" => "nothing is recorded",
            _ => "the latest version counts",
        };
        let message = format!(
            "namespace `{}` has the label `{}={}`: it {}, so {effect}",
            view.name, error.key, error.value, error.message
        );
        let values = if error.key.ends_with("-version") {
            "latest`, or a version such as v1.37"
        } else {
            "restricted`, baseline or privileged"
        };
        found.push(
            Finding::new(&rules::POD_SECURITY_LABEL, root.field("metadata"), message).help(
                format!(
                    "use `kubectl label --overwrite namespace {} {}={values}",
                    view.name, error.key
                ),
            ),
        );
    }
    for (key, nearest) in &view.unread_labels {
        let message = format!(
            "namespace `{}` has the label `{key}`, which nothing reads",
            view.name
        );
        let place = root.field("metadata");
        let mut finding = Finding::new(&rules::POD_SECURITY_LABEL, place, message);
        if let Some(nearest) = nearest {
            finding = finding.help(format!("did you mean `{nearest}`?"));
        }
        found.push(finding);
    }
    let Some(refusal) = view.refusal() else {
        return;
    };
    let path = in_object(subject.target, &root.field("spec"));
    let name = &view.name;
    let finding = match (&view.pods, subject.is_stored) {
        (_, true) => {
            let message = format!(
                "namespace `{name}` would refuse this Pod if it were created again: {refusal}"
            );
            Finding::new(&rules::POD_SECURITY_REFUSED, path, message)
                .with_severity(Severity::Warning)
        }
        (Some(_), _) => {
            let message = format!(
                "namespace `{name}` takes {}, and refuses each of its Pods (FailedCreate): {refusal}",
                subject.target.shown
            );
            Finding::new(&rules::POD_SECURITY_REFUSED, path, message)
        }
        (None, _) => {
            let message = format!("namespace `{name}` refuses the Pod: {refusal}");
            Finding::new(&rules::POD_SECURITY_REFUSED, path, message)
        }
    };
    found.push(finding.help(format!(
        "meet the level {}: `--level {}` shows each line",
        view.policy.enforce.at, view.policy.enforce.at.level
    )));
}

/// The violations: errors where the level is asked for or the namespace refuses them.
fn violations(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let view = subject.namespace.known();
    let enforced = view.filter(|_| !subject.is_stored);
    let enforced =
        enforced.and_then(|view| view.pods.as_ref().unwrap_or(&view.object).enforce.as_ref());
    let enforced = enforced.iter().flat_map(|own| own.violations());
    let enforced: HashSet<&FieldPath> = enforced.map(|own| &own.path).collect();
    let warned = view.map_or(Level::Privileged, |view| view.policy.warn.at.level);
    let asked = subject.asked.unwrap_or(Level::Privileged);
    let mut told = Told::default();
    for own in subject.levels.violations() {
        // What baseline forbids at a place, restricted does, too.
        let is_new = told.insert(&own.path);
        if own.level == Level::Restricted && !is_new {
            continue;
        }
        let is_enforced = || enforced.contains(&own.path);
        let severity = if own.level <= asked || is_enforced() {
            Severity::Error
        } else if own.level <= warned {
            Severity::Warning
        } else {
            Severity::Info
        };
        let path = subject.path(&own.path);
        let message = format!("{} ({}): {}", own.level, own.check, own.message);
        found.push(
            Finding::new(&rules::POD_SECURITY_VIOLATION, path, message).with_severity(severity),
        );
    }
}

/// Places that were told. The first few are compared one by one: hashing paths takes longer.
#[derive(Default)]
struct Told<'a> {
    few: Vec<&'a FieldPath>,
    others: HashSet<&'a FieldPath>,
}

impl<'a> Told<'a> {
    const FEW: usize = 16;

    /// Adds a place, and returns whether it is new.
    fn insert(&mut self, path: &'a FieldPath) -> bool {
        if self.few.contains(&path) {
            return false;
        }
        if self.few.len() < Self::FEW {
            self.few.push(path);
            return true;
        }
        self.others.insert(path)
    }
}
