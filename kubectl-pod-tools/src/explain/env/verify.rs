//! `--verify`: compares the environment of the running containers with the one after a
//! restart.

use pod_env::report::ContainerEnv;
use pod_env::{Change, Difference, drift};
use pod_model::{Finding, Severity, Verdict, rules};
use serde::Serialize;

use super::environ::{Environ, NotRead};
use crate::error::Failure;
use crate::exit::Exit;
use crate::targets::Target;

/// The answer for one container.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Verification {
    pub container: String,
    pub status: Compared,
    /// The reason why it was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub differences: Vec<Difference>,
    /// Variables of the image, or of sources that no longer exist.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unexplained: Vec<String>,
    /// Number of lines that may be variables or parts of a value, if no program of the
    /// image separates variables clearly.
    #[serde(skip_serializing_if = "is_zero")]
    pub unclear_lines: usize,
    /// True if it is an init container that has completed, so that nothing is missing.
    #[serde(skip)]
    over: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// The result of the comparison with a restart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::explain) enum Compared {
    /// All known variables are the same.
    Same,
    /// Something differs.
    Drift,
    /// It was not read.
    Unread,
}

impl Verification {
    fn unread(container: &ContainerEnv, why: &NotRead) -> Self {
        Self {
            container: container.name.clone(),
            status: Compared::Unread,
            reason: Some(why.reason.clone()),
            differences: Vec::new(),
            unexplained: Vec::new(),
            unclear_lines: 0,
            over: why.is_over,
        }
    }

    /// Returns whether the verdict depends on it and is unknown.
    fn is_open(&self) -> bool {
        self.status == Compared::Unread && !self.over
    }
}

/// Returns whether there were containers to compare, but none could be read.
fn is_nothing_compared(verified: &[Verification]) -> bool {
    !verified.is_empty() && verified.iter().all(|v| v.status == Compared::Unread)
}

/// Returns the failure for a target of which no container could be compared, or `None`
/// if there is an answer: a comparison, or an error of the environment itself.
pub(super) fn unanswered(
    shown: &str,
    verdict: Verdict,
    verified: &[Verification],
) -> Option<Failure> {
    if verdict != Verdict::Unknown || !is_nothing_compared(verified) {
        return None;
    }
    // Completed init containers are no reason.
    let blamed = verified.iter().find(|v| v.is_open()).or(verified.first())?;
    let message = format!(
        "cannot compare any container of {shown}: container `{}`: {}",
        blamed.container,
        blamed.reason.as_deref().unwrap_or("not read")
    );
    Some(Failure::new(Exit::Cluster, message))
}

/// Compares what was read in the containers of a live Pod with their report.
pub(super) fn verify(
    target: &Target,
    containers: &[ContainerEnv],
    environs: &[Environ],
    show_secrets: bool,
) -> Vec<Verification> {
    let mut verified = Vec::new();
    for container in containers {
        let mut environs = environs.iter();
        let Some(environ) = environs.find(|environ| environ.container == container.name) else {
            continue;
        };
        let (bytes, separator) = match &environ.read {
            Ok(read) => read,
            Err(why) => {
                verified.push(Verification::unread(container, why));
                continue;
            }
        };
        let drift = drift(&target.spec, container, bytes, *separator, show_secrets);
        verified.push(Verification {
            container: container.name.clone(),
            status: if drift.differences.is_empty() {
                Compared::Same
            } else {
                Compared::Drift
            },
            reason: None,
            differences: drift.differences,
            unexplained: drift.unexplained,
            unclear_lines: drift.unclear_lines,
            over: false,
        });
    }
    verified
}

/// Returns the verdict on a target whose environment resolves with `resolved`.
pub(super) fn verdict(resolved: Verdict, verified: &[Verification]) -> Verdict {
    if verified.iter().any(|v| v.status == Compared::Drift) {
        Verdict::No
    } else if resolved == Verdict::Ok
        && (verified.iter().any(Verification::is_open) || is_nothing_compared(verified))
    {
        Verdict::Unknown
    } else {
        resolved
    }
}

