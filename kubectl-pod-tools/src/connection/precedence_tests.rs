//! Precedence of credentials, trust and servers if several are given, each row as in client-go (k8s.io/client-go/tools/clientcmd, `getServerIdentificationPartialConfig`
//! and `getUserIdentificationPartialConfig`; k8s.io/client-go/rest, `DefaultServerURL`).
//! `tests/upstream/client_config` compares the same with client-go itself.

use std::time::Duration;

use clap::{Args, Command, FromArgMatches};
use serde_json::{Value, json};

use super::flags::ConnectionFlags;
use super::shown;

const TLS: &str = "server: 'https://one:6443'";
const EXEC: &str =
    "exec: {apiVersion: client.authentication.k8s.io/v1, command: login, interactiveMode: Never}";
const CA: &str = include_str!("../../../tests/support/tls/ca.crt");

/// Returns the configuration of a cluster, a user and flags; DIR in them is a directory with
/// `token`, `other` and `ca.crt`.
fn made(cluster: &str, user: &str, flags: &[&str]) -> Result<Value, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().display().to_string();
    let config = format!(
        "current-context: c\nclusters:\n- {{name: k, cluster: {{{cluster}}}}}\nusers:\n- {{name: u, user: {{{user}}}}}\ncontexts:\n- {{name: c, context: {{cluster: k, user: u}}}}\n"
    );
    for (name, text) in [
        ("config", config.as_str()),
        ("token", "from-file\n"),
        ("ca.crt", CA),
    ] {
        std::fs::write(dir.path().join(name), text.replace("DIR", &path)).unwrap();
    }
    let flags: Vec<String> = flags
        .iter()
        .map(|flag| flag.replace("DIR", &path))
        .collect();
    shown(&[dir.path().join("config")], &flags)
}

#[test]
fn of_several_credentials_one_goes_to_the_server() {
    let basic = json!("Basic YTpi");
    for (user, flags, authorization, has_plugin) in [
        ("token: t", &[][..], json!("Bearer t"), false),
        // A token, by flag or not, goes before a plugin, and so does a login.
        (EXEC, &[], Value::Null, true),
        (EXEC, &["--token=x"], json!("Bearer x"), false),
        (EXEC, &["--token="], Value::Null, true),
        (
            EXEC,
            &["--username=a", "--password=b"],
            basic.clone(),
            false,
        ),
        (EXEC, &["--password=b"], Value::Null, true),
        (&format!("token: t, {EXEC}"), &[], json!("Bearer t"), false),
        (
            &format!("tokenFile: token, {EXEC}"),
            &[],
            json!("Bearer from-file"),
            false,
        ),
        // A token of a flag goes before the kubeconfig's token and its file.
        ("token: t", &["--token=x"], json!("Bearer x"), false),
        ("tokenFile: token", &["--token=x"], json!("Bearer x"), false),
        (
            "tokenFile: token, token: t",
            &[],
            json!("Bearer from-file"),
            false,
        ),
        ("tokenFile: gone, token: t", &[], json!("Bearer t"), false),
        // A part of a login by flag, and the rest from the file.
        (
            "username: a, password: x",
            &["--password=b"],
            basic.clone(),
            false,
        ),
        (
            "username: x, password: b",
            &["--username=a"],
            basic.clone(),
            false,
        ),
        (
            "username: a, password: b",
            &["--username=", "--password="],
            basic,
            false,
        ),
        ("password: b", &[], Value::Null, false),
    ] {
        let made = made(TLS, user, flags).unwrap();
        assert_eq!(made["authorization"], authorization, "{user} {flags:?}");
        assert_eq!(made["exec"].is_object(), has_plugin, "{user} {flags:?}");
    }
    // Two of them that contradict each other are told.
    for (user, flags) in [
        ("token: t", &["--username=a"][..]),
        ("token: t", &["--password=b"]),
        ("username: a, password: b", &["--token=x"]),
        ("", &["--token=x", "--username=a"]),
        ("tokenFile: token", &["--username=a"]),
        (&format!("{EXEC}, auth-provider: {{name: oidc}}"), &[]),
    ] {
        assert!(made(TLS, user, flags).is_err(), "{user} {flags:?}");
    }
}

