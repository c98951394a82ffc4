//! Findings of the Pod Security levels and of the namespace's labels.

use std::collections::HashSet;

use pod_model::pod_security::{Evaluation, Level, PolicyVersion};
use pod_model::{FieldPath, Finding, Severity, rules};

use super::super::created::in_object;
use super::super::namespace::NamespaceView;
use super::subject::Subject;

/// Returns the values that a label takes, after a backtick: the one that is likely meant, or all.
fn values(key: &str, value: &str) -> String {
    if key.ends_with("-version") {
        let with_v = format!("v{value}");
        return match PolicyVersion::of_label(&with_v) {
            Some(_) => format!("{with_v}`"),
            None => "latest`, or a version such as v1.37".to_owned(),
        };
    }
    let levels = [Level::Restricted, Level::Baseline, Level::Privileged].map(Level::as_str);
    match pod_model::nearest(value, levels) {
        Some(level) => format!("{level}`"),
        None => "restricted`, baseline or privileged".to_owned(),
    }
}

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    violations(subject, found);
    let Some(view) = subject.namespace.known() else {
        return;
    };
    let root = FieldPath::root();
    // The labels are those of another object: this field names it.
    let names_it = root.field("metadata").field("namespace");
    for error in &view.policy.errors {
        let effect = match error.key {
            "pod-security.kubernetes.io/enforce" => "restricted is enforced",
            "pod-security.kubernetes.io/warn" => "nothing is warned of",
            "pod-security.kubernetes.io/audit" => "nothing is recorded",
            _ => "the latest version counts",
        };
        let values = values(error.key, &error.value);
        let (name, key, source) = (&view.name, error.key, &view.source);
        let place = names_it.clone();
        found.push(if view.is_new {
            let message = format!(
                "the API server refuses namespace `{name}` at {source} (422, PodSecurity): {error}; in one that has the label already, {effect}"
            );
            Finding::new(&rules::POD_SECURITY_LABEL, place, message)
                .with_severity(Severity::Error)
                .help(format!("in the Namespace at {source}, use `{key}: {values}"))
        } else {
            let message = format!(
                "namespace `{name}` has the label `{key}={}`: it {}, so {effect}",
                error.value, error.message
            );
            Finding::new(&rules::POD_SECURITY_LABEL, place, message).help(format!(
                "use `kubectl label --overwrite namespace {name} {key}={values}"
            ))
        });
    }
    for (key, nearest) in &view.unread_labels {
        let message = format!(
            "namespace `{}` has the label `{key}`, which nothing reads",
            view.name
        );
        let place = names_it.clone();
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
    let at = view.policy.enforce.at;
    let version = match version_flag(at.version, subject) {
        Some(version) => format!(" --pss-version {version}"),
        None => String::new(),
    };
    found.push(finding.help(format!(
        "meet the level {at}: `--level {}{version}` shows each line",
        at.level
    )));
}

/// Returns the version of a namespace's label, if it asks other checks than the version that is explained.
fn version_flag(own: PolicyVersion, subject: &Subject<'_>) -> Option<PolicyVersion> {
    let server = PolicyVersion::from(subject.server);
    let known = |version: PolicyVersion| version.min(server);
    let explained = subject.levels.version;
    let is_latest = explained == PolicyVersion::LATEST;
    let is_other = known(own) != if is_latest { server } else { explained };
    // A server takes a version that is newer than itself for its latest.
    is_other.then_some(if own > server {
        PolicyVersion::LATEST
    } else {
        own
    })
}

/// The violations: errors where the level is asked for or the namespace refuses them. The namespace has a version of its
/// own, which may ask less than the version that is explained, or more.
fn violations(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let view = subject.namespace.known();
    let of_pod = view.and_then(NamespaceView::of_pod);
    let enforced = of_pod.filter(|_| !subject.is_stored);
    let enforced = enforced.and_then(|own| own.enforce.as_ref());
    let warned = view.and_then(|view| view.object.as_ref()).or(of_pod);
    let warned = warned.map(|own| &own.warn);
    let (is_enforced, is_warned) = (paths(enforced), paths(warned));
    let asked = subject.asked.unwrap_or(Level::Privileged);
    let mut told = Told::default();
    for own in subject.levels.violations() {
        // What baseline forbids at a place, restricted does, too.
        let is_new = told.insert(&own.path);
        if own.level == Level::Restricted && !is_new {
            continue;
        }
        let severity = if own.level <= asked || is_enforced.contains(&own.path) {
            Severity::Error
        } else if is_warned.contains(&own.path) {
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
    let others = [(enforced, Severity::Error), (warned, Severity::Warning)];
    for (evaluation, severity) in others {
        let Some(evaluation) = evaluation else {
            continue;
        };
        let at = evaluation.at;
        for own in evaluation.violations() {
            if !told.insert(&own.path) {
                continue;
            }
            let path = subject.path(&own.path);
            let message = format!(
                "{}:{} ({}): {}",
                own.level, at.version, own.check, own.message
            );
            found.push(
                Finding::new(&rules::POD_SECURITY_VIOLATION, path, message).with_severity(severity),
            );
        }
    }
}

fn paths(own: Option<&Evaluation>) -> HashSet<&FieldPath> {
    let all = own.into_iter().flat_map(Evaluation::violations);
    all.map(|own| &own.path).collect()
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
