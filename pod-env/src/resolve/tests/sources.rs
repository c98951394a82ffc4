//! ConfigMaps, Secrets, names.

use super::*;
use Status::{Overridden, Resolved, Runtime};

#[test]
fn env_from_comes_first_and_env_over_it() {
    let mut w = world(json!({"containers": [{"name": "c",
        "envFrom": [
            {"configMapRef": {"name": "one"}},
            {"prefix": "P_", "configMapRef": {"name": "one"}},
            {"secretRef": {"name": "two"}},
            {"configMapRef": {"name": "gone", "optional": true}}],
        "env": [
            {"name": "A", "value": "own"},
            {"name": "R", "value": "$(A) $(P_A) $(B)"}]}]}))
    .config_map("one", json!({"A": "1", "B": "$(A)"}))
    .secret("two", json!({"B": "secret"}));
    w.options.show_secrets = true;
    let got = w.run();
    assert_eq!(got.value("R"), "own 1 secret");
    assert_eq!(
        got.value("P_B"),
        "$(A)",
        "values from elsewhere are not expanded"
    );
    let order: Vec<_> = got
        .container()
        .env
        .iter()
        .map(|v| (v.name.as_str(), v.status))
        .collect();
    assert_eq!(
        order,
        [
            ("A", Overridden),
            ("B", Overridden),
            ("P_A", Resolved),
            ("P_B", Resolved),
            ("B", Resolved),
            ("A", Resolved),
            ("R", Resolved),
            ("PATH", Runtime),
            ("HOSTNAME", Runtime),
            ("HOME", Runtime),
        ]
    );
    let first = &got.container().env[0];
    assert_eq!(first.overridden_by, Some(5));
    assert_eq!(got.container().env[5].overrides, [0]);
    assert_eq!(first.source.origin.as_deref(), Some("f.yaml:1"));
    assert_eq!(got.finding("optional-missing").severity, Severity::Info);
    assert_eq!(got.verdict, Verdict::Ok);
}

#[test]
fn missing_source_has_the_kubelets_reason() {
    let required = |source: Value| {
        env(json!([{"name": "A", "value": "before"}, {"name": "A", "valueFrom": source}]))
    };
    let table = [
        (
            json!({"configMapKeyRef": {"name": "no", "key": "k"}}),
            "missing-configmap",
            "name",
        ),
        (
            json!({"secretKeyRef": {"name": "no", "key": "k"}}),
            "missing-secret",
            "name",
        ),
        (
            json!({"configMapKeyRef": {"name": "cm", "key": "kex"}}),
            "missing-key",
            "key",
        ),
        (
            json!({"secretKeyRef": {"name": "se", "key": "no"}}),
            "missing-key",
            "key",
        ),
    ];
    for (source, id, field) in table {
        let w = required(source.clone());
        let got = w
            .config_map("cm", json!({"key": "v"}))
            .secret("se", json!({"k": "v"}))
            .run();
        let finding = got.finding(id);
        assert!(
            finding.message.contains("CreateContainerConfigError"),
            "{source}"
        );
        assert!(
            finding.path.to_string().ends_with(&format!("Ref.{field}")),
            "{}",
            finding.path
        );
        assert_eq!(got.var("A").status, Status::Unresolved);
        assert_eq!(got.value("A"), "?");
        assert_eq!(got.verdict, Verdict::No);
        // Optional: nothing is set, so what was there before stays.
        let mut optional = source;
        for (_, selector) in optional.as_object_mut().unwrap() {
            selector["optional"] = json!(true);
        }
        let w = required(optional.clone());
        let got = w
            .config_map("cm", json!({"key": "v"}))
            .secret("se", json!({"k": "v"}))
            .run();
        assert_eq!(got.value("A"), "before", "{optional}");
        assert_eq!(got.var("A").status, Status::Skipped);
        assert_eq!(got.verdict, Verdict::Ok);
    }
}

