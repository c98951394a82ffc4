//! Choice of the cluster: kubeconfig files, contexts, flags, proxies.

use snapbox::{assert_data_eq, str};

use crate::POD;
use crate::apiserver::{ApiServer, ca_data};
use crate::support::{Home, finish};

pub(crate) const DEAD: &str = "http://127.0.0.1:1";

pub(crate) fn config(server: &str) -> String {
    format!(
        "current-context: dev\n\
         clusters:\n- {{name: k-dev, cluster: {{server: '{server}', certificate-authority-data: {}}}}}\n- {{name: k-prod, cluster: {{server: '{DEAD}'}}}}\n\
         users:\n- {{name: alice, user: {{token: t-alice}}}}\n- {{name: bob, user: {{token: t-bob}}}}\n\
         contexts:\n- {{name: dev, context: {{cluster: k-dev, user: alice, namespace: team}}}}\n\
         - {{name: prod, context: {{cluster: k-prod, user: bob}}}}\n\
         - {{name: broken, context: {{cluster: nowhere, user: nobody}}}}\n",
        ca_data()
    )
}

#[test]
fn missing_configuration_gets_a_help() {
    let home = Home::with(&[("pod.yaml", POD)]);
    assert_data_eq!(
        home.run(&["create", "-f", "pod.yaml"]).all(),
        str![[r#"
exit code 3
--- stderr
error: no cluster is configured
help: set --kubeconfig, $KUBECONFIG or --server

"#]]
    );
}

#[test]
fn a_kubeconfig_that_is_not_there_is_named() {
    let home = Home::with(&[("pod.yaml", POD)]);
    let run = |list: &str, args: &[&str]| {
        let mut command = home.command(args);
        command.env("KUBECONFIG", list);
        finish(command, b"")
    };
    assert_data_eq!(
        run("gone", &["create", "-f", "pod.yaml"]).all(),
        str![[r#"
exit code 3
--- stderr
error: no cluster is configured: the kubeconfig gone of $KUBECONFIG does not exist
help: set --kubeconfig, $KUBECONFIG or --server

"#]]
    );
    let two = run("gone:lost", &["create", "-f", "pod.yaml"]);
    let told =
        "error: no cluster is configured: the kubeconfigs gone, lost of $KUBECONFIG do not exist\n";
    assert!(two.stderr.starts_with(told), "{two:?}");
    // A file alone can be explained, and why nobody else is asked is told.
    let explained = run("gone", &["explain-env", "-f", "pod.yaml"]);
    let told = "warning: not connecting to a cluster: no cluster is configured: the kubeconfig gone of $KUBECONFIG does not exist\n";
    assert_eq!((explained.code, explained.stderr.as_str()), (Some(0), told));
}

/// client-go passes over what is not there, and over nothing else.
#[test]
fn a_kubeconfig_of_the_list_that_cannot_be_opened_ends_the_command() {
    let server = ApiServer::new();
    let home = Home::with(&[("pod.yaml", POD), ("file", "")]);
    home.write("good", config(&server.https()));
    for (link, to) in [("loop", "loop"), ("one", "two"), ("two", "one")] {
        std::os::unix::fs::symlink(to, home.path().join(link)).unwrap();
    }
    std::os::unix::fs::symlink("gone", home.path().join("dangling")).unwrap();
    std::fs::create_dir(home.path().join("dir")).unwrap();
    let run = |list: &str| {
        let mut command = home.command(&["version"]);
        command.env("KUBECONFIG", list);
        finish(command, b"")
    };
    for list in ["loop:good", "good:one", "file/config:good", "dir:good"] {
        let run = run(list);
        assert_eq!(run.code, Some(3), "{list}: {run:?}");
        let told = run.stderr.starts_with("error: cannot read the kubeconfig ");
        assert!(told, "{list}: {run:?}");
    }
    for list in [
        "gone:good",
        "dangling:good",
        "good:",
        ":good",
        "good:dir/gone",
    ] {
        let run = run(list);
        assert_eq!(run.code, Some(0), "{list}: {run:?}");
    }
}

#[test]
fn a_password_in_a_url_is_not_shown() {
    let home = Home::with(&[("pod.yaml", POD)]);
    for (args, told) in [
        (
            &[
                "create",
                "-f",
                "pod.yaml",
                "-s",
                "http://me:hunter2@127.0.0.1:1",
            ][..],
            "error: the server http://127.0.0.1:1/ cannot be reached",
        ),
        (
            &["version", "-s", "ftp://me:hunter2@host"],
            "error: the server `ftp://host` is not a URL",
        ),
        (
            &["version", "-s", "https://me:hunter2/@host:1"],
            "error: the server `https://host:1` has a port that is not",
        ),
        (
            &["create", "-f", "https://me:hunter2@host/pod.yaml"],
            "error: expected a file, found the URL https://host/pod.yaml",
        ),
    ] {
        let run = home.run(args);
        assert!(run.stderr.contains(told), "{run:?}");
        assert!(!run.all().contains("hunter2"), "{run:?}");
    }
}

#[test]
fn the_file_in_home_gives_server_user_and_namespace() {
    let server = ApiServer::new().storing();
    let home = Home::with(&[
        ("pod.yaml", POD),
        (".kube/config", &config(&server.https())),
    ]);
    let run = home.run(&["create", "-f", "pod.yaml"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "pod/web created\n"),
        "{run:?}"
    );
    assert_eq!(server.asked(), ["POST /api/v1/namespaces/team/pods"]);
    assert_eq!(
        server.requests()[1].header("authorization"),
        ["Bearer t-alice"]
    );
}

#[test]
fn unknown_names_list_the_known_ones() {
    let home = Home::with(&[(".kube/config", &config(DEAD))]);
    for (flag, told) in [
        (
            "--context",
            "error: the kubeconfig has no context named `x`\nhelp: expected one of: dev, prod, broken\n",
        ),
        (
            "--cluster",
            "error: the kubeconfig has no cluster named `x`\nhelp: expected one of: k-dev, k-prod\n",
        ),
        (
            "--user",
            "error: the kubeconfig has no user named `x`\nhelp: expected one of: alice, bob\n",
        ),
    ] {
        let run = home.run(&["version", flag, "x"]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(3), told));
    }
    // Without any file, nothing else answers for the name: not the Pod around us.
    let run = Home::new().run(&["version", "--context", "x"]);
    let told = "error: the kubeconfig has no context named `x`\nhelp: the kubeconfig has no context; set --kubeconfig or $KUBECONFIG\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(3), told));
    let run = home.run(&["version", "--context", "broken"]);
    assert_eq!(run.code, Some(3));
    assert_data_eq!(
        run.stderr,
        str![[r#"
error: the kubeconfig has no cluster named `nowhere`
help: expected one of: k-dev, k-prod

"#]]
    );
}

#[test]
fn flags_choose_among_what_the_file_has() {
    let server = ApiServer::new();
    let home = Home::with(&[(".kube/config", &config(&server.https()))]);
    let flags = ["version", "--context", "prod", "--cluster", "k-dev"];
    assert_eq!(home.run(&flags).code, Some(0));
    assert_eq!(home.run(&["version", "--user", "bob"]).code, Some(0));
    let sent = server.requests();
    let tokens: Vec<_> = sent.iter().map(|r| r.header("authorization")[0]).collect();
    assert_eq!(tokens, ["Bearer t-bob", "Bearer t-bob"]);
}

#[test]
fn a_list_of_files_is_one_and_missing_ones_are_passed_over() {
    let server = ApiServer::new();
    let home = Home::with(&[
        (
            "a/users.yaml",
            "users:\n- name: alice\n  user: {tokenFile: tokens/alice}\n",
        ),
        ("a/tokens/alice", "from-file\n"),
        ("b.yaml", &config(&server.https())),
    ]);
    let mut command = home.command(&["version"]);
    command.env("KUBECONFIG", "missing.yaml:a/users.yaml::b.yaml");
    let run = finish(command, b"");
    assert_eq!(run.code, Some(0), "{run:?}");
    let first = &server.requests()[0];
    assert_eq!(
        first.header("authorization"),
        ["Bearer from-file"],
        "the first file wins"
    );
}

#[test]
fn an_explicit_file_stands_alone_and_must_be_there() {
    let server = ApiServer::new();
    let home = Home::with(&[("k.yaml", &config(&server.https())), (".kube/config", "][")]);
    assert_eq!(
        home.run(&["version", "--kubeconfig", "k.yaml"]).code,
        Some(0)
    );
    let run = home.run(&["version", "--kubeconfig", "gone.yaml"]);
    assert_eq!(run.code, Some(3));
    assert_data_eq!(
        run.stderr,
        str![[r#"
error: cannot read the kubeconfig gone.yaml: no such file or directory

"#]]
    );
}

#[test]
fn invalid_kubeconfig_is_placed_without_its_secrets() {
    for text in [
        "users:\n- name: a\n  user: {token: [s3cret]}\n",
        "users:\n- name: a\n  user: {token: s3cret\n",
        "users: s3cret\n",
        "users:\n- name: a\n  user:\n    password: {s3cret: s3cret}\n",
        "\tusers: s3cret\n",
        "<html>s3cret</html>\n",
        "s3cret\n",
        "[s3cret]\n",
        "users:\n- [a, {token: s3cret}]\n",
        "users:\n- {name: a, user: [s3cret]}\n",
        "clusters:\n- {name: a, cluster: [s3cret]}\n",
        "\"s3cret\"",
    ] {
        let home = Home::with(&[(".kube/config", text)]);
        let run = home.run(&["version", "-v", "9"]);
        assert_eq!(run.code, Some(3), "{text}: {run:?}");
        let said = run
            .stderr
            .strip_prefix("error: invalid kubeconfig ")
            .unwrap();
        let (_, said) = said.split_once(": ").unwrap();
        assert!(said.starts_with(char::is_alphabetic), "{text}: {run:?}");
        assert!(!run.stderr.contains("struct"), "{text}: {run:?}");
        assert!(run.stderr.contains(".kube/config:"), "{text}: {run:?}");
        assert!(!run.stderr.contains("s3cret"), "{text}: {run:?}");
    }
}
