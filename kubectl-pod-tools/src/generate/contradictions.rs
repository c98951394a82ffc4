//! Contradictions of a finished object that the API accepts.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{ContainerPort, PodSpec};
use pod_env::{Controller, Options, Stage, Subject};
use pod_model::lookup::Answers;
use pod_model::{FieldPath, Finding, KubernetesVersion, Severity, containers, rules};
use serde_json::Value;

use super::draft::TargetKind;
use super::object::pod_at;

/// Returns warnings for containers that no kubelet starts, and for fields without the effect
/// that they seem to have. The API accepts both.
pub(super) fn find(
    target_kind: TargetKind,
    object: &Value,
    version: KubernetesVersion,
) -> Vec<Finding> {
    let root = target_kind.template_path();
    // Validation reports what is not a Pod.
    let Some((metadata, spec)) = pod_at(object, &root) else {
        return Vec::new();
    };
    let path = root.field("spec");
    let mut findings = root_users(&spec, &path);
    findings.extend(repeated_ports(&spec, &path));
    findings.extend(unresolved_references(
        &Subject {
            name: metadata.name.as_deref(),
            namespace: metadata.namespace.as_deref().unwrap_or("default"),
            metadata: &metadata,
            spec: &spec,
            status: None,
            base: path,
            stage: Stage::Template,
            controller: &controller(object),
        },
        version,
    ));
    findings
}

/// Returns the controller of the Pod: an indexed Job adds a variable.
fn controller(object: &Value) -> Controller {
    if object["spec"]["completionMode"] != "Indexed" {
        return Controller::Other;
    }
    let name = object["metadata"]["name"].as_str().map(str::to_owned);
    Controller::IndexedJob { name }
}

/// Finds containers that run as root though they must not.
///
/// Upstream: `verifyRunAsNonRoot` in pkg/kubelet/kuberuntime/security_context_others.go, with the
/// fields that `DetermineEffectiveSecurityContext` in pkg/securitycontext takes.
fn root_users(spec: &PodSpec, path: &FieldPath) -> Vec<Finding> {
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return Vec::new();
    }
    let pod = spec.security_context.as_ref();
    let mut paths = BTreeSet::new();
    let mut findings = Vec::new();
    for container in containers(spec, path) {
        let own = container.security_context;
        let own_user = own.and_then(|own| own.run_as_user);
        let user = own_user.or(pod.and_then(|pod| pod.run_as_user));
        let non_root = own
            .and_then(|own| own.run_as_non_root)
            .or(pod.and_then(|pod| pod.run_as_non_root));
        if user != Some(0) || non_root != Some(true) {
            continue;
        }
        let field = |is_own: bool, name: &'static str| {
            let of = if is_own { &container.path } else { path };
            of.field("securityContext").field(name)
        };
        let has_own = own.and_then(|own| own.run_as_non_root).is_some();
        let non_root = field(has_own, "runAsNonRoot");
        let field = field(own_user.is_some(), "runAsUser");
        if paths.insert(field.to_string()) {
            let message =
                "user 0 contradicts `runAsNonRoot`: the kubelet does not start the container";
            let finding = Finding::new(&rules::FLAGS_TOGETHER, field, message)
                .related_path("must not be root", non_root)
                .help("use another user, or leave out --non-root");
            findings.push(warning(finding));
        }
    }
    findings
}

/// Finds ports that are defined twice. Containers of a Pod share its network.
///
/// Upstream: the warnings of `warningsForPodSpecAndMeta` in pkg/api/pod/warnings.go.
fn repeated_ports(spec: &PodSpec, path: &FieldPath) -> Vec<Finding> {
    let mut known: BTreeMap<(i32, &str), Vec<&ContainerPort>> = BTreeMap::new();
    let mut findings = Vec::new();
    for container in containers(spec, path) {
        for (number, port) in container.ports.iter().enumerate() {
            let protocol = port.protocol.as_deref().unwrap_or("TCP");
            let others = known.entry((port.container_port, protocol)).or_default();
            if others.iter().any(|other| overlaps(port, other)) {
                let message = format!("port {}/{protocol} is defined twice", port.container_port);
                let field = container.path.field("ports").index(number);
                let finding = Finding::new(&rules::FLAGS_TOGETHER, field, message);
                findings.push(warning(finding.help("leave out one of them")));
            }
            others.push(port);
        }
    }
    findings
}

