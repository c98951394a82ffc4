//! `rules`: the table, one rule, and an id that is none.

use serde_json::Value;

use crate::support::Home;

#[test]
fn the_table_lists_every_rule_under_its_topic() {
    let run = Home::new().run(&["rules"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let at = |text: &str| run.stdout.find(text).unwrap_or_else(|| panic!("{text}"));
    assert!(at("Schema\n") < at("\nunknown-field"));
    assert!(at("\nunknown-field") < at("Environment\n"));
    assert!(at("Environment\n") < at("\nunresolved-reference"));
}

#[test]
fn one_rule_is_explained_with_both_examples() {
    let run = Home::new().run(&["rules", "missing-field"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    for text in [
        "A required field is absent\nRule:     missing-field\nSeverity: error\n",
        "\nBad:\n  apiVersion: v1\n",
        "\nGood:\n  apiVersion: v1\n",
        "ports: [{name: http, containerPort: 80}]",
    ] {
        assert!(run.stdout.contains(text), "{text}\n{}", run.stdout);
    }
}

#[test]
fn programs_get_all_rules_or_one() {
    let items = |arguments: &[&str]| {
        let run = Home::new().run(&[&["rules", "-o", "json"], arguments].concat());
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        let list: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(list["kind"], "RuleList");
        list["items"].as_array().unwrap().clone()
    };
    let one = items(&["feature-gate"]);
    assert_eq!(one.len(), 1);
    assert_eq!(
        (&one[0]["id"], &one[0]["until"]),
        (&"feature-gate".into(), &"1.34".into())
    );
    let all = items(&[]);
    assert!(all.len() > 60 && all.contains(&one[0]), "{}", all.len());
}

#[test]
fn an_id_that_is_none_is_wrong_usage_with_the_nearest() {
    let run = Home::new().run(&["rules", "unknown-feild"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(
        run.stderr.contains("unknown rule `unknown-feild`"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("did you mean `unknown-field`?"),
        "{}",
        run.stderr
    );
}
