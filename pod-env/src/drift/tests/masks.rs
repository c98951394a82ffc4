//! Values of Secrets, which no difference shows.

use serde_json::{Value, json};

use super::*;

#[test]
fn a_value_that_a_deleted_secret_may_have_set_is_masked() {
    let both =
        json!([{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "gone", "optional": true}}]);
    let reference = json!([{"name": "X", "value": "at $(A)"}, {"name": "Y", "value": "$(X)"},
        {"name": "L", "value": "plain"}]);
    let now_with = |container: Value| now(container).config_map(json!({"A": "map"}));
    let environ = "A=hunter2\0X=at hunter2\0Y=at hunter2\0L=other\0KEY=hunter3\0";
    let all = now_with(json!({"envFrom": both, "env": reference}));
    assert_eq!(
        all.by_nul(environ),
        "Changed A ***>map, Changed X ***>at map, Changed Y ***>at map, Changed L other>plain, Gone KEY ***>-"
    );
    // The same while the Secret is there, and has lost its keys.
    let emptied = json!([{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "s"}}]);
    let emptied = now_with(json!({"envFrom": emptied, "env": reference})).secret(json!({}));
    assert_eq!(emptied.by_nul(environ), all.by_nul(environ));
    // An optional key takes the place of a literal, or does not.
    let key = |name: &str| json!({"secretKeyRef": {"name": name, "key": "k", "optional": true}});
    for name in ["gone", "s"] {
        let twice =
            json!([{"name": "A", "value": "literal"}, {"name": "A", "valueFrom": key(name)}]);
        let twice = now(json!({"env": twice})).secret(json!({}));
        assert_eq!(twice.by_nul("A=hunter2\0"), "Changed A ***>literal");
        let alone = json!([{"name": "A", "valueFrom": key(name)}, {"name": "B", "value": "b"}]);
        let alone = now(json!({"env": alone})).secret(json!({}));
        assert_eq!(alone.by_nul("B=b\0A=hunter2\0"), "Gone A ***>-");
    }
    // An optional key of a ConfigMap lets it stand, or does not.
    let map = json!({"configMapKeyRef": {"name": "m", "key": "k", "optional": true}});
    let env = json!([{"name": "A", "valueFrom": key("s")}, {"name": "A", "valueFrom": map}]);
    let over = now(json!({"env": env})).secret(json!({}));
    let over = over.config_map(json!({"k": "map"}));
    assert_eq!(over.by_nul("A=hunter2\0"), "Changed A ***>map");
    let mut shown = all;
    shown.show_secrets = true;
    assert!(shown.by_nul(environ).contains("A hunter2>map"));
}

#[test]
fn a_value_that_no_secret_can_have_set_is_shown() {
    let prefixed = json!([{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "gone", "optional": true}, "prefix": "S_"}]);
    let env = json!([
        {"name": "E", "value": "$$(S_A)"},
        {"name": "EARLY", "value": "$(T)"},
        {"name": "T", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        {"name": "S_FIXED", "value": "fixed"},
        {"name": "F", "valueFrom": {"fieldRef": {"fieldPath": "metadata.namespace"}}},
    ]);
    let now = now(json!({"envFrom": prefixed, "env": env}))
        .config_map(json!({"A": "1", "S_B": "2"}))
        .secret(json!({"k": "hunter2"}));
    let environ = "A=0\0E=0\0EARLY=0\0T=0\0S_FIXED=0\0F=0\0S_B=0\0S_=0\0";
    assert_eq!(
        now.by_nul(environ),
        "Changed A 0>1, Changed S_B ***>2, Changed E 0>$(S_A), Changed EARLY 0>$(T), Changed T ***>***, \
         Changed S_FIXED 0>fixed, Changed F 0>n, Gone S_ 0>-"
    );
}

#[test]
fn a_secret_that_may_not_be_read_leaves_no_piece_behind() {
    let env = json!([
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "unread", "key": "k"}}},
        {"name": "A", "value": "1"},
    ]);
    let now = now(json!({"env": env}));
    let environ = "PATH=/\nKEY=one\nQUJD==\nA=hunter2\nx\n";
    assert_eq!(now.by_lines(environ), told("Changed A ***>1", "", 1));
}

/// An optional key that a restart would take away is no Secret's by the spec. But
/// behind a Secret's value that has changed, what looks like it may be a line of
/// that value.
#[test]
fn an_optional_key_behind_a_secret_that_changed_is_masked() {
    let of = |source: Value| {
        let env = json!([
            {"name": "A", "value": "1"},
            {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
            {"name": "X", "valueFrom": source},
        ]);
        now(json!({"env": env}))
            .config_map(json!({}))
            .secret(json!({"k": "new"}))
    };
    let key = json!({"configMapKeyRef": {"name": "m", "key": "x", "optional": true}});
    let secret = json!({"secretKeyRef": {"name": "s", "key": "x", "optional": true}});
    for (environ, differences) in [
        (
            "A=1\nKEY=old\nX=hunter2\n",
            "Changed KEY ***>***, Gone X ***>-",
        ),
        (
            "A=1\nKEY=-----BEGIN\nMIIE\nX=hunter2\nhunter3\n",
            "Changed KEY ***>***, Gone X ***>-",
        ),
        // Its name is hidden in a line of the value, and nothing of it is shown.
        ("A=1\nKEY=old\nX=hunter2\nX=hunter3\n", "Changed KEY ->***"),
    ] {
        for source in [&key, &secret] {
            let (told, _, _) = of(source.clone()).by_lines(environ);
            assert_eq!(told, differences, "{environ:?}");
        }
        let mut shown = of(key.clone());
        shown.show_secrets = true;
        let (told, _, _) = shown.by_lines(environ);
        assert_eq!(
            told.contains("Gone X hunter2"),
            differences.contains("Gone")
        );
    }
    // Before it, and where nothing is in doubt, it is told.
    let (told, _, _) = of(key.clone()).by_lines("A=1\nX=plain\nKEY=old\n");
    assert_eq!(told, "Changed KEY ***>***, Gone X plain>-");
    let (told, _, _) = of(key.clone()).by_lines("A=1\nKEY=new\nX=plain\n");
    assert_eq!(told, "Gone X plain>-");
    assert_eq!(
        of(key).by_nul("A=1\0KEY=old\0X=plain\0"),
        "Changed KEY ***>***, Gone X plain>-"
    );
    assert_eq!(
        of(secret).by_nul("A=1\0KEY=new\0X=hunter2\0"),
        "Gone X ***>-"
    );
}
