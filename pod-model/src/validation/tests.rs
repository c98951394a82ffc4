//! Tests beyond the comparison with upstream's own code: older versions, templates of
//! other kinds, and places in a file.

use k8s_openapi::api::core::v1::{Pod, PodTemplateSpec};
use serde_json::{Value, json};

use super::{check, validate_pod, validate_template};
use crate::manifest;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

fn pod(spec: &Value, container: &Value) -> Pod {
    let mut own = json!({ "name": "app", "image": "i" });
    own.as_object_mut()
        .unwrap()
        .extend(container.as_object().unwrap().clone());
    let mut spec = spec.clone();
    spec["containers"] = json!([own]);
    serde_json::from_value(json!({ "metadata": { "name": "web" }, "spec": spec })).unwrap()
}

/// The errors of each version from 1.31 to 1.37, as classes and paths.
fn by_version(pod: &Pod) -> Vec<String> {
    KubernetesVersion::ALL
        .into_iter()
        .map(|version| {
            let findings = validate_pod(pod, version);
            let found = findings
                .iter()
                .map(|own| format!("{} {}", own.id(), own.path));
            found.collect::<Vec<_>>().join(", ")
        })
        .collect()
}

#[test]
fn feature_gates_are_those_of_the_version() {
    let none = json!({});
    let sleep = json!({ "lifecycle": { "preStop": { "sleep": { "seconds": 0 } } } });
    let variable = json!({ "env": [{ "name": "1 a", "value": "b" }] });
    let file = json!({ "env": [{ "name": "A", "valueFrom": { "fileKeyRef": { "volumeName": "v", "path": "p", "key": "k" } } }] });
    let restart = json!({ "restartPolicy": "Never" });
    let mount = json!({ "securityContext": { "procMount": "x" } });
    for (name, spec, container, expected) in [
        (
            "a sleep of no time",
            &none,
            &sleep,
            ["invalid spec.containers[0].lifecycle.preStop.sleep"; 2].to_vec(),
        ),
        (
            "a relaxed name",
            &none,
            &variable,
            vec!["invalid spec.containers[0].env[0].name"],
        ),
        (
            "a relaxed search domain",
            &json!({ "dnsConfig": { "searches": ["_a.b"] } }),
            &none,
            vec!["invalid spec.dnsConfig.searches[0]"; 2],
        ),
        (
            "restart policy",
            &none,
            &restart,
            vec!["forbidden-field spec.containers[0].restartPolicy"; 3],
        ),
    ] {
        let found = by_version(&pod(spec, container));
        let mut expected: Vec<_> = expected.into_iter().map(str::to_owned).collect();
        expected.resize(KubernetesVersion::ALL.len(), String::new());
        assert_eq!(found, expected, "{name}");
    }
    // What is switched off is dropped unseen, so it is judged from then on.
    for (name, spec, container, error, since) in [
        (
            "a file of variables",
            &none,
            &file,
            "not-found spec.containers[0].env[0].valueFrom.fileKeyRef.volumeName",
            4,
        ),
        (
            "`procMount` type",
            &none,
            &mount,
            "not-supported spec.containers[0].securityContext.procMount",
            2,
        ),
        (
            "a policy of groups",
            &json!({ "securityContext": { "supplementalGroupsPolicy": "x" } }),
            &none,
            "not-supported spec.securityContext.supplementalGroupsPolicy",
            2,
        ),
        (
            "resources of the Pod",
            &json!({ "resources": { "limits": { "x": "1" } } }),
            &none,
            "invalid spec.resources.limits.x",
            3,
        ),
        (
            "a claim",
            &json!({ "resourceClaims": [{ "name": "a" }] }),
            &none,
            "invalid spec.resourceClaims[0]",
            3,
        ),
        (
            "another hostname",
            &json!({ "hostnameOverride": "A" }),
            &none,
            "invalid spec.hostnameOverride",
            4,
        ),
    ] {
        for (i, found) in by_version(&pod(spec, container)).iter().enumerate() {
            assert_eq!(
                found.contains(error),
                i >= since,
                "{name} in 1.{}: {found}",
                31 + i
            );
        }
    }
}

#[test]
fn a_template_has_the_path_of_its_object() {
    let template: PodTemplateSpec = serde_json::from_value(json!({
        "metadata": { "labels": { "a b": "c" } },
        "spec": { "containers": [{ "name": "A", "image": "i" }] },
    }))
    .unwrap();
    let path = FieldPath::parse("spec.jobTemplate.spec.template");
    let findings = validate_template(&template, &path, KubernetesVersion::LATEST);
    let paths: Vec<_> = findings.iter().map(|own| own.path.to_string()).collect();
    let base = "spec.jobTemplate.spec.template";
    assert_eq!(
        paths,
        [
            format!("{base}.labels"),
            format!("{base}.spec.containers[0].name")
        ]
    );
    let at = findings[0].display_path.as_ref().unwrap();
    assert_eq!(at.to_string(), format!("{base}.metadata.labels['a b']"));
}

