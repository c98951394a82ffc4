//! `--profile`: the least that meets a Pod Security level, written where nothing
//! was said; what was said and contradicts it is an error.

use k8s_openapi::api::core::v1::{Capabilities, Container, SeccompProfile};
use pod_model::pod_security::{Level, Violation, violations};
use pod_model::{Finding, KubernetesVersion};

use super::draft::{Draft, Made};

/// Meets the level that `--profile` asked for, after everything else.
pub(super) fn finish(draft: &mut Draft, version: KubernetesVersion) -> Vec<Finding> {
    let asked = draft.profile.filter(|level| *level != Level::Privileged);
    let Some(level) = asked else {
        return Vec::new();
    };
    // The baseline forbids, and asks for nothing.
    if level == Level::Restricted {
        restrict(draft, version);
    }
    let left = left(draft, level, version);
    let mut findings: Vec<Finding> = Vec::new();
    for violation in left {
        let path = draft.template_path().join(&violation.path);
        if findings.iter().any(|known| known.path == path) {
            continue;
        }
        let message = format!("--profile {level} forbids this: {}", violation.message);
        let finding = Finding::error("pod-security", path, message);
        findings.push(finding.help(format!(
            "leave out one of the two; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#{level}"
        )));
    }
    if findings.is_empty() {
        say(draft, level);
    }
    findings
}

fn left(draft: &Draft, level: Level, version: KubernetesVersion) -> Vec<Violation> {
    let metadata = match draft.made {
        Made::Pod => &draft.meta,
        Made::Job => &draft.template,
    };
    violations(level, version, metadata, &draft.pod)
}

/// Writes what `restricted` misses. What it forbids is left for the error.
fn restrict(draft: &mut Draft, version: KubernetesVersion) {
    let missing: Vec<Violation> = left(draft, Level::Restricted, version)
        .into_iter()
        .filter(|violation| violation.is_missing)
        .collect();
    let is_missing = |check: &str| missing.iter().any(|violation| violation.check == check);
    if is_missing("runAsNonRoot") {
        let own = draft.pod.security_context.get_or_insert_default();
        own.run_as_non_root.get_or_insert(true);
    }
    if is_missing("seccompProfile_restricted") {
        let own = draft.pod.security_context.get_or_insert_default();
        own.seccomp_profile.get_or_insert_with(|| SeccompProfile {
            type_: "RuntimeDefault".to_owned(),
            localhost_profile: None,
        });
    }
    let escalates = is_missing("allowPrivilegeEscalation");
    let keeps_capabilities = is_missing("capabilities_restricted");
    let init = draft.pod.init_containers.iter_mut().flatten();
    for container in init.chain(&mut draft.pod.containers) {
        if escalates {
            let own = container.security_context.get_or_insert_default();
            own.allow_privilege_escalation.get_or_insert(false);
        }
        if keeps_capabilities {
            drop_all(container);
        }
    }
}

fn drop_all(container: &mut Container) {
    let own = container.security_context.get_or_insert_default();
    let both: &mut Capabilities = own.capabilities.get_or_insert_default();
    let dropped = both.drop.get_or_insert_default();
    if !dropped.iter().any(|name| name == "ALL") {
        // Whatever stood there is among them.
        *dropped = vec!["ALL".to_owned()];
    }
}

/// What the image must do with what is left to it.
fn say(draft: &mut Draft, level: Level) {
    if level == Level::Baseline {
        draft.note("--profile baseline: nothing had to be written, and the image needs nothing");
        return;
    }
    let own = draft.pod.security_context.as_ref();
    let in_user_namespace = draft.pod.host_users == Some(false);
    if own.and_then(|own| own.run_as_user).is_none() && !in_user_namespace {
        draft.note(
            "--profile restricted: the image must say a user that is a number and not 0 \
             (USER 1000 in its Dockerfile), or the container does not start; --user 1000 says it here",
        );
    }
    draft.note(
        "--profile restricted: the program has no capabilities and gains none: no sudo, no \
         setuid, no changing of owners; it writes only where its user may",
    );
}

#[cfg(test)]
mod tests {
    use super::super::flags::testing::{notes, slips, spec, specs};

    const RESTRICTED: &str = "\
securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
containers: [{securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]";

    #[test]
    fn restricted_writes_what_is_missing_and_keeps_what_was_said() {
        specs(&[
            ("--profile restricted", RESTRICTED),
            ("--profile restricted --cap-drop CHOWN", RESTRICTED),
            (
                "--user 1000 --profile restricted --cap-add NET_BIND_SERVICE --seccomp localhost/a",
                "securityContext: {runAsUser: 1000, runAsNonRoot: true,
                   seccompProfile: {type: Localhost, localhostProfile: a}}
containers: [{securityContext: {allowPrivilegeEscalation: false,
                   capabilities: {add: [NET_BIND_SERVICE], drop: [ALL]}}}]",
            ),
            ("--profile baseline", "{}"),
            ("--profile privileged", "{}"),
        ]);
        // Root is not root in a user namespace.
        let own = spec("--profile restricted --user-namespace --user 0");
        assert!(own["securityContext"]["runAsNonRoot"].is_null(), "{own}");
    }

    #[test]
    fn what_contradicts_a_level_is_told_at_its_flag() {
        let message = |level: &str, what: &str| format!("--profile {level} forbids this: {what}");
        for (level, line, underlined, what) in [
            (
                "baseline",
                "--privileged",
                "--privileged",
                "a container must not be privileged",
            ),
            (
                "restricted",
                "--privileged",
                "--privileged",
                "a container must not be privileged",
            ),
            (
                "restricted",
                "--user 0",
                "0",
                "the user must not be 0, which is root",
            ),
            (
                "restricted",
                "--cap-add CHOWN",
                "CHOWN",
                "the capability CHOWN must not be added: NET_BIND_SERVICE is the only one",
            ),
            (
                "baseline",
                "--cap-add NET_RAW",
                "NET_RAW",
                "the capability NET_RAW is not among those that baseline lets add",
            ),
            (
                "baseline",
                "--seccomp Unconfined",
                "Unconfined",
                "the seccomp profile must be RuntimeDefault or Localhost",
            ),
            (
                "restricted",
                "--seccomp Unconfined",
                "Unconfined",
                "the seccomp profile must be RuntimeDefault or Localhost",
            ),
            (
                "baseline",
                "--host-network",
                "--host-network",
                "the node's network namespace must not be shared",
            ),
            (
                "baseline",
                "--sysctl kernel.msgmax=1",
                "kernel.msgmax=1",
                "the sysctl kernel.msgmax is not among the safe ones",
            ),
            (
                "baseline",
                "--selinux u:::",
                "u:::",
                "the SELinux user must not be set",
            ),
        ] {
            let line = format!("--profile {level} {line}");
            slips(&[(&line, underlined, &message(level, what))]);
        }
    }

    #[test]
    fn what_the_image_must_do_is_said() {
        assert_eq!(notes("--profile restricted").len(), 2);
        assert_eq!(notes("--profile restricted --user 1000").len(), 1);
        assert_eq!(notes("--profile baseline").len(), 1);
        assert!(notes("--profile privileged").is_empty());
    }
}
