//! Flag `--profile`: adds the fields that a Pod Security level requires; other fields that
//! contradict the level are errors.
//!
//! It works on the finished object, so that `--set` and `--overrides` must meet the level, too.

use pod_model::pod_security::{Level, Violation, violations};
use pod_model::{FieldPath, Finding, KubernetesVersion, Segment, rules};
use serde_json::{Value, json};

use super::draft::TargetKind;
use super::object::{pod_at, value_at};

/// Result of meeting a level.
#[derive(Default)]
pub(super) struct Outcome {
    /// Violations of the level.
    pub findings: Vec<Finding>,
    /// Requirements on the image.
    pub notes: Vec<&'static str>,
}

/// Adds the missing fields of the level, and returns the violations that remain.
pub(super) fn meet(
    level: Level,
    version: KubernetesVersion,
    target_kind: TargetKind,
    object: &mut Value,
) -> Outcome {
    let mut outcome = Outcome::default();
    let root = target_kind.template_path();
    let Some(found) = find_violations(level, version, &root, object) else {
        // Validation reports what is not a Pod.
        return outcome;
    };
    for violation in found.iter().filter(|violation| violation.is_missing) {
        fill(object, &root, violation);
    }
    for violation in find_violations(level, version, &root, object).unwrap_or(found) {
        let path = root.join(&violation.path);
        if outcome.findings.iter().any(|known| known.path == path) {
            continue;
        }
        let message = format!(
            "`--profile {level}` does not allow it: {}",
            violation.message
        );
        let finding = Finding::new(&rules::POD_SECURITY, path, message);
        outcome.findings.push(finding.help(format!(
            "remove the flag or `--profile {level}`; see https://kubernetes.io/docs/concepts/security/pod-security-standards/#{level}"
        )));
    }
    if outcome.findings.is_empty() {
        outcome.notes = notes(level, &value_at(object, &root)["spec"]);
    }
    outcome
}

/// Returns the violations of the level, or `None` if the object is not a valid Pod.
fn find_violations(
    level: Level,
    version: KubernetesVersion,
    root: &FieldPath,
    object: &Value,
) -> Option<Vec<Violation>> {
    let (metadata, spec) = pod_at(object, root)?;
    Some(violations(level, version, &metadata, &spec))
}

/// Writes a missing field: once for the Pod if all containers can share it.
fn fill(object: &mut Value, root: &FieldPath, violation: &Violation) {
    let of_pod = |field: &'static str| root.field("spec").field("securityContext").field(field);
    let (path, value) = match violation.check {
        "runAsNonRoot" => (of_pod("runAsNonRoot"), json!(true)),
        "seccompProfile_restricted" => {
            let profile = json!({ "type": "RuntimeDefault" });
            (of_pod("seccompProfile"), profile)
        }
        "allowPrivilegeEscalation" => (root.join(&violation.path), json!(false)),
        // It includes all others that are dropped.
        "capabilities_restricted" => (root.join(&violation.path), json!(["ALL"])),
        _ => return,
    };
    let place = path
        .segments()
        .iter()
        .try_fold(object, |value, step| match (step, value) {
            (Segment::Field(name), value @ Value::Null) => {
                *value = json!({});
                Some(&mut value[&**name])
            }
            (Segment::Field(name), Value::Object(fields)) => {
                Some(fields.entry(name.clone()).or_insert(Value::Null))
            }
            (Segment::Index(at), Value::Array(items)) => items.get_mut(*at),
            _ => None,
        });
    if let Some(place) = place {
        *place = value;
    }
}

fn notes(level: Level, spec: &Value) -> Vec<&'static str> {
    if level == Level::Baseline {
        return vec!["--profile baseline: no fields added"];
    }
    let has_user = |context: &Value| !context["runAsUser"].is_null();
    let lists = ["initContainers", "containers"].map(|list| spec[list].as_array());
    let mut containers = lists.into_iter().flatten().flatten();
    let is_user_known = has_user(&spec["securityContext"])
        || containers.all(|container| has_user(&container["securityContext"]));
    let mut notes = Vec::new();
    if !is_user_known && spec["securityContext"]["runAsNonRoot"] == json!(true) {
        notes.push(
            "--profile restricted: the image must set a numeric user other than 0 (USER 1000 in its \
             Dockerfile), or the container does not start; --user 1000 sets one",
        );
    }
    notes.push(
        "--profile restricted: the container runs without capabilities: sudo, setuid and chown do \
         not work",
    );
    notes
}

#[cfg(test)]
mod tests {
    use super::super::flags::testing::{assert_specs, assert_value_errors, notes, spec};

    const RESTRICTED: &str = "\
securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
containers: [{securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]";

    #[test]
    fn restricted_adds_missing_fields_and_keeps_others() {
        assert_specs(&[
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
        for line in [
            "--profile restricted --set spec.securityContext=null",
            "--set spec.containers[0].securityContext=null --profile restricted",
        ] {
            assert_specs(&[(line, RESTRICTED)]);
        }
        // Root is not root in a user namespace.
        let own = spec("--profile restricted --user-namespace --user 0");
        assert!(own["securityContext"]["runAsNonRoot"].is_null(), "{own}");
    }

    #[test]
    fn violation_is_at_its_flag() {
        let message =
            |level: &str, what: &str| format!("`--profile {level}` does not allow it: {what}");
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
            assert_value_errors(&[(&line, underlined, &message(level, what))]);
        }
    }

    #[test]
    fn requirements_on_image_are_noted() {
        assert_eq!(notes("--profile restricted").len(), 2);
        assert_eq!(notes("--profile restricted --user 1000").len(), 1);
        assert_eq!(notes("--profile baseline").len(), 1);
        assert!(notes("--profile privileged").is_empty());
    }
}