fn overlaps(one: &ContainerPort, other: &ContainerPort) -> bool {
    let [host_port, other_port] = [one, other].map(|port| port.host_port.unwrap_or_default());
    let is_any = |port: &ContainerPort| port.host_ip.as_deref().unwrap_or_default().is_empty();
    host_port == 0
        || other_port == 0
        || host_port == other_port && (one.host_ip == other.host_ip || is_any(one) || is_any(other))
}

/// Finds references such as `$(NAME)` that stay as they are, by the rules of `explain-env`.
fn unresolved_references(subject: &Subject<'_>, version: KubernetesVersion) -> Vec<Finding> {
    let options = Options {
        version,
        ..Options::default()
    };
    let resolution = pod_env::resolve(subject, &Answers::default(), &options);
    let findings = resolution.findings.into_iter();
    findings
        .filter(|finding| finding.is(&rules::UNRESOLVED_REFERENCE))
        .map(warning)
        .collect()
}

fn warning(mut finding: Finding) -> Finding {
    finding.severity = Severity::Warning;
    finding
}

#[cfg(test)]
mod tests {
    use super::super::flags::PodFlags;
    use super::super::flags::testing::typed;

    /// Returns the warnings of a line of flags, each with the underlined part.
    fn warnings(line: &str) -> Vec<(String, String)> {
        let generated = typed::<PodFlags>(line).map_err(|errors| format!("{errors:?}"));
        let warnings = generated.unwrap().warnings.into_iter();
        warnings
            .map(|placed| {
                let span = placed.finding.location.as_ref().unwrap().span;
                let part = placed.source.as_ref().unwrap().slice(span).to_owned();
                (placed.finding.message, part)
            })
            .collect()
    }

    #[test]
    fn root_user_contradicts_non_root() {
        let message = "user 0 contradicts `runAsNonRoot`: the kubelet does not start the container";
        for (line, part) in [
            ("--user 0 --non-root", "0"),
            ("--non-root --init 'a b user=0'", "user=0"),
            (
                "--user 0 --set spec.containers[0].securityContext.runAsNonRoot=true",
                "0",
            ),
        ] {
            let expected = (message.to_owned(), part.to_owned());
            assert_eq!(warnings(line), [expected], "{line}");
        }
        for line in [
            "--user 0",
            "--non-root --user 1",
            "--non-root",
            "--user 0 --init 'a b non-root user=1'",
        ] {
            assert_eq!(warnings(line), [], "{line}");
        }
    }

    #[test]
    fn repeated_port_is_a_warning() {
        for (line, message, part) in [
            ("--port 80 --port 80", "port 80/TCP is defined twice", "80"),
            (
                "--port a=80 --port b=80/tcp:8080",
                "port 80/TCP is defined twice",
                "b=80/tcp:8080",
            ),
            (
                "--port 53/udp --container 'a b port=53/udp'",
                "port 53/UDP is defined twice",
                "port=53/udp",
            ),
        ] {
            let expected = (message.to_owned(), part.to_owned());
            assert_eq!(warnings(line), [expected], "{line}");
        }
        for line in ["--port 80 --port 80/udp", "--port 80:1 --port 80:2"] {
            assert_eq!(warnings(line), [], "{line}");
        }
    }

    #[test]
    fn values_that_double_with_each_variable_hide_no_warning() {
        let doubling: Vec<String> = (1..60)
            .map(|n| format!("--env 'A{n}=$(A{})$(A{})'", n - 1, n - 1))
            .collect();
        let line = format!("--env A0=x {} --env 'B=$(C)'", doubling.join(" "));
        let message = "environment variable `B` refers to `C`, which is not defined";
        let expected = (message.to_owned(), "B=$(C)".to_owned());
        assert_eq!(warnings(&line), [expected]);
    }

    #[test]
    fn reference_to_later_variable_is_a_warning() {
        let found = warnings("--env 'A=$(B)' --env B=1");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].0.contains("`B`"), "{found:?}");
        assert_eq!(found[0].1, "A=$(B)");
        for line in [
            "--env B=1 --env 'A=$(B)'",
            "--env 'A=$$(B)'",
            "--env-from configmap/a --env 'A=$(B)'",
            "--shell 'echo $(date)'",
        ] {
            assert_eq!(warnings(line), [], "{line}");
        }
    }
}
