//! Services, the runtime, commands, limits.

use super::*;

#[test]
fn service_variables_can_be_referred_to_and_be_hidden() {
    let got = env(json!([
        {"name": "R", "value": "$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)"},
        {"name": "WEB_SERVICE_HOST", "value": "mine"},
        {"name": "R2", "value": "$(WEB_SERVICE_HOST)"}]))
    .service("web", "10.0.0.7")
    .run();
    assert_eq!(
        got.value("R"),
        "10.0.0.7:80",
        "before it is hidden, it is the Service's"
    );
    assert_eq!(got.value("R2"), "mine");
    assert_eq!(got.value("WEB_SERVICE_HOST"), "mine");
    let hidden = got.var("WEB_SERVICE_HOST");
    assert_eq!(
        (hidden.status, hidden.source.kind),
        (Status::Overridden, SourceKind::ServiceLink)
    );
    let finding = got.finding("overrides-service-link");
    assert_eq!(finding.path.to_string(), "spec.containers[0].env[1]");
    // The reference leads to the Service's own entry.
    let definition = got.var("R").references[0].definition.unwrap();
    assert_eq!(
        got.container().env[definition].source.name.as_deref(),
        Some("web")
    );
    assert_eq!(got.verdict, Verdict::Ok);
}

#[test]
fn a_service_that_was_not_read_may_define_a_name() {
    let mut w = env(
        json!([{"name": "R", "value": "$(WEB_SERVICE_HOST)"}, {"name": "Q", "value": "$(NOPE)"}]),
    );
    w.services_completeness = Completeness::NotAsked;
    let got = w.run();
    assert_eq!(got.var("R").references[0].status, ReferenceStatus::Unknown);
    assert_eq!(
        got.finding("unresolved-reference").path.to_string(),
        "spec.containers[0].env[1].value"
    );
    assert_eq!(got.value("KUBERNETES_SERVICE_PORT"), "443");
    assert_eq!(got.value("KUBERNETES_SERVICE_HOST"), "?");
}

#[test]
fn every_sort_of_container_has_its_type_and_order() {
    let got = world(json!({
        "initContainers": [{"name": "i"}, {"name": "s", "restartPolicy": "Always"}],
        "containers": [{"name": "a"}],
        "ephemeralContainers": [{"name": "e"}]}))
    .run();
    let types: Vec<_> = got
        .item
        .containers
        .iter()
        .map(|c| (c.name.as_str(), c.container_type, c.path.to_string()))
        .collect();
    assert_eq!(
        types,
        [
            ("i", ContainerType::Init, "spec.initContainers[0]".into()),
            ("s", ContainerType::Sidecar, "spec.initContainers[1]".into()),
            ("a", ContainerType::App, "spec.containers[0]".into()),
            (
                "e",
                ContainerType::Ephemeral,
                "spec.ephemeralContainers[0]".into()
            ),
        ]
    );
}

#[test]
fn the_image_lies_under_everything() {
    let mut w = world(
        json!({"containers": [{"name": "c", "tty": true, "env": [{"name": "LANG", "value": "own"}]}]}),
    );
    let image = ["PATH=/img", "LANG=C", "VERSION=1=2"]
        .map(str::to_owned)
        .to_vec();
    w.options.image_env.insert("c".into(), image);
    let got = w.run();
    let table = [
        ("PATH", "/img"),
        ("LANG", "own"),
        ("VERSION", "1=2"),
        ("TERM", "xterm"),
        ("HOSTNAME", "p"),
    ];
    for (name, value) in table {
        assert_eq!(got.value(name), value, "{name}");
    }
    assert!(got.container().image_env_known);
}

#[test]
fn commands_and_arguments_see_the_whole_environment() {
    let got = world(json!({"containers": [{"name": "c",
        "command": ["run", "$(A)", "$$(A)", "$(WEB_SERVICE_HOST)"],
        "args": ["$(HOSTNAME)", "$(NOPE)", "$(IP):1"],
        "env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"},
            {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}]}]}))
    .service("web", "10.0.0.7")
    .run();
    let c = got.container();
    assert_eq!(c.command, ["run", "2", "$(A)", "10.0.0.7"]);
    // What the runtime adds, the kubelet does not know.
    assert_eq!(c.args, ["$(HOSTNAME)", "$(NOPE)", "$(IP):1"]);
    let paths: Vec<_> = got
        .findings
        .iter()
        .filter(|f| f.id() == "unresolved-reference")
        .map(|f| f.path.to_string())
        .collect();
    assert_eq!(
        paths,
        ["spec.containers[0].args[0]", "spec.containers[0].args[1]"]
    );
    let definition = c
        .command_references
        .iter()
        .find(|r| r.reference.name == "WEB_SERVICE_HOST")
        .unwrap()
        .reference
        .definition;
    assert_eq!(
        definition.map(|at| c.env[at].name.as_str()),
        Some("WEB_SERVICE_HOST")
    );
}

#[test]
fn a_script_may_substitute_commands() {
    let got = world(json!({"containers": [{"name": "c",
        "command": ["sh", "-c", "echo $(date) $(MY_VAR) $HOME ${NOPE}; X=1; echo $X"]}]}))
    .run();
    assert_eq!(got.finding("shell-substitution").severity, Severity::Info);
    let error = got.finding("unresolved-reference");
    assert!(error.message.contains("MY_VAR"));
    let said: Vec<_> = got
        .findings
        .iter()
        .filter(|f| f.id() == "shell-variable")
        .map(|f| f.message.as_str())
        .collect();
    // What the script or the runtime sets is nothing to speak of.
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("`${NOPE}`") && said[0].contains("it becomes empty"));
    assert_eq!(got.finding("shell-variable").severity, Severity::Warning);
}