/// Each line that is wrong says so itself, and nothing else is.
#[test]
fn a_finding_points_at_what_is_wrong_and_not_at_what_upstream_names() {
    let text = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    good: yes-it-is
    bad label: x   # wrong
    other: not good   # wrong
  finalizers:
  - example.com/own
  - bad name   # wrong
  ownerReferences:
  - {apiVersion: v1, kind: Node, name: a, uid: u}
  - {apiVersion: v1, kind: Node, name: b, uid: ''}   # wrong
spec:
  hostPID: true   # wrong
  hostUsers: false
  serviceAccountName: robot
  overhead:   # wrong
    cpu: -1
  volumes:
  - name: disk
    gcePersistentDisk:
      pdName: d
      partition: 300   # wrong
  - name: labels
    downwardAPI:
      items:
      - path: a
        fieldRef: {fieldPath: metadata.name}
      - path: ../b   # wrong
        fieldRef: {fieldPath: metadata.name}
  - name: token
    projected:
      sources:
      - serviceAccountToken:
          path: /t   # wrong
  containers:
  - name: app
    image: nginx
    volumeMounts:
    - name: cache
      mountPath: /a
    - name: cache
      mountPath: /b
      subPath: ../b   # wrong
    livenessProbe:
      httpGet:
        port: 80
        httpHeaders:
        - {name: X-A, value: b}
        - {name: X A, value: b}   # wrong
    resources:
      limits: {cpu: 1}
      requests:
        cpu: 2   # wrong
";
    let text = text.replace(
        "  - name: disk\n",
        "  - name: cache\n    emptyDir: {}\n  - name: disk\n",
    );
    let manifest = manifest::read("pod.yaml", text.clone().into_bytes());
    let findings = check(&manifest.documents[0], KubernetesVersion::LATEST);
    let found: Vec<usize> = findings
        .iter()
        .map(|own| own.location.as_ref().unwrap().line)
        .map(|line| usize::try_from(line).unwrap())
        .collect();
    let lines = text.lines().enumerate();
    let expected: Vec<usize> = lines
        .filter(|(_, line)| line.ends_with("# wrong"))
        .map(|(i, _)| i + 1)
        .collect();
    let mut found = found;
    found.dedup();
    assert_eq!(found, expected, "{findings:#?}");
}

#[test]
fn defaulted_values_are_reported_once() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  containers:\n  - name: app\n    image: i\n    resources: {limits: {gpu: 1}}\n";
    let manifest = manifest::read("pod.yaml", text.as_bytes().to_vec());
    let findings = check(&manifest.documents[0], KubernetesVersion::LATEST);
    assert_eq!(findings.len(), 1, "{findings:#?}");
}

fn checked(text: &str) -> Vec<String> {
    let manifest = manifest::read("x.yaml", text.as_bytes().to_vec());
    let findings = check(&manifest.documents[0], KubernetesVersion::LATEST);
    let found = findings
        .iter()
        .map(|own| format!("{} {}", own.id(), own.path));
    found.collect()
}

#[test]
fn a_stateful_set_mounts_its_claims() {
    let text = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      hostname: its.own\n      containers:\n      - {name: db, image: i, volumeMounts: [{name: data, mountPath: /d}]}\n  volumeClaimTemplates:\n  - metadata: {name: data}\n    spec: {}\n";
    assert!(checked(text).is_empty(), "{:?}", checked(text));
    let other = text.replace("name: data, mount", "name: date, mount");
    assert_eq!(
        checked(&other),
        ["not-found spec.template.spec.containers[0].volumeMounts[0].name"]
    );
}

#[test]
fn a_cron_job_is_judged_as_its_jobs_are() {
    let text = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: nightly}\nspec:\n  schedule: '0 0 * * *'\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          containers: [{name: app, image: i}]\n";
    assert!(checked(text).is_empty(), "{:?}", checked(text));
    let text = text
        .replace("nightly", &"n".repeat(53))
        .replace("'0 0 * * *'", "''\n  concurrencyPolicy: x\n  startingDeadlineSeconds: -1")
        .replace("restartPolicy: Never", "hostname: a.b")
        .replace("      template:", "      manualSelector: true\n      selector: {}\n      backoffLimit: -1\n      template:");
    let job = "spec.jobTemplate.spec";
    assert_eq!(
        checked(&text),
        [
            "invalid metadata.name".to_owned(),
            "required spec.schedule".to_owned(),
            "not-supported spec.concurrencyPolicy".to_owned(),
            "invalid spec.startingDeadlineSeconds".to_owned(),
            format!("not-supported {job}.manualSelector"),
            format!("invalid {job}.selector"),
            format!("invalid {job}.backoffLimit"),
            format!("required {job}.template.spec.restartPolicy"),
            format!("invalid {job}.template.spec.hostname"),
        ]
    );
}
