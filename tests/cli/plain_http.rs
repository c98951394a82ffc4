//! Nothing secret goes over plain HTTP.

use crate::POD;
use crate::apiserver::ApiServer;
use crate::support::{Home, Run};

const WARNING: &str = "warning: credentials are not sent over plain HTTP to ";

/// A kubeconfig whose server speaks plain HTTP, with this user.
fn plain(home: &Home, server: &str, user: &str) {
    let text = format!(
        "current-context: c\n\
         clusters:\n- {{name: k, cluster: {{server: '{server}'}}}}\n\
         users:\n- {{name: u, user: {user}}}\n\
         contexts:\n- {{name: c, context: {{cluster: k, user: u}}}}\n"
    );
    home.write(".kube/config", text);
}

/// Nothing secret has come, and it is said once.
#[track_caller]
fn withheld(server: &ApiServer, run: &Run) {
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.stderr.matches(WARNING).count(), 1, "{run:?}");
    for request in server.requests() {
        assert!(request.header("authorization").is_empty(), "{request:?}");
        let all = format!("{request:?}");
        assert!(!all.contains("s3cret"), "{all}");
    }
    assert!(!run.all().contains("s3cret"), "{run:?}");
    assert!(!server.requests().is_empty());
}

const PLUGIN: &str = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}}";

#[test]
fn no_credential_of_a_kubeconfig_is_sent_in_clear_text() {
    let home = Home::with(&[("token", "s3cret"), ("client.crt", ""), ("client.key", "")]);
    home.script(".kube/login", "touch called; echo s3cret");
    // Where the way is safe it is run.
    let safe = ApiServer::new();
    home.kubeconfig(&safe, PLUGIN);
    assert_eq!(home.run(&["version"]).code, Some(3));
    assert!(home.take_mark("called"));
    for user in [
        "{token: s3cret}",
        "{tokenFile: ../token}",
        // It is not even looked for.
        "{tokenFile: gone}",
        "{username: jane, password: s3cret}",
        "{client-certificate: ../client.crt, client-key: ../client.key}",
        PLUGIN,
        "{auth-provider: {name: oidc, config: {id-token: s3cret}}}",
    ] {
        let server = ApiServer::new();
        // A server without a scheme speaks plain HTTP.
        for url in [server.url(), server.url().replace("http://", "")] {
            plain(&home, &url, user);
            withheld(&server, &home.run(&["version"]));
        }
    }
    assert!(!home.take_mark("called"));
}

#[test]
fn no_credential_of_a_flag_is_sent_in_clear_text() {
    for flags in [
        &["--token", "s3cret"][..],
        &["--username", "jane", "--password", "s3cret"],
        &["--password", "s3cret"],
    ] {
        let server = ApiServer::new();
        let url = server.url();
        let run = Home::new().run(&[&["version", "--server", &url], flags].concat());
        withheld(&server, &run);
    }
    let server = ApiServer::new();
    let url = server.url().replace("http://", "http://jane:s3cret@");
    withheld(&server, &Home::new().run(&["version", "--server", &url]));
}

#[test]
fn a_server_flag_that_is_plain_gets_nothing_of_a_user_of_another() {
    let server = ApiServer::new();
    let home = Home::new();
    home.kubeconfig(&ApiServer::new(), "{token: s3cret}");
    for url in [server.url(), server.url().replace("http://", "")] {
        withheld(&server, &home.run(&["version", "--server", &url]));
    }
    // The other way round, it goes to whoever is asked by TLS.
    plain(&home, &server.url(), "{token: t}");
    home.write("ca.crt", crate::apiserver::CA);
    let url = server.https();
    let flags = ["--server", &url, "--certificate-authority", "ca.crt"];
    let run = home.run(&[&["version"], &flags[..]].concat());
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("authorization"), ["Bearer t"]);
}

#[test]
fn impersonation_over_plain_http_needs_no_warning() {
    let server = ApiServer::new().storing();
    let home = Home::with(&[("pod.yaml", POD)]);
    let run = home.run_on(&server, &["create", "-f", "pod.yaml", "--as", "jane"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    let last = server.requests().pop().unwrap();
    assert_eq!(last.header("impersonate-user"), ["jane"]);
}

#[test]
fn a_command_that_connects_twice_says_it_once() {
    let job = r#"{"kind": "CronJob", "apiVersion": "batch/v1", "metadata": {"name": "c", "namespace": "default", "uid": "u"},
        "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "Never",
        "containers": [{"name": "c", "image": "i"}]}}}}}}"#;
    let server = ApiServer::new()
        .on(
            "GET /apis/batch/v1/namespaces/default/cronjobs/c",
            crate::apiserver::Answer::text(200, job),
        )
        .storing();
    let url = server.url();
    let run = Home::new().run(&[
        "create",
        "job",
        "j",
        "--from",
        "cronjob/c",
        "--server",
        &url,
        "--token",
        "s3cret",
    ]);
    withheld(&server, &run);
}