#[test]
fn an_authority_and_no_check_at_all_exclude_each_other() {
    let with = |more: &str| format!("{TLS}, {more}");
    let ca = "--certificate-authority=DIR/ca.crt";
    for (cluster, flags, authorities, insecure) in [
        (TLS, &[][..], Value::Null, false),
        (&with("certificate-authority: ca.crt"), &[], json!(1), false),
        (
            &with("insecure-skip-tls-verify: true"),
            &[],
            Value::Null,
            true,
        ),
        // Who names an authority wants the check.
        (
            &with("insecure-skip-tls-verify: true"),
            &[ca],
            json!(1),
            false,
        ),
        (
            &with("certificate-authority: ca.crt"),
            &["--insecure-skip-tls-verify"],
            Value::Null,
            true,
        ),
        (
            &with("certificate-authority-data: YQ=="),
            &["--insecure-skip-tls-verify=true"],
            Value::Null,
            true,
        ),
        (
            &with("certificate-authority-data: YQ=="),
            &[ca],
            json!(1),
            false,
        ),
        (
            &with("insecure-skip-tls-verify: true"),
            &["--certificate-authority="],
            Value::Null,
            true,
        ),
        (
            &with("insecure-skip-tls-verify: true"),
            &["--insecure-skip-tls-verify=false"],
            Value::Null,
            false,
        ),
    ] {
        let made = made(cluster, "", flags).unwrap();
        assert_eq!(made["authorities"], authorities, "{cluster} {flags:?}");
        assert_eq!(made["insecure"], insecure, "{cluster} {flags:?}");
    }
    for (cluster, flags) in [
        (
            &with("certificate-authority: ca.crt, insecure-skip-tls-verify: true"),
            &[][..],
        ),
        (&TLS.to_owned(), &[ca, "--insecure-skip-tls-verify"]),
        (&with("certificate-authority: gone"), &[]),
    ] {
        assert!(made(cluster, "", flags).is_err(), "{cluster} {flags:?}");
    }
}

#[test]
fn impersonation_requires_a_user() {
    for flags in [
        &["--as-uid=1"][..],
        &["--as-group=g"],
        &["--as-user-extra=k=v"],
        &["--as=", "--as-uid=1"],
    ] {
        let error = made(TLS, "token: t", flags).unwrap_err();
        assert!(error.contains("--as names none"), "{flags:?} {error}");
    }
    let acting =
        |user: &str, flags: &[&str]| made(TLS, user, flags).unwrap()["impersonate"].clone();
    let none = json!({"user": null, "uid": null, "groups": [], "extra": {}});
    assert_eq!(acting("", &[]), none);
    assert_eq!(acting("", &["--as="]), none);
    assert_eq!(
        acting(
            "",
            &["--as=jane", "--as-uid=1", "--as-group=g", "--as-group=h"]
        ),
        json!({"user": "jane", "uid": "1", "groups": ["g", "h"], "extra": {}})
    );
    assert_eq!(
        acting(
            "as: joe, as-uid: '2', as-groups: [a]",
            &["--as=jane", "--as-uid="]
        ),
        json!({"user": "jane", "uid": "2", "groups": ["a"], "extra": {}})
    );
    assert_eq!(
        acting("as: joe, as-groups: [a, b]", &["--as-group=g"])["groups"],
        json!(["g"])
    );
}

#[test]
fn a_server_without_a_scheme_is_plain_and_gets_no_credentials() {
    for (cluster, flags, server, authorization) in [
        (
            "server: 'one:6443'",
            &[][..],
            "http://one:6443/",
            Value::Null,
        ),
        (
            "server: 'one:6443', insecure-skip-tls-verify: true",
            &[],
            "http://one:6443/",
            Value::Null,
        ),
        (
            "server: 'one:6443', certificate-authority-data: YQ==",
            &[],
            "http://one:6443/",
            Value::Null,
        ),
        ("server: 'http://one'", &[], "http://one/", Value::Null),
        (
            "server: 'https://one'",
            &[],
            "https://one/",
            json!("Bearer t"),
        ),
        (
            "server: 'https://one'",
            &["--server=two:80"],
            "http://two:80/",
            Value::Null,
        ),
        (
            "server: 'one:6443'",
            &["--server=https://two"],
            "https://two/",
            json!("Bearer t"),
        ),
        (
            "server: 'https://one'",
            &["--server="],
            "https://one/",
            json!("Bearer t"),
        ),
    ] {
        let made = made(cluster, "token: t", flags).unwrap();
        assert_eq!(made["server"], server, "{cluster} {flags:?}");
        assert_eq!(made["authorization"], authorization, "{cluster} {flags:?}");
    }
}

#[test]
fn a_time_limit_of_zero_is_none() {
    let limit = |text: &str| {
        let command = ConnectionFlags::augment_args(Command::new("flags").no_binary_name(true));
        let matches = command.try_get_matches_from([format!("--request-timeout={text}")]);
        ConnectionFlags::from_arg_matches(&matches.unwrap())
            .unwrap()
            .request_timeout
    };
    for (text, expected) in [
        ("0", Duration::MAX),
        ("0s", Duration::MAX),
        ("0h0m", Duration::MAX),
        ("1", Duration::from_secs(1)),
        ("1ms", Duration::from_millis(1)),
        ("1m30s", Duration::from_secs(90)),
    ] {
        assert_eq!(limit(text), Some(expected), "{text}");
    }
}
