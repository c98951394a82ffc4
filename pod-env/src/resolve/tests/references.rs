//! Values, references, masks.

use super::*;

/// Example 7 of the examples: variables that depend on each other.
fn dependent() -> World {
    world(json!({"containers": [{"name": "c",
        "command": ["sh", "-c", "while true; do printf \"$UNCHANGED_REFERENCE $SERVICE $ESCAPED_SERVICE\"; done"],
        "env": [
            {"name": "SERVICE_IP", "value": "172.17.0.1"},
            {"name": "SERVICE_PORT", "value": "80"},
            {"name": "UNCHANGED_REFERENCE", "value": "$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)"},
            {"name": "PROTOCAL", "value": "https"},
            {"name": "SERVICE", "value": "$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)"},
            {"name": "ESCAPED_SERVICE", "value": "$$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)"}]}]}))
}

#[test]
fn dependent_variables_are_what_the_kubelet_makes_of_them() {
    let got = dependent().run();
    let table = [
        (
            "UNCHANGED_REFERENCE",
            "$(PROTOCAL)://172.17.0.1:80",
            Status::Unresolved,
        ),
        ("SERVICE", "https://172.17.0.1:80", Status::Resolved),
        (
            "ESCAPED_SERVICE",
            "$(PROTOCAL)://172.17.0.1:80",
            Status::Resolved,
        ),
        ("PROTOCAL", "https", Status::Resolved),
    ];
    for (name, value, status) in table {
        assert_eq!(got.value(name), value, "{name}");
        assert_eq!(got.var(name).status, status, "{name}");
    }
    let references: Vec<_> = got
        .var("ESCAPED_SERVICE")
        .references
        .iter()
        .map(|r| (r.name.as_str(), r.status, r.offset, r.length))
        .collect();
    assert_eq!(
        references,
        [
            ("PROTOCAL", ReferenceStatus::Escaped, 0, 12),
            ("SERVICE_IP", ReferenceStatus::Expanded, 15, 13),
            ("SERVICE_PORT", ReferenceStatus::Expanded, 29, 15),
        ]
    );
    let finding = got.finding("unresolved-reference");
    assert_eq!(finding.severity, Severity::Error);
    assert_eq!(finding.path.to_string(), "spec.containers[0].env[2].value");
    assert_eq!(
        finding.related_paths[0].path.to_string(),
        "spec.containers[0].env[3]"
    );
    assert!(
        finding.message.contains("1 entry later"),
        "{}",
        finding.message
    );
    assert_eq!(
        finding.help.as_deref(),
        Some("move `PROTOCAL` above `UNCHANGED_REFERENCE`")
    );
    assert_eq!(got.verdict, Verdict::No);
    let shell = got.finding("shell-variable");
    assert_eq!(
        shell.message,
        "`$UNCHANGED_REFERENCE`, `$SERVICE` and `$ESCAPED_SERVICE` are expanded by the shell, \
         not by Kubernetes; they are in the environment"
    );
}

#[test]
fn the_report_has_the_fields_that_scripts_rely_on() {
    let item = serde_json::to_value(dependent().run().item).unwrap();
    let container = &item["containers"][0];
    assert_eq!(container["type"], "app");
    let var = &container["env"][5];
    for (field, expected) in [
        ("name", json!("ESCAPED_SERVICE")),
        ("value", json!("$(PROTOCAL)://172.17.0.1:80")),
        ("raw", json!("$$(PROTOCAL)://$(SERVICE_IP):$(SERVICE_PORT)")),
        ("status", json!("resolved")),
        ("masked", json!(false)),
    ] {
        assert_eq!(var[field], expected, "{field}");
    }
    assert_eq!(var["source"], json!({"kind": "literal"}));
    assert_eq!(var["references"][0]["name"], "PROTOCAL");
    assert_eq!(var["references"][0]["status"], "escaped");
    assert!(container["command"].is_array() && container["args"].is_array());
}

