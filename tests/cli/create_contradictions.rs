//! Command lines of `create pod` and `create job` that contradict themselves or have flags without
//! an effect.

use snapbox::{assert_data_eq, str};

use crate::support::Home;

fn made(home: &Home, args: &[&str]) -> String {
    let all = [&["create"], args, &["--dry-run=client", "-o", "yaml"]].concat();
    home.run(&all).all()
}

/// The comment is the command to generate the object again: `-n` is a field of the object.
#[test]
fn comment_above_yaml_has_namespace() {
    let run = Home::new().run(&[
        "-n",
        "shop",
        "create",
        "pod",
        "web",
        "--image=nginx",
        "--dry-run=client",
        "-o",
        "yaml",
    ]);
    let comment = run.stdout.lines().next().unwrap();
    let expected = "# kubectl pod-tools create pod web -n shop --image nginx";
    assert_eq!(comment, expected, "{run:?}");
    let words = shlex::split(comment).unwrap_or_default();
    assert!(words.is_empty(), "a comment to a shell, too");
    let command = comment.trim_start_matches("# kubectl pod-tools ");
    let words = shlex::split(command).unwrap();
    let mut again: Vec<&str> = words.iter().map(String::as_str).collect();
    again.extend(["--dry-run=client", "-o", "yaml"]);
    assert_eq!(Home::new().run(&again).stdout, run.stdout);
}

#[test]
fn flag_without_effect_is_refused() {
    let create = |kind: &str, args: &[&str]| {
        let all = [&["create", kind, "web", "--image=nginx"], args].concat();
        let run = Home::new().run(&all);
        assert_eq!(run.code, Some(2), "{run:?}");
        run.stderr
    };
    for flag in ["--explain-flags", "--no-comment"] {
        for format in [&["-o", "name"][..], &["-o", "json"], &[]] {
            let args = [&[flag, "--dry-run=client"], format].concat();
            let stderr = create("pod", &args);
            let expected = format!("error: {flag} requires -o yaml\n");
            assert!(stderr.starts_with(&expected), "{stderr}");
        }
    }
    let stderr = create("pod", &["--from=pod.yaml", "--owner-reference=false"]);
    assert!(
        stderr.starts_with("error: --owner-reference is a flag of `create job`\n"),
        "{stderr}"
    );
}

#[test]
fn contradiction_that_the_api_accepts_is_reported() {
    let home = Home::with(&[("app.env", "A=1\nA=2\n")]);
    let flags = ["--user=0", "--non-root", "--env-file=app.env", "--image="];
    assert_data_eq!(
        made(&home, &[&["pod", "web"][..], &flags].concat()),
        str![[r#"
exit code 2
--- stderr
error[flag-value]: `A` is set twice
 --> app.env:2:1
  |
2 | A=…
  | ^
  |
  = help: leave out one of the lines; the values are not shown

error[flag-value]: no image given
 --> command line:1:9
  |
1 | --image 
  |         ^
  |
  = help: use --image nginx:1.29


"#]]
    );
    let flags = [
        "--image=nginx",
        "--port=80",
        "--port=http=80",
        "--env=A=$(B)",
        "--env=B=1",
        "--env=B=2",
    ];
    assert_data_eq!(
        made(&home, &[&["pod", "web"][..], &flags].concat()),
        str![[r#"
exit code 0
--- stdout
# kubectl pod-tools create pod web --image nginx --port 80 --port http=80 --env 'A=$(B)' --env B=1 --env B=2
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: nginx
    ports:
    - containerPort: 80
    - name: http
      containerPort: 80
    env:
    - name: A
      value: $(B)
    - name: B
      value: "2"
--- stderr
warning: `B` is set twice; the last value is used
warning[flags-together]: port 80/TCP is defined twice
 --> command line:1:8
  |
1 | --port http=80
  |        ^^^^^^^ spec.containers[0].ports[1]
  |
  = help: leave out one of them

warning[unresolved-reference]: environment variable `A` refers to `B`, which is defined after it, 1 entry later
 --> command line:1:7
  |
1 | --env A=$(B)
  |       ^^^^^^ stays literally `$(B)`
  |
  = help: move `B` above `A`


"#]]
    );
}

/// A value of --env-file may be a password: no message quotes a part of it.
#[test]
fn warning_quotes_no_part_of_an_env_file() {
    let home = Home::with(&[("app.env", "PASSWORD=ab$(hunter2)cd\n")]);
    for flags in [
        &["--env-file=app.env"][..],
        &["--init=a b env-file=app.env"],
    ] {
        let args = [&["create", "pod", "web", "--image=nginx"], flags].concat();
        let args = [&args[..], &["--dry-run=client", "-o", "name"]].concat();
        let run = home.run(&args);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{run:?}");
    }
    let args = ["pod", "web", "--image=nginx", "--env=A=$(hunter2)"];
    assert!(made(&home, &args).contains("hunter2"), "a flag is quoted");
}
