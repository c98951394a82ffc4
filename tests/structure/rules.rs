//! The table of rules: each row is used, and made by a test.

use std::fs;
use std::path::Path;

use pod_model::rules::{self, Example, Rule, TOPICS};

use super::{root, sources};

/// Topics whose manifests are run as examples, and the test that does so. A bad
/// example that makes no finding of its rule fails there.
const RUN: [(&str, &str); 12] = [
    ("Files", "pod-model/tests/rules.rs"),
    ("Schema", "pod-model/tests/rules.rs"),
    ("Validation", "pod-model/tests/rules.rs"),
    ("Probes", "tests/cli/rule_examples.rs"),
    ("Hooks", "tests/cli/rule_examples.rs"),
    ("Resources", "tests/cli/rule_examples.rs"),
    ("Security", "tests/cli/rule_examples.rs"),
    ("Admission", "tests/cli/rule_examples.rs"),
    ("Jobs", "tests/cli/rule_examples.rs"),
    ("Scheduling", "tests/cli/rule_examples.rs"),
    ("Environment", "pod-env/src/resolve/tests/rules.rs"),
    (
        "Sources of the environment",
        "pod-env/src/resolve/tests/rules.rs",
    ),
];

/// The sources of all crates as code and as tests.
fn code_and_tests() -> (String, String) {
    let (mut code, mut tests) = (String::new(), String::new());
    let crates = ["kubectl-pod-tools", "pod-env", "pod-model", "pod-probe"];
    let dirs = crates.map(|name| root().join(name).join("src"));
    for (path, text) in dirs.iter().flat_map(|dir| sources(dir)) {
        if path.starts_with(root().join("pod-model/src/rules")) {
            continue;
        }
        let (own, test) = text.split_once("#[cfg(test)]\nmod").unwrap_or((&text, ""));
        if path.to_string_lossy().contains("tests") {
            tests.push_str(&text);
        } else {
            code.push_str(own);
            tests.push_str(test);
        }
    }
    for (_, text) in sources(&root().join("tests")) {
        tests.push_str(&text);
    }
    (code, tests)
}

/// The name of a row: `UNKNOWN_FIELD`.
fn name(rule: &Rule) -> String {
    rule.id.replace('-', "_").to_uppercase()
}

fn is_run(topic: &str, rule: &Rule) -> bool {
    let by_test = RUN.iter().any(|(run, _)| *run == topic);
    topic == "Flags of create" || by_test && matches!(rule.bad, Example::Manifest(_))
}

#[test]
fn every_rule_is_used_and_made_by_a_test() {
    for (topic, test) in RUN {
        let text = fs::read_to_string(root().join(test)).unwrap();
        assert!(
            text.contains(&format!("\"{topic}\"")),
            "{test} runs {topic}"
        );
    }
    let (code, tests) = code_and_tests();
    for topic in TOPICS {
        for rule in topic.rules {
            let name = name(rule);
            let is_word = |text: &str, word: &str| {
                let mut places = text.match_indices(word);
                places.any(|(at, _)| {
                    let after = text[at + word.len()..].chars().next();
                    !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
                })
            };
            assert!(
                is_word(&code, &format!("rules::{name}")),
                "{} is made nowhere",
                rule.id
            );
            let asserted = [format!("\"{}\"", rule.id), format!("id: {}\n", rule.id)];
            let by_rule = [format!("[&rules::{name}]"), format!("(&&rules::{name})")];
            let mut forms = asserted.iter().chain(&by_rule);
            assert!(
                is_run(topic.title, rule)
                    || rule == &&rules::SERVER_FIELD
                    || rule == &&rules::HELD_BACK
                    || forms.any(|form| tests.contains(form)),
                "no test makes {}",
                rule.id
            );
        }
    }
}

/// Returns the programs of pod-tools in a command line of a shell, each with the words of
/// `kubectl pod-tools`.
fn invocations(line: &str) -> Vec<Vec<String>> {
    let (line, _) = line.split_once("  #").unwrap_or((line, ""));
    let commands = line.split([';', '|', '&']).map(str::trim);
    commands
        .filter_map(|command| {
            let words = shlex::split(command).unwrap();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let words = match words[..] {
                ["kubectl", "pod-tools", ref rest @ ..] => rest.to_vec(),
                ["kubectl", "pod-env", ref rest @ ..] => [&["explain-env"], rest].concat(),
                ["kubectl", "pod-wait", ref rest @ ..] => [&["wait"], rest].concat(),
                ["kubectl", "create", "pod", ref rest @ ..] => [&["create", "pod"], rest].concat(),
                _ => return None,
            };
            Some(words.into_iter().map(str::to_owned).collect())
        })
        .collect()
}

#[test]
fn command_examples_parse() {
    let mut parsed = 0;
    for rule in TOPICS.iter().flat_map(|topic| topic.rules) {
        for example in [rule.bad, rule.good] {
            let Example::Command(line) = example else {
                continue;
            };
            let invocations = invocations(line);
            assert!(!invocations.is_empty(), "{}: {line}", rule.id);
            for words in invocations {
                let program = "kubectl-pod_tools".to_owned();
                let words = std::iter::once(program).chain(words);
                let result = kubectl_pod_tools::suite_command().try_get_matches_from(words);
                assert!(
                    result.is_ok(),
                    "{}: {line}: {}",
                    rule.id,
                    result.unwrap_err()
                );
                parsed += 1;
            }
        }
    }
    assert!(parsed > 30, "{parsed} command lines parsed");
}

/// The text of a row of a Markdown table.
fn row(text: &str) -> String {
    text.replace('|', "\\|")
}

/// docs/rules.md as the table has it.
fn document() -> String {
    let mut out = "# Rules\n\nThe rules behind every finding, by topic. `kubectl pod-tools rules ID` prints one; `-o json` prints \
        all for programs.\nThis page is generated: change `pod-model/src/rules/`, then run \
        `UPDATE_DOCS=1 cargo test -p kubectl-pod-tools --test structure rules`.\n".to_owned();
    for topic in TOPICS {
        out.push_str(&format!(
            "\n## {}\n\n| id | severity | title |\n|---|---|---|\n",
            topic.title
        ));
        for rule in topic.rules {
            let severity = format!("{:?}", rule.severity).to_lowercase();
            out.push_str(&format!(
                "| [`{0}`](#{0}) | {severity} | {1} |\n",
                rule.id,
                row(rule.title)
            ));
        }
        for rule in topic.rules {
            out.push_str(&format!(
                "\n### {}\n{}.\n\n{}\n",
                rule.id, rule.title, rule.explanation
            ));
            for (title, example) in [("Bad", rule.bad), ("Good", rule.good)] {
                let (language, text) = match example {
                    Example::Manifest(text) => ("yaml", text.trim_end()),
                    Example::Command(text) => ("sh", text),
                };
                out.push_str(&format!("\n{title}:\n```{language}\n{text}\n```\n"));
            }
            out.push_str(&format!("\nUpstream: {}.", rule.upstream));
            if let Some(version) = rule.since {
                out.push_str(&format!(" Since Kubernetes {version}."));
            }
            if let Some(version) = rule.until {
                out.push_str(&format!(" Until Kubernetes {version}."));
            }
            out.push('\n');
        }
    }
    out
}

#[test]
fn the_page_of_rules_is_the_table_of_rules() {
    let path = root().join("docs/rules.md");
    let fresh = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, fresh).unwrap();
        return;
    }
    let written = fs::read_to_string(Path::new(&path)).unwrap_or_default();
    assert_eq!(written, fresh, "run it with UPDATE_DOCS=1");
}