#[test]
fn references_look_back_only_and_once() {
    let table = [
        // A near-miss.
        (
            json!([{"name": "PROTOCAL", "value": "x"}, {"name": "R", "value": "$(PROTOCOL)"}]),
            "$(PROTOCOL)",
            Some("did you mean `PROTOCAL`?"),
        ),
        // What was put in is not looked at again.
        (
            json!([{"name": "A", "value": "$$(B)"}, {"name": "B", "value": "b"}, {"name": "R", "value": "$(A)"}]),
            "$(B)",
            None,
        ),
        // A variable may refer to its own earlier value.
        (
            json!([{"name": "R", "value": "a"}, {"name": "R", "value": "$(R)b"}]),
            "ab",
            None,
        ),
        (
            json!([{"name": "R", "value": "$(R)b"}]),
            "$(R)b",
            Some("write the value out; variables of the image cannot be referenced"),
        ),
        (json!([{"name": "R"}]), "", None),
    ];
    for (vars, value, help) in table {
        let got = env(vars.clone()).run();
        assert_eq!(got.value("R"), value, "{vars}");
        let finding = got
            .findings
            .iter()
            .find(|f| f.id() == "unresolved-reference");
        assert_eq!(finding.and_then(|f| f.help.as_deref()), help, "{vars}");
    }
}

#[test]
fn secrets_are_masked_through_any_number_of_references() {
    let vars = json!([
        {"name": "S", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "URL", "value": "db://u:$(S)@h"},
        {"name": "DEEP", "value": "[$(URL)]"},
        {"name": "OPEN", "value": "hunter"}]);
    let mut w = world(json!({"containers": [{"name": "c", "env": vars,
        "command": ["sh", "-c", "x $(DEEP) $S"], "args": ["$(S)$(OPEN)"]}]}))
    .secret("s", json!({"k": "hunter2 $LEAK"}));
    let got = w.run();
    assert_eq!(got.value("URL"), "db://u:***@h");
    assert_eq!(got.value("DEEP"), "[db://u:***@h]");
    assert!(got.var("DEEP").masked && got.var("S").masked && !got.var("OPEN").masked);
    assert_eq!(got.container().command[2], "x [db://u:***@h] $S");
    assert_eq!(got.container().args[0], "***hunter");
    let everything = format!(
        "{} {} {:?} {:?} {}",
        serde_json::to_string(&got.item).unwrap(),
        serde_json::to_string(&got.findings).unwrap(),
        got.item,
        trace(got.container(), "DEEP"),
        crate::export::dotenv(got.container()),
    );
    assert!(
        !everything.contains("hunter2") && !everything.contains("LEAK"),
        "{everything}"
    );
    let bytes = got.var("DEEP").bytes.as_ref().unwrap().bytes();
    assert_eq!(
        bytes, b"[db://u:hunter2 $LEAK@h]",
        "what a comparison needs is there"
    );
    w.options.show_secrets = true;
    let got = w.run();
    assert_eq!(got.value("DEEP"), "[db://u:hunter2 $LEAK@h]");
    assert!(!got.var("DEEP").masked);
}

#[test]
fn the_trace_leads_from_the_text_to_the_value() {
    let got = env(json!([
        {"name": "A", "value": "a"}, {"name": "B", "value": "$(A)b"}, {"name": "C", "value": "$$ $(B) $(X)"}]))
    .run();
    let steps: Vec<_> = trace(got.container(), "C")
        .unwrap()
        .into_iter()
        .map(|s| (s.depth, s.name, s.text))
        .collect();
    let expect = [
        (0, "C", "env[2] sets \"$$ $(B) $(X)\""),
        (0, "$", "`$$` becomes `$`"),
        (0, "B", "`$(B)` becomes \"ab\""),
        (1, "B", "env[1] sets \"$(A)b\""),
        (1, "A", "`$(A)` becomes \"a\""),
        (2, "A", "env[0] sets \"a\""),
        (0, "X", "`$(X)` is not defined before it and stays as it is"),
        (0, "C", "is \"$ ab $(X)\""),
    ];
    let expect: Vec<_> = expect
        .map(|(d, n, t)| (d, n.to_owned(), t.to_owned()))
        .to_vec();
    assert_eq!(steps, expect);
    assert!(trace(got.container(), "NOPE").is_none());
}
