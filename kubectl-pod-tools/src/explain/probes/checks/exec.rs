//! Checks of exec probes.

use pod_model::{FieldPath, Finding, Severity, rules};
use pod_probe::{Handler, ProbeKind};

use super::super::report::EffectiveProbe;
use super::super::words::word;
use super::curl::accepts_all_statuses;
use super::script::{Ignored, background, ignored_failure, script};
use super::subject::Probed;

pub(super) fn check(probed: Probed<'_>, found: &mut Vec<Finding>) {
    for own in &probed.own.probes {
        let Handler::Exec { command } = &own.probe.handler else {
            continue;
        };
        found.extend(every_second(own));
        let words = own.path.field("exec").field("command");
        found.extend(one_word(own, command, &words));
        empty_variables(probed, command, &words, found);
        let Some(script) = script(command) else {
            if accepts_all_statuses(command.iter().map(String::as_str)) {
                found.push(ignores_failure(own, &Ignored::Status, words));
            }
            continue;
        };
        let path = words.index(script.index);
        if let Some(ignored) = ignored_failure(&script) {
            found.push(ignores_failure(own, &ignored, path.clone()));
        }
        if let Some(part) = background(&script) {
            let message = format!(
                "`{part} &` goes on in the background and holds the output of the attempt open: the \
                 container runtime waits for its end, so an attempt may take much longer than \
                 timeoutSeconds {}",
                own.probe.timeout_seconds
            );
            found.push(
                Finding::new(&rules::BACKGROUND_IN_PROBE, path, message)
                    .help(format!("close its output: `{part} >/dev/null 2>&1 &`")),
            );
        }
    }
}

/// A process each second.
fn every_second(own: &EffectiveProbe) -> Option<Finding> {
    // A startup probe ends with its first success: there a short period makes a fast start.
    if own.probe.period_seconds != 1 || own.probe.kind == ProbeKind::Startup {
        return None;
    }
    let message = format!(
        "the {} probe starts a process in the container every second: 60 × 60 × 24 = 86400 a day, each \
         through the container runtime, and on the container's account",
        word(own.probe.kind)
    );
    let path = own.path.field("periodSeconds");
    Some(
        Finding::new(&rules::EXEC_EVERY_SECOND, path, message)
            .help("use httpGet, tcpSocket or grpc, or a longer period"),
    )
}

/// A command line in one word: no shell splits it.
fn one_word(own: &EffectiveProbe, command: &[String], words: &FieldPath) -> Option<Finding> {
    let [line] = command else {
        return None;
    };
    let (program, rest) = line.trim().split_once(char::is_whitespace)?;
    // The name of a program may have a space.
    if program.starts_with('/') && !rest.trim_start().starts_with('-') {
        return None;
    }
    let message = format!(
        "the command is one word, so the {} probe looks for a program of that whole name, and no shell \
         splits it. Without one each attempt is an error, which counts neither as a failure nor as a success",
        word(own.probe.kind)
    );
    let finding = Finding::new(&rules::ERRORED_PROBE, words.index(0), message);
    Some(finding.with_severity(Severity::Warning).help(format!(
        "make a list of `{program}` and its arguments, or use `[sh, -c, …]`"
    )))
}

/// References to variables that the kubelet does not know here.
fn empty_variables(
    probed: Probed<'_>,
    command: &[String],
    words: &FieldPath,
    found: &mut Vec<Finding>,
) {
    for (index, text) in command.iter().enumerate() {
        for name in references(text) {
            let Some(becomes) = static_value(probed, name) else {
                continue;
            };
            let message = format!(
                "`$({name})` {becomes}: for the command of a probe the kubelet knows only the texts in `env`, \
                 as they are written"
            );
            let finding = Finding::new(&rules::EMPTY_PROBE_VARIABLE, words.index(index), message);
            found.push(finding.help(format!(
                "let a shell in the container replace it: `sh -c '… ${name} …'`"
            )));
        }
    }
}

/// Returns what becomes of a reference to a variable that has another value in the container.
///
/// Upstream: `ExpandContainerCommandOnlyStatic` in `k8s.io/kubernetes/pkg/kubelet/container/helpers.go`.
fn static_value(probed: Probed<'_>, name: &str) -> Option<String> {
    let mut env = probed.view.env.iter().rev();
    let Some(variable) = env.find(|variable| variable.name == name) else {
        // Lower-case letters are rather a command that a shell shall run.
        let is_variable =
            |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
        let is_from = !probed.view.env_from.is_empty() && !name.is_empty();
        return (is_from && name.bytes().all(is_variable)).then(|| {
            "stays as it is, although `envFrom` may have the variable; a shell would run it as a command".to_owned()
        });
    };
    if variable.value_from.is_some() {
        return Some(format!(
            "becomes the empty string, because `{name}` has a `valueFrom`"
        ));
    }
    let inner = references(variable.value.as_deref().unwrap_or_default());
    let inner = inner.first()?;
    Some(format!(
        "becomes a text in which `$({inner})` is not replaced"
    ))
}

/// Returns the names in `$(NAME)` that are references and not escaped.
///
/// Upstream: `Expand` in `k8s.io/kubernetes/third_party/forked/golang/expansion`.
fn references(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            rest = after;
        } else if let Some(after) = rest.strip_prefix('(')
            && let Some(end) = after.find(')')
        {
            names.push(&after[..end]);
            rest = &after[end + 1..];
        }
    }
    names
}

fn ignores_failure(own: &EffectiveProbe, ignored: &Ignored<'_>, path: FieldPath) -> Finding {
    let follows = match own.probe.kind {
        ProbeKind::Startup => {
            "the container counts as started after the first attempt that ends in time"
        }
        ProbeKind::Readiness => "the container is ready unless an attempt takes too long",
        ProbeKind::Liveness => "only an attempt that takes too long can kill the container",
    };
    let (why, help) = match ignored {
        Ignored::Alternative(part) => (
            format!("`|| {part}` turns each failure into success"),
            format!("leave out `|| {part}`"),
        ),
        Ignored::Last(part) => (
            format!("the script ends with `{part}`, whose exit code is 0 whatever came before it"),
            format!("leave out `{part}`, or begin with `set -e`"),
        ),
        Ignored::Pipeline(part) => (
            format!(
                "the exit code of a pipeline is that of its last command, and `{part}` succeeds although \
                 the one before it fails"
            ),
            format!("leave out `| {part}`, or use bash with `set -o pipefail`"),
        ),
        Ignored::Status => (
            "without `-f`, `curl` succeeds with each answer, whatever its status".to_owned(),
            "add `-f`, or use httpGet".to_owned(),
        ),
    };
    let (which, follows) = match ignored {
        Ignored::Status => ("each answer, also of status 500, counts as success", None),
        _ => (
            "each failure of the command counts as success",
            Some(follows),
        ),
    };
    let follows = follows.map(|follows| format!("; {follows}"));
    let message = format!("{which}: {why}{}", follows.unwrap_or_default());
    Finding::new(&rules::IGNORED_FAILURE, path, message).help(help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_as_the_kubelet_finds_them() {
        for (text, names) in [
            ("$(A)", &["A"][..]),
            ("x$(A)y$(B)", &["A", "B"]),
            ("$$(A)", &[]),
            ("$$$(A)", &["A"]),
            ("$(A", &[]),
            ("$A", &[]),
        ] {
            assert_eq!(references(text), names, "{text}");
        }
    }
}
