//! Requests of a connection: their headers, proxies and addresses.

use snapbox::{assert_data_eq, str};

use super::connection::{DEAD, config};
use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, finish};

#[test]
fn impersonation_goes_over_the_wire() {
    let server = ApiServer::new();
    let flags = [
        "version",
        "--as",
        "jane",
        "--as-group",
        "devs",
        "--as-group",
        "ops",
        "--as-uid",
        "42",
        "--as-user-extra",
        "scopes=view",
        "--as-user-extra",
        "scopes=edit",
        "--as-user-extra",
        "Team/x=a=b",
    ];
    let run = Home::new().run_on(&server, &flags);
    assert_eq!(run.code, Some(0), "{run:?}");
    let request = &server.requests()[0];
    assert_eq!(request.header("impersonate-user"), ["jane"]);
    assert_eq!(request.header("impersonate-group"), ["devs", "ops"]);
    assert_eq!(request.header("impersonate-uid"), ["42"]);
    assert_eq!(request.header("impersonate-extra-scopes"), ["view", "edit"]);
    assert_eq!(request.header("impersonate-extra-team%2fx"), ["a=b"]);
}

#[test]
fn groups_without_a_user_cannot_be_impersonated() {
    let run = Home::new().run(&["version", "--server", DEAD, "--as-group", "devs"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert_data_eq!(
        run.stderr,
        str![[r#"
error: --as-group, --as-uid and --as-user-extra describe a user, and --as names none

"#]]
    );
}

/// `version` of a server that only a proxy can find.
fn through(environment: &[(&str, &str)]) -> crate::support::Run {
    let home = Home::new();
    let mut command = home.command(&["version", "--server", "http://cluster.invalid:8080"]);
    command.envs(environment.iter().copied());
    finish(command, b"")
}

#[test]
fn a_proxy_is_used_unless_the_server_is_excepted() {
    let proxy = ApiServer::new();
    let url = proxy.url();
    let run = through(&[
        ("HTTP_PROXY", &url),
        ("NO_PROXY", "other.invalid,127.0.0.1"),
    ]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(proxy.requests()[0].method, "CONNECT");
    let asked = proxy.requests().len();
    for excepted in ["cluster.invalid", ".invalid:8080", "*"] {
        let run = through(&[("http_proxy", &url), ("no_proxy", excepted)]);
        assert_eq!(run.code, Some(3), "{run:?}");
    }
    assert_eq!(
        through(&[("HTTPS_PROXY", &url)]).code,
        Some(3),
        "for https only"
    );
    assert_eq!(proxy.requests().len(), asked);
    assert_eq!(through(&[("HTTP_PROXY", "http://[")]).code, Some(3));
}

#[test]
fn a_proxy_of_the_kubeconfig_is_used() {
    let proxy = ApiServer::new();
    let text = config("http://cluster.invalid:8080")
        .replace("8080',", &format!("8080', proxy-url: '{}',", proxy.url()));
    let home = Home::with(&[(".kube/config", &text)]);
    let mut command = home.command(&["version"]);
    command.env("NO_PROXY", "*");
    let run = finish(command, b"");
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(proxy.requests()[0].path, "cluster.invalid:8080");
}

#[test]
fn a_server_is_a_url_a_host_with_a_port_or_an_error() {
    let server = ApiServer::bare().on("GET /", Answer::text(200, r#"{"gitVersion": "v1"}"#));
    let url = server.url();
    let home = Home::new();
    for (named, path) in [
        (url.clone(), "/version"),
        (url.replace("http://", ""), "/version"),
        (format!("{url}/"), "/version"),
        (
            format!("{url}/k8s/clusters/c-1"),
            "/k8s/clusters/c-1/version",
        ),
    ] {
        let run = home.run(&["version", "--server", &named]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert_eq!(server.requests().last().unwrap().path, path, "{named}");
    }
    let not_a_url = "is not a URL such as https://HOST:PORT";
    let not_a_port = "has a port that is not a number from 0 to 65535";
    for (named, why) in [
        ("ftp://host", not_a_url),
        ("://", not_a_url),
        ("a b", not_a_url),
        ("http://", not_a_url),
        ("https://127.0.0.1:7443x", not_a_port),
        ("https://127.0.0.1:99999", not_a_port),
        ("127.0.0.1:https", not_a_port),
        ("https://[::1]:6443x", not_a_port),
        ("http://[", "has a `[` without its `]`"),
        (
            "https://[fe80::1%25eth0]:6443",
            "has an IPv6 zone (what follows `%`), which is not supported: use a host name or an address without one",
        ),
    ] {
        let run = home.run(&["version", "--server", named]);
        let told = format!("error: the server `{named}` {why}\n");
        assert_eq!((run.code, run.stderr.as_str()), (Some(3), told.as_str()));
    }
}

#[test]
fn compression_is_asked_for_unless_it_is_disabled() {
    let server = ApiServer::new();
    Home::new().run_on(&server, &["version"]);
    Home::new().run_on(&server, &["version", "--disable-compression"]);
    let sent = server.requests();
    assert!(sent[0].header("accept-encoding").join(",").contains("gzip"));
    assert!(
        sent[1].header("accept-encoding").is_empty(),
        "{:?}",
        sent[1]
    );
}

#[test]
fn the_program_says_who_it_is() {
    let server = ApiServer::bare().on("GET /version", Answer::text(200, "{}"));
    Home::new().run_on(&server, &["version"]);
    let sent = server.requests();
    let agent = sent[0].header("user-agent");
    assert!(
        agent.len() == 1 && agent[0].starts_with("kubectl-pod_tools/"),
        "{agent:?}"
    );
}
