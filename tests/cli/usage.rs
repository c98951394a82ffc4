//! Help, and what is wrong with the arguments themselves.

use snapbox::{assert_data_eq, str};

use crate::support::{Home, finish};

const TABLE: &str = "\
Exit codes:
  0    success: the target is done, or nothing is wrong
  1    failure: the Job or Pod failed, the input is not valid, a reference
       cannot be resolved
  2    wrong usage
  3    the cluster could not be reached or refused
  4    the target does not exist, or was deleted while waiting
  5    stuck: it cannot get better by itself
  124  timed out
  130  interrupted (Ctrl-C)
  143  terminated
";

/// Help is wrapped at the terminal's width; the words count.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn every_help_ends_with_the_exit_codes() {
    let home = Home::new();
    for command in [
        &[][..],
        &["create"],
        &["apply"],
        &["explain-env"],
        &["rules"],
        &["version"],
        &["completion"],
    ] {
        for flag in ["--help", "-h"] {
            let run = home.run(&[command, &[flag]].concat());
            assert_eq!(
                (run.code, run.stderr.as_str()),
                (Some(0), ""),
                "{command:?}"
            );
            let text = unwrapped(&run.stdout);
            assert!(
                text.ends_with(&unwrapped(TABLE)),
                "{command:?}: {}",
                run.stdout
            );
        }
    }
    let plugin = home.program(env!("CARGO_BIN_EXE_kubectl-pod_env"), &["--help"]);
    let run = finish(plugin, b"");
    assert_eq!(run.code, Some(0));
    assert!(unwrapped(&run.stdout).ends_with(&unwrapped(TABLE)));
    assert!(
        run.stdout.contains("Usage: kubectl pod-env "),
        "{}",
        run.stdout
    );
}

#[test]
fn help_names_the_program_as_it_is_called() {
    let run = Home::new().run(&["create", "--help"]);
    assert!(
        run.stdout.contains("Usage: kubectl pod-tools create "),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout
            .contains("kubectl pod-tools create -f job.yaml --wait")
    );
    assert!(!run.stdout.contains('\u{1b}'), "{}", run.stdout);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    let home = Home::new();
    for args in [
        &[][..],
        &["frobnicate"],
        &["create", "--frobnicate"],
        &["create"],
        &["apply"],
        &["create", "-f", "x", "--dry-run=maybe"],
        &["create", "-f", "x", "-o", "xml"],
        &["create", "-f", "x", "--validate=some"],
        &["create", "-f", "x", "--force-conflicts"],
        &["create", "-f", "x", "--timeout", "5m"],
        &["create", "-f", "x", "--wait", "--timeout", "soon"],
        &["create", "-f", "x", "--wait", "--dry-run=server"],
        &["create", "-f", "x", "--request-timeout", "-1"],
        &["create", "-f", "x", "--as-user-extra", "novalue"],
        &["create", "-f", "x", "--kubernetes-version", "banana"],
        &["create", "-f", "x", "--color", "sometimes"],
        &["explain-env"],
        &["explain-env", "--offline"],
        &["explain-env", "-A", "-f", "x"],
        &["explain-env", "svc/web"],
        &[
            "explain-env",
            "-f",
            "x",
            "--offline",
            "--trace",
            "A",
            "-o",
            "shell",
        ],
        &["version", "-o", "xml"],
        &["completion"],
        &["completion", "tcsh"],
    ] {
        let run = home.run(args);
        assert_eq!(
            (run.code, run.stdout.as_str()),
            (Some(2), ""),
            "{args:?}: {run:?}"
        );
        assert!(!run.stderr.is_empty(), "{args:?}");
    }
}

#[test]
fn wrong_usage_says_the_way_out() {
    let home = Home::new();
    assert_data_eq!(
        home.run(&["create"]).all(),
        str![[r#"
exit code 2
--- stderr
error: no manifest is named
help: name one with -f: kubectl pod-tools create -f pod.yaml

"#]]
    );
    assert_data_eq!(
        home.run(&["create", "-f", "x", "--wait", "--dry-run=server"])
            .all(),
        str![[r#"
exit code 2
--- stderr
error: --wait has nothing to wait for in a dry run
help: leave out --wait or --dry-run

"#]]
    );
    assert_data_eq!(
        home.run(&["creat", "-f", "x"]).all(),
        str![[r#"
exit code 2
--- stderr
error: unrecognized subcommand 'creat'

  tip: a similar subcommand exists: 'create'

Usage: kubectl pod-tools [OPTIONS] <COMMAND>

For more information, try '--help'.

"#]]
    );
    assert_data_eq!(
        home.run(&["apply", "-f", "x", "--force-conflict"]).all(),
        str![[r#"
exit code 2
--- stderr
error: unexpected argument '--force-conflict' found

  tip: a similar argument exists: '--force-conflicts'

Usage: kubectl pod-tools apply --filename <FILE> --force-conflicts

For more information, try '--help'.

"#]]
    );
    assert_data_eq!(
        home.run(&["create", "pod.yaml"]).all(),
        str![[r#"
exit code 2
--- stderr
error: unrecognized subcommand 'pod.yaml'

  tip: manifests are named with -f: -f pod.yaml

Usage: kubectl pod-tools create [OPTIONS] [COMMAND]

For more information, try '--help'.

"#]]
    );
    assert_data_eq!(
        home.run(&["apply", "--dry-run", "client", "-f", "x"]).all(),
        str![[r#"
exit code 2
--- stderr
error: unexpected argument 'client' found

  tip: write it with an equals sign: --dry-run=client

Usage: kubectl pod-tools apply [OPTIONS]

For more information, try '--help'.

"#]]
    );
    let hint = "manifests are named with -f: -f web";
    assert!(home.run(&["apply", "web"]).stderr.contains(hint));
    assert!(
        !home
            .run(&["version", "web"])
            .stderr
            .contains("manifests are named with -f")
    );
    assert_data_eq!(
        home.run(&["explain-env", "jbo/web"]).all(),
        str![[r#"
exit code 2
--- stderr
error: unknown type `jbo`
help: types with a Pod template: pod, podtemplate, replicationcontroller, daemonset, deployment, replicaset, statefulset, cronjob, job

"#]]
    );
}

#[test]
fn completion_is_a_script() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = Home::new().run(&["completion", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(run.stdout.contains("kubectl-pod_tools"), "{shell}");
        assert!(run.stdout.contains("explain-env"), "{shell}");
    }
}
