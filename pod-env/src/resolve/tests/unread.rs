//! Sources that could not be read, and what is unknown then.

use super::*;

fn services_are(known: Completeness, links: bool) -> Resolution {
    let mut w = world(
        json!({"enableServiceLinks": links, "containers": [{"name": "c",
        "command": ["sh", "-c", "echo $WEB_SERVICE_HOST $NOPE"]}]}),
    );
    w.services_completeness = known;
    w.run()
}

#[test]
fn unlisted_services_are_unread_and_forbidden_ones_unknown() {
    let got = services_are(Completeness::Forbidden, true);
    let unread = &got.container().unread;
    assert_eq!(unread.len(), 1);
    assert_eq!(
        (unread[0].kind, unread[0].name.as_str(), unread[0].reason),
        (SourceKind::ServiceLink, "", "forbidden")
    );
    let finding = got.finding("forbidden");
    assert_eq!(finding.severity, Severity::Warning);
    assert!(finding.message.contains("namespace `ns`"), "{finding:?}");
    assert_eq!(got.verdict, Verdict::Unknown);

    // Nobody is surprised that a file alone does not know them.
    let got = services_are(Completeness::NotAsked, true);
    assert_eq!(got.container().unread[0].reason, "not asked");
    assert!(!got.ids().contains(&"forbidden"));
    assert_eq!(got.verdict, Verdict::Ok);

    for (known, links) in [
        (Completeness::Complete, true),
        (Completeness::Forbidden, false),
        (Completeness::NotAsked, false),
    ] {
        let got = services_are(known, links);
        assert!(got.container().unread.is_empty(), "{known:?} {links}");
        assert_eq!(got.verdict, Verdict::Ok);
    }
}

#[test]
fn a_script_may_name_a_variable_of_an_unread_service() {
    let got = services_are(Completeness::NotAsked, true);
    let said = |name: &str| {
        let mut all = got.findings.iter();
        all.find(|f| f.id() == "shell-variable" && f.message.contains(name))
            .unwrap()
    };
    assert_eq!(said("$WEB_SERVICE_HOST").severity, Severity::Info);
    assert!(
        said("$WEB_SERVICE_HOST")
            .message
            .contains("may be in the environment")
    );
    assert_eq!(said("$NOPE").severity, Severity::Warning);
}

#[test]
fn unread_source_may_override_variables() {
    let mut w = world(json!({"containers": [{"name": "c", "envFrom": [
        {"configMapRef": {"name": "m"}}, {"prefix": "X_", "secretRef": {"name": "s"}}]}]}))
    .config_map("m", json!({"A": "1", "X_B": "2", "X_": "3"}));
    w.otherwise = Answer::Forbidden;
    let got = w.run();
    let finding = got.finding("may-be-replaced");
    assert_eq!(
        finding.message,
        "Secret `s` was not read and may override `X_B`"
    );
    assert_eq!(got.value("X_B"), "2");
    assert_eq!(got.verdict, Verdict::Unknown);
}

#[test]
fn forbidden_limit_range_may_set_a_missing_request() {
    let run = |known: Completeness, stage: Stage| {
        let resource = |name: &str| json!({"resourceFieldRef": {"resource": name}});
        let mut w = world(json!({"containers": [{"name": "c",
            "resources": {"requests": {"cpu": "2"}}, "env": [
            {"name": "SET", "valueFrom": resource("requests.cpu")},
            {"name": "OPEN", "valueFrom": resource("requests.memory")}]}]}));
        w.limit_ranges_completeness = known;
        w.stage = stage;
        w.run()
    };
    let got = run(Completeness::Forbidden, Stage::File);
    assert_eq!(got.value("SET"), "2");
    let why = got.var("OPEN").unknown.as_deref();
    assert_eq!(why, Some("`0`, unless a LimitRange sets it"));
    let path = got.finding("forbidden").path.to_string();
    assert!(
        path.ends_with("env[1].valueFrom.resourceFieldRef"),
        "{path}"
    );
    assert_eq!(got.verdict, Verdict::Unknown);
    for (known, stage) in [
        (Completeness::Complete, Stage::File),
        (Completeness::NotAsked, Stage::File),
        (Completeness::Forbidden, Stage::Live),
    ] {
        let got = run(known, stage);
        assert_eq!(got.value("OPEN"), "0", "{known:?} {stage:?}");
        assert_eq!(got.verdict, Verdict::Ok);
    }
}
