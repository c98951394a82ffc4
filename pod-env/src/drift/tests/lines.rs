//! Environments that are read line by line.

use serde_json::json;

use super::*;

#[test]
fn lines_of_an_unchanged_value_are_no_variables() {
    let env = json!([{"name": "A", "value": "x\nB=y\n"}, {"name": "C", "value": "1"}]);
    let now = now(json!({"env": env}));
    assert_eq!(now.by_lines("A=x\nB=y\n\nC=1\n"), told("", "", 0));
    assert_eq!(
        now.by_lines("A=p\nq\nC=1\n"),
        told("Changed A p\nq>x\nB=y\n", "", 0)
    );
    assert_eq!(
        now.by_lines("C=\nA=x\nB=y\n\n"),
        told("Changed C >1", "", 0)
    );
    // A value that goes on is not the expected one.
    assert_eq!(
        now.by_lines("C=1\n2\nA=x\nB=y\n\n"),
        told("Changed C 1\n2>1", "", 0)
    );
    assert_eq!(
        now.by_lines("A=x\nB=y\n\nC=1\n\n"),
        told("Changed C 1\n>1", "", 0)
    );
}

#[test]
fn a_line_that_only_looks_like_a_variable_is_neither_named_nor_shown() {
    let env = json!([
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
    ]);
    let from = json!([{"configMapRef": {"name": "m"}}]);
    let now = now(json!({"env": env, "envFrom": from}))
        .config_map(json!({}))
        .secret(json!({"k": "new"}));
    // The key has changed, and what follows it may be its own.
    let key = "KEY=-----BEGIN\nMIIEvQ==\nTOKEN=hunter2\n-----END\n";
    assert_eq!(
        now.by_lines(&format!("A=1\n{key}B=2\nMORE=x\n")),
        told("Changed KEY ->***", "", 3)
    );
    // B may be a line of the key, too.
    assert_eq!(
        now.by_lines(&format!("A=1\n{key}B=hunter3\n")),
        told("Changed KEY ->***, Changed B ***>2", "", 2)
    );
    // Where one of two lines is meant, nobody knows which.
    assert_eq!(
        now.by_lines(&format!("A=1\n{key}B=x\nB=y\n")),
        told("Changed KEY ->***, New B ->2", "", 4)
    );
    // Behind a variable that is as expected there is no doubt.
    assert_eq!(
        now.by_lines("KEY=new\nA=1\nLATE=x\nB=2\n"),
        told("Gone LATE x>-", "", 0)
    );
    assert_eq!(
        now.by_lines("KEY=new\nA=old\nB=older\n"),
        told("Changed A old>1, Changed B older>2", "", 0)
    );
}