#[test]
fn values_that_the_kernel_refuses_are_errors() {
    // `A=` and the NUL are three bytes.
    for (length, fits) in [
        (super::super::limits::MAX_ARG_STRLEN - 3, true),
        (super::super::limits::MAX_ARG_STRLEN - 2, false),
    ] {
        let got = env(json!([{"name": "A", "value": "x".repeat(length)}])).run();
        assert_eq!(got.ids().contains(&"value-too-long"), !fits, "{length}");
    }
    let many: Vec<Value> = (0..21)
        .map(|i| json!({"name": format!("V{i}"), "value": "x".repeat(100 * 1024)}))
        .collect();
    let got = env(json!(many)).run();
    assert_eq!(got.ids(), ["environment-too-long"]);
    for (length, fits) in [
        (super::super::limits::MAX_ARG_STRLEN - 1, true),
        (super::super::limits::MAX_ARG_STRLEN, false),
    ] {
        let args = json!({"containers": [{"name": "c", "args": ["-", "x".repeat(length)]}]});
        let got = world(args).run();
        assert_eq!(got.ids().contains(&"argument-too-long"), !fits, "{length}");
    }
}

/// A mask is shorter than what it stands for.
#[test]
fn an_argument_is_as_long_as_the_secret_in_it() {
    let long = "x".repeat(super::super::limits::MAX_ARG_STRLEN);
    let got = world(
        json!({"containers": [{"name": "c", "args": ["$(S)"], "env": [
        {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]}]}),
    )
    .secret("s", json!({"k": long}))
    .run();
    let finding = got.finding("argument-too-long");
    assert_eq!(finding.path.to_string(), "spec.containers[0].args[0]");
}

#[test]
fn script_with_an_unset_variable_is_a_warning() {
    let warned = |shell: &str, script: &str| {
        let got = world(
            json!({"containers": [{"name": "c", "command": [shell, "-c", script],
            "env": [{"name": "OPT", "valueFrom": {"configMapKeyRef":
                {"name": "gone", "key": "k", "optional": true}}}]}]}),
        )
        .run();
        let mut all = got.findings.iter();
        let found = all.find(|f| f.id() == "shell-variable" && f.severity == Severity::Warning);
        found.map(|f| f.message.clone())
    };
    assert_eq!(warned("sh", "echo ${X:-1} ${Y:?no}"), None);
    assert!(warned("sh", "echo $OPT").is_some(), "it is skipped");
    assert_eq!(warned("bash", "echo $RANDOM"), None);
    let said = warned("sh", "echo $RANDOM").unwrap();
    assert!(said.contains("(bash does)"), "{said}");
}

#[test]
fn hostile_texts_are_no_panic() {
    for text in [
        "$(",
        "$()",
        "$(\u{0})",
        "$(é$(",
        "$$$",
        "\u{1b}[31m$(A)",
        "$(A\nB)",
    ] {
        let got = world(
            json!({"containers": [{"name": "c", "args": [text], "command": ["sh", "-c", text],
            "env": [{"name": text, "value": text}]}]}),
        )
        .run();
        for finding in &got.findings {
            assert!(!finding.message.contains('\u{1b}'), "{finding:?}");
        }
    }
    let got = world(json!({"containers": []})).run();
    assert_eq!(got.ids(), ["no-containers"]);
}

#[test]
fn the_runtime_sets_a_home_that_is_empty() {
    for (home, hidden) in [("", true), ("/x", false)] {
        let got = env(json!([{"name": "HOME", "value": home}])).run();
        let own = &got.container().env[0];
        assert_eq!(own.status == Status::Overridden, hidden, "{home:?}");
        assert_eq!(got.value("HOME"), if hidden { "?" } else { home });
    }
}

/// Linux refuses what is more, and takes what is as much.
#[test]
fn arguments_and_environment_may_take_two_mebibytes_together() {
    const LIMIT: usize = 2 * 1024 * 1024;
    let said = |last: usize, argument: usize| {
        let mut many: Vec<Value> = (0..20)
            .map(|i| json!({"name": format!("V{i}"), "value": "x".repeat(100 * 1024)}))
            .collect();
        many.push(json!({"name": "LAST", "value": "x".repeat(last)}));
        let args = ["x".repeat(argument)];
        let got = world(json!({"containers": [{"name": "c", "args": args, "env": many}]})).run();
        let mut found = got.findings.iter();
        let found = found.find(|finding| finding.id() == "environment-too-long");
        found.map(|finding| finding.message.clone())
    };
    let over = |sum: usize| {
        Some(format!(
            "arguments and environment have {sum} bytes in total, and Linux allows {LIMIT} by default: the container cannot start"
        ))
    };
    // Each counts with its NUL and a pointer; the runtime adds the host's name.
    let fixed: usize = (0..20)
        .map(|i| format!("V{i}=").len() + 100 * 1024 + 1 + 8)
        .sum();
    let room = LIMIT - fixed - "LAST=".len() - "HOSTNAME=p".len() - 3 * (1 + 8);
    for (last, argument, expected) in [
        (room - 1, 0, None),
        (room, 0, None),
        (room + 1, 0, over(LIMIT + 1)),
        (0, room, None),
        (0, room + 1, over(LIMIT + 1)),
        (room - 100, 100, None),
        (room - 100, 102, over(LIMIT + 2)),
    ] {
        assert_eq!(said(last, argument), expected, "{last} {argument}");
    }
}
