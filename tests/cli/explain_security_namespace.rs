//! `explain-security -f`, in a namespace with labels of Pod Security.

use serde_json::{Value, json};

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
    let text = pod(PLAIN) + &namespace("pod-security.kubernetes.io/enforce: restrictive");
    let item = json_of(&text, &[]);
    assert_eq!(item["verdict"], "no");
    assert_eq!(item["namespace"]["enforce"]["level"], "restricted");
    let label = of(&item, "pod-security-label")[0]["message"]
        .as_str()
        .unwrap();
    assert!(label.contains("restricted is enforced"), "{label}");
    let text = pod(PLAIN) + &namespace("pod-security.kubernetes.io/warn: restrictive");
    let item = json_of(&text, &[]);
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
    assert!(help.contains("enforce-version=latest`"), "{help}");
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
