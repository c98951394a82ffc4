//! `explain-security -f`, in a namespace with labels of Pod Security.

use serde_json::{Value, json};

use crate::support::Home;

use super::explain_security::{PLAIN, deployment, json_of, namespace, of, offline, pod};

#[test]
fn a_namespace_of_the_input_refuses_a_pod() {
    let labels = "pod-security.kubernetes.io/enforce: restricted";
    let text = pod(PLAIN) + &namespace(labels);
    let run = offline(&text, &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let flat = run.stdout.replace('\n', " ");
    for words in [
        "error[pod-security-refused]: namespace `default` refuses the Pod: violates PodSecurity \"restricted:latest\": allowPrivilegeEscalation != false",
        "exempt",
    ] {
        assert!(flat.contains(words), "{words}: {}", run.stdout);
    }
    let item = json_of(&text, &[]);
    let answer = &item["namespace"];
    assert_eq!(answer["isRefusedLater"], false);
    assert_eq!(answer["enforce"]["levelOrigin"], "label");
    assert_eq!(answer["enforce"]["versionOrigin"], "serverDefault");
    // A refused Pod has no warnings.
    assert_eq!(answer["warnings"], Value::Null);
    assert_eq!(answer["warn"]["levelOrigin"], "enforce");
}

#[test]
fn the_pods_of_an_owner_are_refused_later() {
    let labels = "pod-security.kubernetes.io/enforce: baseline";
    let spec = "  hostPID: true\n  containers:\n  - name: app\n    image: nginx\n";
    let text = deployment(spec) + &namespace(labels);
    let item = json_of(&text, &[]);
    assert_eq!(item["verdict"], "no");
    let answer = &item["namespace"];
    assert_eq!(answer["isRefusedLater"], true);
    let warning = answer["warnings"][0].as_str().unwrap();
    assert!(
        warning.starts_with("would violate PodSecurity \"baseline:latest\": host namespaces"),
        "{warning}"
    );
    let refused = of(&item, "pod-security-refused")[0]["message"]
        .as_str()
        .unwrap();
    assert!(
        refused.contains("refuses each of its Pods (FailedCreate)"),
        "{refused}"
    );
    assert_eq!(item["violations"][0]["path"], "spec.template.spec.hostPID");
    let found = of(&item, "pod-security-violation");
    assert_eq!(
        (&found[0]["severity"], &found[0]["location"]["line"]),
        (&json!("error"), &json!(9))
    );
    // What is not enforced is only told.
    assert!(
        found[1..].iter().all(|own| own["severity"] == "info"),
        "{found:?}"
    );
}

#[test]
fn a_misspelt_enforce_level_enforces_restricted_and_a_misspelt_warn_level_nothing() {
    let stored = |labels: &str| {
        let text = namespace(labels).replace("  name: default", "  name: default\n  uid: u");
        pod(PLAIN) + &text
    };
    let item = json_of(
        &stored("pod-security.kubernetes.io/enforce: restrictive"),
        &[],
    );
    assert_eq!(item["verdict"], "no");
    assert_eq!(item["namespace"]["enforce"]["level"], "restricted");
    let label = of(&item, "pod-security-label")[0]["message"]
        .as_str()
        .unwrap();
    assert!(label.contains("restricted is enforced"), "{label}");
    let item = json_of(&stored("pod-security.kubernetes.io/warn: restrictive"), &[]);
    assert_eq!(
        (&item["verdict"], &item["namespace"]["warn"]["level"]),
        (&json!("ok"), &json!("privileged"))
    );
    assert_eq!(of(&item, "pod-security-label").len(), 1);
}

#[test]
fn a_misspelt_version_is_mended_in_its_own_label() {
    let labels = "pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.x";
    let item = json_of(&(pod(PLAIN) + &namespace(labels)), &[]);
    let label = of(&item, "pod-security-label");
    let help = label[0]["help"].as_str().unwrap();
    assert!(help.contains("enforce-version: latest`"), "{help}");
    assert_eq!(item["namespace"]["enforce"]["version"], "latest");
}

#[test]
fn a_misspelt_key_is_told_with_the_one_that_it_resembles() {
    let labels = "pod-security.kubernetes.io/enforced: restricted";
    let item = json_of(&(pod(PLAIN) + &namespace(labels)), &[]);
    assert_eq!(item["verdict"], "ok");
    let label = of(&item, "pod-security-label");
    assert_eq!(
        (&label[0]["message"], &label[0]["help"]),
        (
            &json!(
                "namespace `default` has the label `pod-security.kubernetes.io/enforced`, which nothing reads"
            ),
            &json!("did you mean `pod-security.kubernetes.io/enforce`?")
        )
    );
}

/// Admission looks at no kinds but Kubernetes' own.
#[test]
fn a_custom_resource_is_created_without_a_warning_and_its_pods_are_refused() {
    let rollout = deployment(PLAIN).replace("apps/v1", "argoproj.io/v1alpha1");
    let rollout = rollout.replace("Deployment", "Rollout");
    let labels = "pod-security.kubernetes.io/enforce: restricted, pod-security.kubernetes.io/audit: restricted";
    let item = json_of(&(rollout + &namespace(labels)), &[]);
    let answer = &item["namespace"];
    assert_eq!(answer["isRefusedLater"], true);
    assert_eq!(answer.get("warnings"), None, "{answer}");
    assert_eq!(answer.get("auditViolations"), None, "{answer}");
}

#[test]
fn a_namespace_that_warns_makes_warnings_of_violations() {
    let text = pod(PLAIN) + &namespace("pod-security.kubernetes.io/warn: restricted");
    let item = json_of(&text, &[]);
    assert_eq!(item["verdict"], "ok");
    assert_eq!(
        item["namespace"]["warnings"].as_array().map(Vec::len),
        Some(1)
    );
    let found = of(&item, "pod-security-violation");
    assert!(
        !found.is_empty() && found.iter().all(|own| own["severity"] == "warning"),
        "{found:?}"
    );
}

/// Admission takes no new namespace with a label that it cannot read (`ValidateNamespace`).
#[test]
fn a_new_namespace_with_a_label_that_cannot_be_read_is_refused() {
    for (labels, value) in [
        (
            "pod-security.kubernetes.io/enforce: restrictd",
            "\"restrictd\": must be one of",
        ),
        (
            "pod-security.kubernetes.io/warn: no",
            "\"no\": must be one of",
        ),
        (
            "pod-security.kubernetes.io/audit-version: \"1.30\"",
            "\"1.30\": must be",
        ),
    ] {
        let labels = labels.replace(": no", ": \"no\"");
        let item = json_of(&(pod(PLAIN) + &namespace(&labels)), &[]);
        assert_eq!(item["verdict"], "no", "{item}");
        let label = &of(&item, "pod-security-label")[0];
        assert_eq!(label["severity"], "error");
        let message = label["message"].as_str().unwrap();
        assert!(
            message.starts_with(
                "the API server refuses namespace `default` at pod.yaml:9:1 (422, PodSecurity): metadata.labels["
            ) && message.contains(value),
            "{message}"
        );
        // No label of the Pod is meant.
        let help = label["help"].as_str().unwrap();
        assert!(
            help.starts_with("in the Namespace at pod.yaml:9:1, use `pod-security"),
            "{help}"
        );
        assert_eq!(label["path"], "metadata.namespace");
    }
}

/// Admission sees the template, where a port is no host port by default; the Pod has its ports on the host.
#[test]
fn an_owner_is_warned_of_its_template_as_it_is_stored() {
    let spec = "  hostNetwork: true\n  containers:\n  - name: app\n    image: nginx\n    ports: [{containerPort: 80}]\n";
    let labels = "pod-security.kubernetes.io/enforce: baseline";
    let item = json_of(&(deployment(spec) + &namespace(labels)), &[]);
    let answer = &item["namespace"];
    assert_eq!(
        answer["warnings"][0],
        "would violate PodSecurity \"baseline:latest\": host namespaces (hostNetwork=true)"
    );
    let refusal = answer["refusal"].as_str().unwrap();
    assert!(refusal.contains("hostPort"), "{refusal}");
    let item = json_of(
        &(pod(spec) + &namespace("pod-security.kubernetes.io/warn: baseline")),
        &[],
    );
    let warning = item["namespace"]["warnings"][0].as_str().unwrap();
    assert!(warning.contains("hostPort"), "{warning}");
}

#[test]
fn the_version_of_the_namespace_decides_what_is_grave() {
    // 1.24 asks for neither of these: hosts of probes since 1.34, and Windows has no such fields since 1.25.
    let probe = "  containers:\n  - name: app\n    image: nginx\n    livenessProbe: {tcpSocket: {host: a, port: 1}}\n";
    let old = "pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/enforce-version: v1.24";
    let item = json_of(&(pod(probe) + &namespace(old)), &[]);
    assert_eq!(item["verdict"], "ok", "{item}");
    let found = of(&item, "pod-security-violation");
    assert_eq!(
        (&found[0]["path"], &found[0]["severity"]),
        (
            &json!("spec.containers[0].livenessProbe.tcpSocket.host"),
            &json!("info")
        )
    );
    // And 1.24 refuses a sysctl that was not safe then.
    let sysctl = "  securityContext: {sysctls: [{name: net.ipv4.tcp_rmem, value: \"1\"}]}\n";
    let item = json_of(&(pod(sysctl) + PLAIN + &namespace(old)), &[]);
    assert_eq!(item["verdict"], "no", "{item}");
    let found = of(&item, "pod-security-violation");
    let found = found.iter().find(|own| own["severity"] == "error").unwrap();
    assert_eq!(found["path"], "spec.securityContext.sysctls[0].name");
    let message = found["message"].as_str().unwrap();
    assert!(message.starts_with("baseline:v1.24 (sysctls)"), "{message}");
    let help = of(&item, "pod-security-refused")[0]["help"]
        .as_str()
        .unwrap();
    assert!(
        help.contains("`--level baseline --pss-version v1.24`"),
        "{help}"
    );
}

/// They are added to a Pod that exists, and no part of one that is created.
#[test]
fn ephemeral_containers_are_no_part_of_a_pod_that_is_created_again() {
    let text = "apiVersion: v1
kind: Pod
metadata: {name: web, uid: u}
spec:
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
  - name: app
    image: nginx
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
  ephemeralContainers:
  - name: debug
    image: busybox
    securityContext: {privileged: true}
";
    let text = text.to_owned() + &namespace("pod-security.kubernetes.io/enforce: restricted");
    let item = json_of(&text, &[]);
    assert_eq!(item["level"], "privileged");
    assert_eq!(item["namespace"].get("refusal"), None, "{item}");
    let run = offline(&text, &["-o", "patch"]);
    assert_eq!(run.stdout, "", "{run:?}");
    let met = "all Pods meet restricted:v1.37, without their ephemeral containers";
    assert!(run.stderr.contains(met), "{run:?}");
    let home = Home::with(&[("pod.yaml", &text)]);
    let run = home.run(&["explain-security", "--fix", "pod.yaml"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
    let met = "1 object meets restricted:v1.37, without its ephemeral containers";
    assert!(run.stderr.contains(met), "{run:?}");
    let run = offline(&text, &[]);
    assert!(!run.stdout.contains("`-o patch` prints"), "{run:?}");
}
