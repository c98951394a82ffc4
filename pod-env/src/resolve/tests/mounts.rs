//! `subPathExpr`.

use super::*;

/// A container with this environment and a mount for each `subPathExpr`.
fn mounted(env: Value, expressions: &[&str]) -> World {
    let mounts: Vec<Value> = (expressions.iter().enumerate())
        .map(|(i, text)| json!({"name": "v", "mountPath": format!("/m{i}"), "subPathExpr": text}))
        .collect();
    world(
        json!({"volumes": [{"name": "v", "emptyDir": {}}], "containers": [
        {"name": "c", "env": env, "envFrom": [{"configMapRef": {"name": "m", "optional": true}}], "volumeMounts": mounts}]}),
    )
}

fn some_env() -> Value {
    json!([
        {"name": "A", "value": "a"},
        {"name": "EMPTY", "value": ""},
        {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "OPTIONAL", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "k", "optional": true}}},
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "ROOT", "value": "/etc"},
        {"name": "UP", "value": ".."},
    ])
}

#[test]
fn a_sub_path_is_made_of_the_whole_environment() {
    for (text, directory) in [
        ("plain", "plain"),
        ("$(A)/$(NAME)", "a/p"),
        ("$(FROM)", "map"),
        ("$$(A)", "$(A)"),
        ("$(A", "$(A"),
        ("$(KUBERNETES_SERVICE_HOST)", "10.0.0.1"),
        ("x$(ROOT)", "x/etc"),
        ("$(UP)x", "..x"),
        ("$(KEY)/x", "***/x"),
    ] {
        let got = mounted(some_env(), &[text])
            .config_map("m", json!({"FROM": "map"}))
            .secret("s", json!({"k": "hunter2"}))
            .service("kubernetes", "10.0.0.1")
            .run();
        let mount = &got.container().mounts[0];
        assert_eq!(mount.sub_path.as_deref(), Some(directory), "{text}");
        assert_eq!(mount.status, Status::Resolved, "{text}");
        assert_eq!(mount.masked, text.contains("KEY"), "{text}");
        assert_eq!(got.verdict, Verdict::Ok, "{text} {:?}", got.findings);
        let json = serde_json::to_string(&got.item).unwrap();
        assert!(!json.contains("hunter2"), "{json}");
    }
}

#[test]
fn sub_path_without_a_value_has_the_kubelets_message() {
    for (text, missing, help) in [
        ("$(POD_NAME)", "POD_NAME", "define `POD_NAME` in `env`"),
        ("$(NAMES)", "NAMES", "did you mean `NAME`?"),
        ("x/$(EMPTY)", "EMPTY", "an empty variable counts as missing"),
        (
            "$(OPTIONAL)",
            "OPTIONAL",
            "its optional source does not exist",
        ),
        ("$(HOSTNAME)", "HOSTNAME", "the runtime do not count"),
        ("$(Z)$(A)$(B1)$(Z)", "B1, Z", ""),
        ("$$$(Z)", "Z", ""),
        ("$()", "", ""),
        // It may be set later; this one is missing whatever that is.
        ("$(IP)/$(Z)", "Z", ""),
    ] {
        let got = mounted(some_env(), &[text])
            .config_map("m", json!({}))
            .secret("s", json!({"k": "hunter2"}))
            .run();
        let finding = got.finding("unresolved-reference");
        let words = format!("CreateContainerConfigError: missing value for {missing}");
        assert!(finding.message.ends_with(&words), "{}", finding.message);
        assert_eq!(
            finding.path.to_string(),
            "spec.containers[0].volumeMounts[0].subPathExpr"
        );
        assert!(
            finding.help.as_deref().unwrap().contains(help),
            "{finding:?}"
        );
        assert_eq!(
            got.ids().len(),
            got.ids()
                .iter()
                .filter(|id| !id.starts_with("unresolved"))
                .count()
                + 1
        );
        let mount = &got.container().mounts[0];
        assert_eq!(
            (mount.sub_path.as_deref(), mount.status),
            (None, Status::Unresolved)
        );
        assert_eq!(got.verdict, Verdict::No);
    }
}

#[test]
fn sub_path_outside_of_the_volume_has_the_kubelets_message() {
    for (text, words) in [
        (
            "$(ROOT)",
            "error SubPath `/etc` must not be an absolute path",
        ),
        (
            "$(UP)",
            "unable to provision SubPath `..`: must not contain '..'",
        ),
        (
            "a/$(UP)/b",
            "unable to provision SubPath `a/../b`: must not contain '..'",
        ),
        (
            "$(ROOT)/$(KEY)",
            "error SubPath `/etc/***` must not be an absolute path",
        ),
    ] {
        let got = mounted(some_env(), &[text])
            .secret("s", json!({"k": "hunter2"}))
            .run();
        let finding = got.finding("invalid-sub-path");
        assert!(finding.message.ends_with(words), "{}", finding.message);
        assert_eq!(got.verdict, Verdict::No, "{text}");
    }
}

#[test]
fn sub_path_that_the_api_server_refuses_is_reported_first() {
    for (mount, word) in [
        (
            json!({"subPath": "x", "subPathExpr": "$(Z)"}),
            "cannot combine",
        ),
        (json!({"subPathExpr": "/$(Z)"}), "must be a relative path"),
        (json!({"subPathExpr": "../$(Z)"}), "must not contain `..`"),
    ] {
        let mut mount = mount;
        mount["name"] = json!("v");
        mount["mountPath"] = json!("/m");
        let got = world(json!({"containers": [{"name": "c", "volumeMounts": [mount]}]})).run();
        let finding = got.finding("invalid-sub-path");
        assert!(finding.message.contains(word), "{}", finding.message);
        assert_eq!(got.ids(), ["invalid-sub-path"]);
    }
    let ephemeral = json!({"name": "e", "volumeMounts": [{"name": "v", "mountPath": "/m", "subPathExpr": "x"}]});
    let got =
        world(json!({"containers": [{"name": "c"}], "ephemeralContainers": [ephemeral]})).run();
    assert_eq!(got.ids(), ["forbidden-sub-path"]);
}

#[test]
fn sub_path_with_an_unknown_value_is_no_error() {
    let mut world = mounted(some_env(), &["$(IP)/$(A)", "$(FROM)/x"]);
    world.otherwise = Answer::NotAsked;
    let got = world.run();
    let [ip, from] = got.container().mounts.as_slice() else {
        panic!("{:?}", got.container().mounts)
    };
    assert_eq!((ip.status, ip.sub_path.as_deref()), (Status::Runtime, None));
    assert!(ip.unknown.as_deref().unwrap().contains("`IP`"));
    assert_eq!(from.sub_path, None);
    assert_eq!(got.verdict, Verdict::Unknown);
    assert!(got.ids().contains(&"unknown-reference"));
    // Without a `subPathExpr` there is nothing to tell of a mount.
    let plain =
        json!({"name": "c", "volumeMounts": [{"name": "v", "mountPath": "/m", "subPath": "$(Z)"}]});
    let got = super::world(json!({"containers": [plain]})).run();
    assert!(got.container().mounts.is_empty() && got.findings.is_empty());
}