/// Returns the findings of the comparison; `verified` is in the order of `containers`.
pub(super) fn findings(containers: &[ContainerEnv], verified: &[Verification]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (container, verification) in containers.iter().zip(verified) {
        for difference in &verification.differences {
            let path = difference.path.as_ref().unwrap_or(&container.path);
            found.push(
                Finding::new(&rules::DRIFT, path.clone(), message(container, difference))
                    .help("restart the container to apply the change"),
            );
        }
        let name = &container.name;
        if let Some(reason) = &verification.reason {
            let message = format!("cannot read the environment of container `{name}`: {reason}");
            let path = container.path.clone();
            let finding = Finding::new(&rules::UNREAD_ENVIRONMENT, path, message);
            found.push(if verification.over {
                finding.with_severity(Severity::Info)
            } else {
                finding
            });
        }
        found.extend(unexplained(container, verification));
        if verification.unclear_lines > 0 {
            let count = verification.unclear_lines;
            let lines = if count == 1 { "line" } else { "lines" };
            let message = format!(
                "{count} {lines} of the environment of container `{name}` may be variables or parts of a value, and were not compared"
            );
            found.push(
                Finding::new(&rules::UNCLEAR_LINES, container.path.clone(), message)
                    .help("the image lacks cat and `env -0`, which separate variables clearly"),
            );
        }
    }
    found
}

/// Returns the finding for variables without a known source.
fn unexplained(container: &ContainerEnv, verification: &Verification) -> Option<Finding> {
    if verification.unexplained.is_empty() {
        return None;
    }
    let (name, path) = (&container.name, container.path.clone());
    let names: Vec<_> = verification
        .unexplained
        .iter()
        .map(|name| format!("`{}`", name.escape_debug()))
        .collect();
    let has = format!("container `{name}` has {}", names.join(", "));
    let finding =
        |why: &str| Finding::new(&rules::UNEXPLAINED_VARIABLE, path, format!("{has}: {why}"));
    Some(if container.image_env_known {
        finding("set by a device plugin or the runtime, or by a source that no longer exists")
    } else {
        finding("set by the image, or by a source that no longer exists")
            .help("use `--image-config FILE` to tell them apart")
    })
}

fn message(container: &ContainerEnv, difference: &Difference) -> String {
    let name = difference.name.escape_debug();
    let container = &container.name;
    let value = |value: &Option<String>| short(value.as_deref().unwrap_or_default());
    let (running, restarted) = (value(&difference.running), value(&difference.restarted));
    match difference.change {
        Change::Changed if difference.running.is_none() => format!(
            "`{name}` has changed to {restarted} since container `{container}` started; the end of its running value is ambiguous"
        ),
        Change::Gone if difference.running.is_none() => {
            format!("`{name}` is set in container `{container}`, but not after a restart")
        }
        Change::Changed if running == restarted => {
            format!("`{name}` has changed since container `{container}` started")
        }
        Change::Changed => format!(
            "`{name}` is {running} in container `{container}`, but {restarted} after a restart"
        ),
        Change::Gone => {
            format!("`{name}` is {running} in container `{container}`, but not set after a restart")
        }
        Change::New => format!(
            "`{name}` is not set in container `{container}`, but {restarted} after a restart"
        ),
    }
}

/// Maximum length of a value in a sentence, in characters.
const SHORT: usize = 40;

fn short(value: &str) -> String {
    let text: String = value.chars().take(SHORT).collect();
    let more = if text.len() < value.len() { "…" } else { "" };
    format!("`{}{more}`", text.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pod_model::{ContainerType, FieldPath};

    #[test]
    fn unexplained_variables_and_unclear_lines_are_findings() {
        let container = ContainerEnv {
            name: "web".into(),
            container_type: ContainerType::App,
            env: Vec::new(),
            command: Vec::new(),
            args: Vec::new(),
            command_references: Vec::new(),
            mounts: Vec::new(),
            unread: Vec::new(),
            image_env_known: false,
            path: FieldPath::parse("spec.containers[0]"),
        };
        let verified = |unexplained: &[&str], unclear_lines| Verification {
            container: "web".into(),
            status: Compared::Same,
            reason: None,
            differences: Vec::new(),
            unexplained: unexplained.iter().map(|&name| name.to_owned()).collect(),
            unclear_lines,
            over: false,
        };
        for (unexplained, unclear_lines, expected) in [
            (&[][..], 0, &[][..]),
            (&["GPU"], 0, &["unexplained-variable"]),
            (&[], 2, &["unclear-lines"]),
            (&["GPU"], 1, &["unexplained-variable", "unclear-lines"]),
        ] {
            let verified = [verified(unexplained, unclear_lines)];
            let found = findings(std::slice::from_ref(&container), &verified);
            let ids: Vec<_> = found.iter().map(Finding::id).collect();
            assert_eq!(ids, expected);
        }
    }
}
