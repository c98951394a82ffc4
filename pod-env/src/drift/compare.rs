//! Compares the variables of one container.

use std::collections::{HashMap, HashSet};

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::FieldPath;
use serde::Serialize;

use super::environ::{Environ, RUNTIME, Separator, by_lines, by_nul};
use super::gone::Gone;
use super::secrets::Secrets;
use crate::report::MASK;
use crate::report::{ContainerEnv, EnvVar, SourceKind, Status};
use pod_model::{ContainerView, containers};

/// The effect of a restart on a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// A restart gives it another value.
    Changed,
    /// A restart removes it.
    Gone,
    /// A restart adds it.
    New,
}

/// A variable that a restart would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Difference {
    /// Its name.
    pub name: String,
    /// The effect of a restart.
    pub change: Change,
    /// The value in the running container, or `None` if it is not set or its end is
    /// ambiguous.
    pub running: Option<String>,
    /// The value after a restart, or `None` if it would not be set.
    pub restarted: Option<String>,
    /// True if [`MASK`] replaces a value that is or may be a Secret's.
    pub masked: bool,
    /// The entry of the manifest that sets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<FieldPath>,
}

/// The comparison of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// The variables that a restart would change.
    pub differences: Vec<Difference>,
    /// Variables that neither the manifest nor a Service sets: those of the image, or of
    /// sources that existed when the container started.
    pub unexplained: Vec<String>,
    /// Number of lines that may be variables or parts of a value; 0 if NUL separates the
    /// variables.
    pub unclear_lines: usize,
}

/// Compares an environment that was read with the one of the report. Unknown values are
/// not compared. `spec` is the spec of the report's Pod.
pub fn drift(
    spec: &PodSpec,
    container: &ContainerEnv,
    environ: &[u8],
    separator: Separator,
    show_secrets: bool,
) -> Drift {
    let all = containers(spec, &FieldPath::root());
    match all.iter().find(|one| one.name == container.name) {
        Some(view) => of_container(view, container, environ, separator, show_secrets),
        None => Drift::default(),
    }
}

fn of_container(
    spec: &ContainerView<'_>,
    container: &ContainerEnv,
    environ: &[u8],
    separator: Separator,
    show_secrets: bool,
) -> Drift {
    let secrets = Secrets::of(spec);
    let expected: Vec<&EnvVar> = container.env.iter().filter(|e| takes_part(e)).collect();
    let Environ { entries, unclear } = match separator {
        Separator::Nul => by_nul(environ),
        Separator::LineFeed => {
            let in_report = container.env.iter().map(|entry| &entry.name);
            let in_spec = spec.env.iter().map(|variable| &variable.name);
            let mut known: HashSet<&[u8]> =
                in_report.chain(in_spec).map(String::as_bytes).collect();
            known.extend(RUNTIME.iter().map(|name| name.as_bytes()));
            by_lines(environ, &expected, &known, |name| {
                secrets.may_be_in(&String::from_utf8_lossy(name))
            })
        }
    };
    let mut first = HashMap::new();
    for (at, entry) in entries.iter().enumerate() {
        first.entry(entry.name).or_insert((at, *entry));
    }
    let mut found = Drift {
        unclear_lines: unclear,
        ..Drift::default()
    };
    for entry in &expected {
        let Some(restarted) = &entry.bytes else {
            continue;
        };
        let seen = first.get(entry.name.as_bytes()).map(|(_, seen)| seen);
        let change = match seen {
            Some(seen) if seen.value == Some(restarted.bytes()) => continue,
            Some(_) => Change::Changed,
            // Runtimes differ in the variables that they set.
            None if entry.source.kind == SourceKind::Runtime => continue,
            None => Change::New,
        };
        let tainted = seen.is_some_and(|seen| seen.tainted);
        let masked = !show_secrets && (entry.masked || tainted || secrets.may_be_in(&entry.name));
        let running = seen.and_then(|seen| seen.value);
        found.differences.push(Difference {
            name: entry.name.clone(),
            change,
            running: running.map(|value| shown(value, masked)),
            restarted: entry.value.clone(),
            masked: entry.masked || (masked && running.is_some()),
            path: entry.path.clone(),
        });
    }
    let known: HashSet<&[u8]> = expected.iter().map(|e| e.name.as_bytes()).collect();
    let gone = Gone::new(container, spec, &expected, &entries);
    for (at, entry) in entries.iter().enumerate() {
        let name = String::from_utf8_lossy(entry.name).into_owned();
        let is_first = first.get(entry.name).is_some_and(|(first, _)| *first == at);
        if known.contains(entry.name) || !is_first || RUNTIME.contains(&name.as_str()) {
            continue;
        }
        if gone.is(at, &name) {
            let masked = !show_secrets && (entry.tainted || secrets.may_be_in(&name));
            found.differences.push(Difference {
                name,
                change: Change::Gone,
                running: entry.value.map(|value| shown(value, masked)),
                restarted: None,
                masked: masked && entry.value.is_some(),
                path: None,
            });
        } else {
            found.unexplained.push(name);
        }
    }
    found
}

fn takes_part(entry: &EnvVar) -> bool {
    !matches!(entry.status, Status::Skipped | Status::Overridden)
}

fn shown(value: &[u8], masked: bool) -> String {
    if masked {
        MASK.to_owned()
    } else {
        String::from_utf8_lossy(value).into_owned()
    }
}