#[test]
fn unread_source_is_unknown_and_never_empty() {
    for (otherwise, id) in [
        (Answer::Forbidden, "forbidden"),
        (Answer::NotAsked, "not-looked-up"),
    ] {
        let mut w = world(json!({"containers": [{"name": "c",
            "envFrom": [{"prefix": "X_", "secretRef": {"name": "s"}}],
            "env": [
                {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
                {"name": "B", "value": "<$(A)>"},
                {"name": "C", "value": "$(X_Y)"},
                {"name": "D", "value": "known"}]}]}));
        w.otherwise = otherwise;
        let got = w.run();
        assert!(got.ids().contains(&id));
        assert_eq!(
            [got.value("A"), got.value("B"), got.value("C")],
            ["?", "?", "?"]
        );
        assert_eq!(got.value("D"), "known");
        assert_eq!(got.container().unread[0].prefix, "X_");
        assert!(!got.ids().contains(&"unresolved-reference"));
        assert_eq!(got.verdict, Verdict::Unknown);
    }
}

#[test]
fn names_are_judged_by_version() {
    let vars = json!({"containers": [{"name": "c", "envFrom": [{"configMapRef": {"name": "m"}}],
        "env": [{"name": "1st", "value": "x"}, {"name": "db-url", "value": "y"}]}]});
    let run = |version| {
        world(vars.clone())
            .config_map("m", json!({"2nd": "a", "fine": "b", "ok.key": "c"}))
            .version(version)
            .run()
    };
    let old = run(KubernetesVersion::V1_31);
    assert_eq!(old.value("2nd"), "a", "no kubelet from 1.30 on skips it");
    assert_eq!(
        old.finding("invalid-name").path.to_string(),
        "spec.containers[0].env[0].name"
    );
    let new = run(KubernetesVersion::V1_32);
    assert_eq!(new.value("2nd"), "a");
    assert_eq!(new.verdict, Verdict::Ok);
    let said: Vec<_> = new
        .findings
        .iter()
        .filter(|f| f.id() == "not-shell-name")
        .map(|f| f.path.to_string())
        .collect();
    assert_eq!(
        said,
        [
            "spec.containers[0].envFrom[0]",
            "spec.containers[0].envFrom[0]",
            "spec.containers[0].env[0]",
            "spec.containers[0].env[1]"
        ]
    );
    for bad in ["", "a=b", "é", "a\nb"] {
        let got = env(json!([{"name": bad, "value": "x"}])).run();
        assert_eq!(
            got.finding("invalid-name").severity,
            Severity::Error,
            "{bad:?}"
        );
    }
}

#[test]
fn a_config_map_with_invalid_keys_is_refused() {
    let got =
        world(json!({"containers": [{"name": "c", "envFrom": [{"configMapRef": {"name": "m"}}]}]}))
            .config_map("m", json!({"a b": "x", "good": "y"}))
            .run();
    assert!(got.finding("invalid-key").message.contains("`a b`"));
    assert_eq!(got.value("good"), "y");
    assert_eq!(got.var("a b").status, Status::Skipped);
}

#[test]
fn binary_data_makes_no_variables() {
    let mut w = world(
        json!({"containers": [{"name": "c", "envFrom": [{"configMapRef": {"name": "m"}}],
        "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "m", "key": "bin"}}}]}]}),
    );
    w.config_maps.push(typed(
        json!({"metadata": {"name": "m"}, "binaryData": {"bin": "AA=="}}),
    ));
    let got = w.run();
    assert_eq!(got.value("bin"), "none");
    assert!(
        got.finding("missing-key")
            .help
            .as_deref()
            .unwrap()
            .contains("binaryData")
    );
}

#[test]
fn duplicates_and_path_are_pointed_out() {
    let got = env(json!([
        {"name": "A", "value": "1"}, {"name": "A", "value": "2"}, {"name": "PATH", "value": "/x"}]))
    .run();
    assert_eq!(got.value("A"), "2");
    let finding = got.finding("duplicate-name");
    assert_eq!(finding.path.to_string(), "spec.containers[0].env[1].name");
    assert_eq!(
        finding.related_paths[0].path.to_string(),
        "spec.containers[0].env[0].name"
    );
    assert_eq!(
        got.finding("overrides-path").path.to_string(),
        "spec.containers[0].env[2]"
    );
    assert_eq!(got.var("PATH").status, Status::Overridden);
}

#[test]
fn a_secret_of_bytes_keeps_them_and_is_pointed_out() {
    let mut w = env(json!([
        {"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "B", "value": "<$(A)>"}]));
    w.secrets.push(typed(
        json!({"metadata": {"name": "s"}, "data": {"k": "/wA="}}),
    ));
    w.options.show_secrets = true;
    let got = w.run();
    assert_eq!(got.var("B").bytes.as_ref().unwrap().bytes(), b"<\xff\0>");
    assert!(got.var("B").lossy);
    assert_eq!(got.ids(), ["not-utf8", "nul-byte", "not-utf8", "nul-byte"]);
    // Before 1.34, cri-api let such bytes through.
    for (version, severity) in [
        (KubernetesVersion::V1_33, Severity::Warning),
        (KubernetesVersion::V1_34, Severity::Error),
    ] {
        w.options.version = version;
        assert_eq!(w.run().finding("not-utf8").severity, severity, "{version}");
    }
}

#[test]
fn the_verdict_is_that_of_the_containers_that_are_asked_about() {
    let spec = json!({"containers": [
        {"name": "sound", "env": [{"name": "A", "value": "1"}]},
        {"name": "takes", "envFrom": [{"configMapRef": {"name": "gone"}}]},
        {"name": "broken", "env": [{"name": "A", "value": "$(B)"}]}]});
    let of = |names: &[&str], otherwise: Answer<'static, ()>| {
        let mut w = world(spec.clone());
        w.otherwise = otherwise;
        w.options.containers = names.iter().map(ToString::to_string).collect();
        let got = w.run();
        let kept: Vec<String> = got.item.containers.into_iter().map(|c| c.name).collect();
        assert_eq!(kept, names);
        got.verdict
    };
    assert_eq!(of(&["sound"], Answer::Missing), Verdict::Ok);
    assert_eq!(of(&["takes"], Answer::Missing), Verdict::No);
    assert_eq!(of(&["takes"], Answer::NotAsked), Verdict::Unknown);
    assert_eq!(of(&["sound", "broken"], Answer::NotAsked), Verdict::No);
    assert_eq!(of(&["sound", "takes"], Answer::NotAsked), Verdict::Unknown);
}

#[test]
fn source_that_overrides_another_is_reported_once() {
    let keys = |value: &str| {
        let all = (0..7).map(|i| (format!("K{i}"), Value::from(value)));
        Value::Object(all.collect())
    };
    let got = world(json!({"containers": [{"name": "c", "envFrom": [
        {"configMapRef": {"name": "m"}}, {"secretRef": {"name": "s"}}]}]}))
    .config_map("m", keys("old"))
    .secret("s", keys("new"))
    .run();
    let said: Vec<_> = got
        .findings
        .iter()
        .filter(|f| f.id() == "replaced-by-envfrom")
        .map(|f| (f.severity, f.message.as_str()))
        .collect();
    let message = "Secret `s` overrides `K0`, `K1`, `K2`, `K3`, `K4` and 2 more of ConfigMap `m`";
    assert_eq!(said, [(Severity::Info, message)]);
    let got = world(json!({"containers": [{"name": "c", "envFrom": [
        {"configMapRef": {"name": "m"}}, {"prefix": "P_", "configMapRef": {"name": "m"}}]}]}))
    .config_map("m", json!({"A": "1"}))
    .run();
    assert!(!got.ids().contains(&"replaced-by-envfrom"));
}
