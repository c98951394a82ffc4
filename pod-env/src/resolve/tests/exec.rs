//! Commands of probes and hooks, and what a shell sees.

use super::*;

fn with(container: Value) -> Resolution {
    let mut container = container;
    container["name"] = "c".into();
    container["env"] = json!([
        {"name": "A", "value": "a"},
        {"name": "CHAIN", "value": "$(A)/x"},
        {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
    ]);
    container["envFrom"] = json!([{"configMapRef": {"name": "m"}}]);
    world(json!({"containers": [container]}))
        .config_map("m", json!({"FROM": "map"}))
        .run()
}

/// Returns paths and messages of the findings about references in a command.
fn told(got: &Resolution) -> Vec<(String, &str)> {
    let all = got.findings.iter().filter(|f| f.id() == "not-expanded");
    all.map(|f| (f.path.to_string(), f.message.as_str()))
        .collect()
}

#[test]
fn a_probe_knows_only_what_env_writes_out() {
    for (text, word) in [
        ("$(A)", None),
        ("$(NOT)", None),
        ("$$(NAME)", None),
        ("$(NAME)", Some("the empty string")),
        ("$(CHAIN)", Some("literal text")),
        ("$(FROM)", Some("it stays as it is")),
        ("$(HOSTNAME)", Some("it stays as it is")),
    ] {
        for field in ["startupProbe", "readinessProbe", "livenessProbe"] {
            let got = with(json!({field: {"exec": {"command": ["cat", text]}}}));
            let told = told(&got);
            assert_eq!(told.len(), usize::from(word.is_some()), "{text} {told:?}");
            if let (Some(word), Some((path, message))) = (word, told.first()) {
                assert_eq!(*path, format!("spec.containers[0].{field}.exec.command[1]"));
                assert!(message.contains(word), "{message}");
            }
            assert_eq!(got.verdict, Verdict::Ok);
        }
    }
    let got =
        with(json!({"livenessProbe": {"exec": {"command": ["sh", "-c", "test $(FROM) $(FROM)"]}}}));
    assert_eq!(told(&got).len(), 1);
    assert!(
        told(&got)[0]
            .1
            .ends_with("the shell runs `FROM` as a command")
    );
}

#[test]
fn a_hook_knows_no_variable() {
    for text in ["$(A)", "$(NAME)", "$(FROM)", "x $(CHAIN) y"] {
        for hook in ["postStart", "preStop"] {
            let got = with(json!({"lifecycle": {hook: {"exec": {"command": ["echo", text]}}}}));
            let told = told(&got);
            assert_eq!(told.len(), 1, "{text}");
            let path = format!("spec.containers[0].lifecycle.{hook}.exec.command[1]");
            assert_eq!(told[0].0, path);
            assert!(told[0].1.contains("in the command of a hook"), "{told:?}");
        }
    }
    for text in ["$(date)", "$A ${A}", "$$(A)", "$$"] {
        let got =
            with(json!({"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", text]}}}}));
        assert_eq!(got.ids(), [""; 0], "{text}");
    }
    let got =
        with(json!({"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "rm $(A)"]}}}}));
    let finding = got.finding("not-expanded");
    assert_eq!(
        finding.help.as_deref(),
        Some("use `${A}`, which the shell expands")
    );
    assert!(finding.message.ends_with("the shell runs `A` as a command"));
}

#[test]
fn process_id_that_the_shell_never_sees_is_reported() {
    for (container, path) in [
        (
            json!({"command": ["sh", "-c", "echo $$ > /run/pid"]}),
            "command[2]",
        ),
        (
            json!({"command": ["bash", "-c"], "args": ["kill $$"]}),
            "args[0]",
        ),
        (
            json!({"livenessProbe": {"exec": {"command": ["sh", "-c", "ls /proc/$$/fd"]}}}),
            "livenessProbe.exec.command[2]",
        ),
    ] {
        let got = with(container);
        let finding = got.finding("shell-process-id");
        assert_eq!(
            finding.path.to_string(),
            format!("spec.containers[0].{path}")
        );
        assert_eq!(finding.severity, Severity::Info);
        assert_eq!(got.verdict, Verdict::Ok);
    }
    for container in [
        json!({"command": ["sh", "-c", "echo $$$$"]}),
        json!({"command": ["sh", "-c", "echo $$(date) $$A"]}),
        json!({"command": ["echo", "$$"]}),
        json!({"lifecycle": {"preStop": {"exec": {"command": ["sh", "-c", "kill $$"]}}}}),
    ] {
        let got = with(container.clone());
        assert!(!got.ids().contains(&"shell-process-id"), "{container}");
    }
}

#[test]
fn name_that_a_shell_drops_is_reported_with_the_shell() {
    let of = |command: &[&str]| {
        let got = world(json!({"containers": [{"name": "c", "command": command,
            "env": [{"name": "log.level", "value": "x"}]}]}))
        .run();
        got.finding("not-shell-name").message.clone()
    };
    for command in [
        &["dash", "-c", "run"][..],
        &["/bin/ash", "/run.sh"],
        &["busybox", "sh", "-c", "run"],
        &["/usr/bin/env", "mksh", "x"],
    ] {
        assert!(of(command).contains("does not pass it on"), "{command:?}");
    }
    for command in [&["sh", "-c", "run"][..], &["/bin/sh"], &["ksh", "x"]] {
        assert!(
            of(command).contains("dash and busybox ash do not"),
            "{command:?}"
        );
    }
    for command in [
        &["bash", "-c", "run"][..],
        &["zsh"],
        &["run", "sh", "-c"],
        &[],
    ] {
        assert!(
            of(command).ends_with("a POSIX shell cannot refer to it"),
            "{command:?}"
        );
    }
}
