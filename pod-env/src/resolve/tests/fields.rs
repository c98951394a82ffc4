//! Fields, resources, files.

use super::*;

#[test]
fn fields_and_files_that_only_the_pod_knows_have_the_status_runtime() {
    let got = world(
        json!({"volumes": [{"name": "v", "emptyDir": {}}], "containers": [{"name": "c", "env": [
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "FILE", "valueFrom": {"fileKeyRef": {"volumeName": "v", "path": "f", "key": "k"}}},
        {"name": "BOTH", "value": "$(NAME)/$(IP)"}]}]}),
    )
    .run();
    assert_eq!(got.value("NAME"), "p");
    for name in ["IP", "FILE", "BOTH"] {
        assert_eq!(
            (got.value(name), got.var(name).status),
            ("?".into(), Status::Runtime),
            "{name}"
        );
        assert!(got.var(name).unknown.is_some(), "{name}");
    }
    assert_eq!(got.verdict, Verdict::Ok);
}

#[test]
fn a_file_key_needs_an_empty_dir_and_1_35() {
    let with = |volumes: Value| {
        world(
            json!({"volumes": volumes, "containers": [{"name": "c", "env": [
            {"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "v", "path": "f", "key": "k"}}}]}]}),
        )
    };
    let dir = json!([{"name": "v", "emptyDir": {}}]);
    assert_eq!(with(dir.clone()).run().verdict, Verdict::Ok);
    let old = with(dir).version(KubernetesVersion::V1_34).run();
    assert_eq!(old.finding("feature-gate").severity, Severity::Error);
    for volumes in [json!([]), json!([{"name": "v", "hostPath": {"path": "/"}}])] {
        assert_eq!(
            with(volumes).run().finding("unknown-volume").severity,
            Severity::Error
        );
    }
}

#[test]
fn resources_are_divided_and_rounded_up() {
    let resource = |name: &str, divisor: &str, container: &str| {
        json!({"name": "R", "valueFrom": {"resourceFieldRef":
            {"resource": name, "divisor": divisor, "containerName": container}}})
    };
    let table = [
        (resource("limits.cpu", "0", ""), "2"),
        (resource("limits.cpu", "1m", ""), "1500"),
        (resource("requests.cpu", "1", ""), "1"),
        (resource("limits.memory", "1Mi", ""), "65"),
        (resource("limits.memory", "1", ""), "67108865"),
        // No request: the API server takes the limit.
        (resource("requests.memory", "1Ki", ""), "65537"),
        (resource("requests.ephemeral-storage", "1", ""), "0"),
        // No limit: the node's, from the cluster.
        (resource("limits.ephemeral-storage", "1M", ""), "1074"),
        (resource("limits.hugepages-2Mi", "1Mi", ""), "0"),
        (resource("limits.cpu", "1", "other"), "4"),
        (resource("limits.memory", "1Gi", "init"), "0"),
    ];
    for (var, expected) in table {
        let mut w = world(json!({"nodeName": "n",
            "initContainers": [{"name": "init"}],
            "containers": [
                {"name": "c", "env": [var], "resources": {
                    "limits": {"cpu": "1500m", "memory": "67108865"}, "requests": {"cpu": "100m"}}},
                {"name": "other"}]}));
        w.node = Some(typed(
            json!({"metadata": {"name": "n"}, "status": {"allocatable":
            {"cpu": "4", "memory": "8Gi", "ephemeral-storage": "1Gi"}}}),
        ));
        let got = w.run();
        let c = got.item.containers.iter().find(|c| c.name == "c").unwrap();
        assert_eq!(
            c.env[0].value.as_deref(),
            Some(expected),
            "{:?}",
            c.env[0].source
        );
        assert_eq!(got.verdict, Verdict::Ok);
    }
}

#[test]
fn a_limit_that_is_not_set_is_the_pods_or_the_nodes() {
    let spec = |resources: Value| {
        world(
            json!({"resources": resources, "containers": [{"name": "c", "env": [
            {"name": "R", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}]}]}),
        )
    };
    let got = spec(json!({})).run();
    assert_eq!(
        (got.value("R"), got.var("R").status),
        ("?".into(), Status::Runtime)
    );
    let pod = json!({"limits": {"cpu": "3"}});
    assert_eq!(spec(pod.clone()).run().value("R"), "3");
    assert_eq!(
        spec(pod).version(KubernetesVersion::V1_33).run().value("R"),
        "?"
    );
}

#[test]
fn selectors_that_the_api_server_refuses() {
    for selector in [
        json!({"resource": "limits.gpu"}),
        json!({"resource": "limits.cpu", "divisor": "1k"}),
        json!({"resource": "limits.memory", "divisor": "1m"}),
        json!({"resource": "limits.cpu", "divisor": "x"}),
    ] {
        let got = env(json!([{"name": "R", "valueFrom": {"resourceFieldRef": selector}}])).run();
        assert_eq!(
            got.finding("unsupported-resource").severity,
            Severity::Error,
            "{selector}"
        );
    }
    // Of a container's name only the kubelet asks whether there is one.
    let nobody = json!({"resource": "limits.cpu", "containerName": "nobody"});
    let got = env(json!([{"name": "R", "valueFrom": {"resourceFieldRef": nobody}}])).run();
    let finding = got.finding("unknown-container");
    assert!(
        finding.message.contains("CreateContainerConfigError"),
        "{finding:?}"
    );
    assert_eq!(
        finding.path.to_string(),
        "spec.containers[0].env[0].valueFrom.resourceFieldRef.containerName"
    );
    let got = env(json!([
        {"name": "A", "valueFrom": {"fieldRef": {"fieldPath": "status.phase"}}},
        {"name": "B", "valueFrom": {}},
        {"name": "C", "value": "x", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "D", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['no']"}}}]))
    .run();
    assert_eq!(
        got.ids(),
        [
            "unsupported-field",
            "invalid-source",
            "invalid-source",
            "absent-field"
        ]
    );
    assert_eq!(got.value("D"), "");
}

#[test]
fn an_indexed_job_adds_its_index_unless_it_is_set() {
    let mut w = world(json!({"containers": [{"name": "a"},
        {"name": "b", "env": [{"name": "JOB_COMPLETION_INDEX", "value": "7"}]}]}));
    w.controller = Controller::IndexedJob { name: None };
    w.stage = Stage::Template;
    let got = w.run();
    assert_eq!(got.var("JOB_COMPLETION_INDEX").status, Status::Runtime);
    let b = &got.item.containers[1];
    let own: Vec<_> = b
        .env
        .iter()
        .filter(|v| v.name == "JOB_COMPLETION_INDEX")
        .collect();
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].value.as_deref(), Some("7"));
}

/// The controller appends the entry, so nothing in `env` can refer to it, unless `env`
/// has it itself.
#[test]
fn completion_index_of_a_job_is_unknown_to_env() {
    let mut w = world(json!({"containers": [{"name": "a",
        "env": [{"name": "SHARD", "value": "s-$(JOB_COMPLETION_INDEX)"}],
        "args": ["$(JOB_COMPLETION_INDEX)"],
        "livenessProbe": {"exec": {"command": ["cat", "$(JOB_COMPLETION_INDEX)"]}}}]}));
    w.controller = Controller::IndexedJob { name: None };
    w.stage = Stage::Template;
    let got = w.run();
    assert_eq!(got.value("SHARD"), "s-$(JOB_COMPLETION_INDEX)");
    let finding = got.finding("unresolved-reference");
    assert!(
        finding
            .message
            .ends_with("which the Job controller adds after all entries of `env`"),
        "{finding:?}"
    );
    let help = finding.help.as_deref().unwrap();
    assert!(
        help.contains("before `SHARD` with `fieldRef: {fieldPath: \"metadata.annotations['batch.kubernetes.io/job-completion-index']\"}`"),
        "{help}"
    );
    let of_probe = &got.finding("not-expanded").message;
    assert!(of_probe.contains("becomes the empty string"), "{of_probe}");
    assert_eq!(got.ids(), ["unresolved-reference", "not-expanded"]);

    // As the help says.
    let index = json!({"fieldRef": {"apiVersion": "v1",
        "fieldPath": "metadata.annotations['batch.kubernetes.io/job-completion-index']"}});
    let mut w = env(json!([
        {"name": "JOB_COMPLETION_INDEX", "valueFrom": index},
        {"name": "SHARD", "value": "s-$(JOB_COMPLETION_INDEX)"},
    ]));
    w.controller = Controller::IndexedJob { name: None };
    w.stage = Stage::Template;
    let got = w.run();
    assert_eq!(
        (got.ids(), got.var("SHARD").status),
        (vec![], Status::Runtime)
    );

    // A Pod without the controller, and an ephemeral container, have no such variable.
    let got = env(json!([{"name": "SHARD", "value": "$(JOB_COMPLETION_INDEX)"}])).run();
    let finding = got.finding("unresolved-reference");
    assert!(
        finding.message.ends_with("which is not defined"),
        "{finding:?}"
    );
}

#[test]
fn a_limit_range_fills_up_a_pod_that_is_still_to_be_made() {
    let run = |stage, resource: &str| {
        let mut w =
            env(json!([{"name": "R", "valueFrom": {"resourceFieldRef": {"resource": resource}}}]));
        w.stage = stage;
        w.limit_ranges.push(typed(json!({"spec": {"limits": [
            {"type": "Container", "default": {"cpu": "5"}, "defaultRequest": {"cpu": "2"}}]}})));
        w.run().value("R")
    };
    assert_eq!(run(Stage::File, "limits.cpu"), "5");
    assert_eq!(run(Stage::Template, "requests.cpu"), "2");
    // A live Pod had its chance.
    assert_eq!(run(Stage::Live, "limits.cpu"), "?");
    assert_eq!(run(Stage::Live, "requests.cpu"), "0");
}

/// Upstream: `ParseEnv` fails where there is no file, and `optional` is only
/// asked where there is one.
#[test]
fn a_file_has_to_be_written_before_it_is_read() {
    let key = |more: Value| {
        let mut key = json!({"volumeName": "v", "path": "f", "key": "k"});
        let map = key.as_object_mut().unwrap();
        map.extend(more.as_object().unwrap().clone());
        json!([{"name": "A", "value": "before"}, {"name": "A", "valueFrom": {"fileKeyRef": key}}])
    };
    let pod = |env: Value| {
        world(json!({"volumes": [{"name": "v", "emptyDir": {}}],
            "initContainers": [{"name": "first", "env": env}, {"name": "second", "env": env}],
            "containers": [{"name": "c"}]}))
        .run()
    };
    for optional in [false, true] {
        let got = pod(key(json!({"optional": optional})));
        let finding = got.finding("file-not-written");
        let path = "spec.initContainers[0].env[1].valueFrom.fileKeyRef.path";
        assert_eq!(finding.path.to_string(), path);
        assert_eq!(finding.severity, Severity::Error);
        let second = &got.item.containers[1].env[1];
        assert_eq!(second.status, Status::Runtime);
        let why = second.unknown.as_deref().unwrap();
        assert_eq!(why.contains("unchanged"), optional, "{why}");
    }
    for (more, path) in [
        (json!({"path": "../f"}), "path"),
        (json!({"key": ""}), "key"),
        (json!({"volumeName": ""}), "volumeName"),
    ] {
        let got = pod(key(more));
        let at = format!("spec.initContainers[1].env[1].valueFrom.fileKeyRef.{path}");
        let mut all = got.findings.iter();
        assert!(
            all.any(|f| f.path.to_string() == at && f.severity == Severity::Error),
            "{:?}",
            got.findings
        );
    }
}
