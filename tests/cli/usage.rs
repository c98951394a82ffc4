//! Help and usage errors.

use snapbox::{assert_data_eq, str};

use crate::support::{Home, finish};

const TABLE: &str = "\
Exit codes:
  0    success: the target is done, or nothing is wrong
  1    failure: the Job or Pod failed, the input is invalid, or a reference
       cannot be resolved
  2    wrong usage
  3    the cluster could not be reached or refused
  4    the target does not exist, or was deleted while waiting
  5    stuck: the target cannot leave its state on its own
  124  timed out
  130  interrupted (Ctrl-C)
  143  terminated
";

/// Returns help without the line breaks of the terminal's width.
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
fn usage_error_suggests_what_to_type() {
    let home = Home::new();
    assert_data_eq!(
        home.run(&["create"]).all(),
        str![[r#"
exit code 2
--- stderr
error: no manifest given
help: use `kubectl pod-tools create -f pod.yaml`

"#]]
    );
    assert_data_eq!(
        home.run(&["create", "-f", "x", "--wait", "--dry-run=server"])
            .all(),
        str![[r#"
exit code 2
--- stderr
error: cannot combine `--wait` with `--dry-run`
help: leave out `--wait` or `--dry-run`

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

  tip: use -f pod.yaml

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

  tip: use --dry-run=client

Usage: kubectl pod-tools apply [OPTIONS]

For more information, try '--help'.

"#]]
    );
    let hint = "tip: use -f web";
    assert!(home.run(&["apply", "web"]).stderr.contains(hint));
    assert!(!home.run(&["version", "web"]).stderr.contains("tip: use -f"));
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
fn unknown_flags_and_names_get_a_tip() {
    let home = Home::new();
    for (args, tip) in [
        (
            &["create", "pod", "a", "--image", "i", "--completions", "3"][..],
            "  tip: --completions is a flag of create job\n",
        ),
        (&["create", "jbo", "a"], "  tip: did you mean create job?\n"),
        (&["create", "pdo"], "  tip: did you mean create pod?\n"),
        (
            &["rules", "unresolved-ref"],
            "help: did you mean `unresolved-reference`?\n",
        ),
    ] {
        let run = home.run(args);
        assert_eq!(run.code, Some(2), "{args:?}");
        assert!(run.stderr.contains(tip), "{args:?}: {}", run.stderr);
        assert!(!run.stderr.contains("similar"), "{args:?}: {}", run.stderr);
    }
    let no_flag = home.run(&["create", "pod", "a", "--completely", "3"]);
    assert!(!no_flag.stderr.contains("create job"), "{}", no_flag.stderr);
}

#[test]
fn namespace_must_be_a_dns_label() {
    let home = Home::with(&[("pod.yaml", crate::POD)]);
    for command in [
        &["create", "pod", "a", "--image", "i", "--dry-run=client"][..],
        &["create", "-f", "pod.yaml", "--dry-run=client"],
        &["apply", "-f", "pod.yaml", "--dry-run=client"],
        &["explain-env", "-f", "pod.yaml", "--offline"],
        &["wait", "pod/web", "--timeout", "1s"],
        &["version"],
    ] {
        for namespace in ["X Y", "a.b", "a/b", "Prod", "-a"] {
            let run = home.run(&[command, &[&format!("-n={namespace}")]].concat());
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (Some(2), ""),
                "{command:?}"
            );
            let expected = format!("error: invalid value '{namespace}' for '--namespace");
            assert!(run.stderr.starts_with(&expected), "{}", run.stderr);
        }
    }
    let empty = ["explain-env", "-f", "pod.yaml", "--offline", "-n", ""];
    assert_eq!(home.run(&empty).code, Some(0));
    let label = ["explain-env", "-f", "pod.yaml", "--offline", "-n", "team-1"];
    assert_eq!(home.run(&label).code, Some(0));
}

#[test]
fn plugin_names_itself_in_examples_and_messages() {
    let home = Home::with(&[("pod.yaml", crate::POD)]);
    let run = |program: &str, args: &[&str]| finish(home.program(program, args), b"").all();
    for (program, name, args) in [
        (
            env!("CARGO_BIN_EXE_kubectl-pod_env"),
            "kubectl pod-env",
            &[][..],
        ),
        (
            env!("CARGO_BIN_EXE_kubectl-pod_env"),
            "kubectl pod-env",
            &["-f", "pod.yaml", "--verify"],
        ),
        (
            env!("CARGO_BIN_EXE_kubectl-pod_wait"),
            "kubectl pod-wait",
            &[],
        ),
        (
            env!("CARGO_BIN_EXE_kubectl-pod_probe"),
            "kubectl pod-probe",
            &["-f", "pod.yaml"],
        ),
    ] {
        let message = run(program, args);
        assert!(message.contains(&format!("`{name} ")), "{message}");
        assert!(!message.contains("pod-tools"), "{message}");
        let help = run(program, &["-h"]);
        assert!(help.contains(&format!("\n  {name} ")), "{help}");
        assert!(!help.contains("pod-tools"), "{help}");
    }
    let help = run(env!("CARGO_BIN_EXE_kubectl-create-pod"), &["-h"]);
    assert!(help.contains("\n  kubectl create pod web "), "{help}");
    assert!(!help.contains("kubectl pod-tools"), "{help}");
}

#[test]
fn commands_without_a_cluster_hide_its_flags() {
    let home = Home::new();
    for command in ["rules", "completion"] {
        let help = home.run(&[command, "--help"]).stdout;
        for flag in ["--namespace", "--kubeconfig", "--kubernetes-version"] {
            assert!(!help.contains(flag), "{command}: {help}");
            assert!(home.run(&["version", "--help"]).stdout.contains(flag));
        }
        assert!(help.contains("--color"), "{help}");
    }
    let run = home.run(&["rules", "drift", "-n", "team", "--kubernetes-version=1.31"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(run.stdout, home.run(&["rules", "drift"]).stdout);
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
