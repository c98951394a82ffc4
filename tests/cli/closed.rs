//! Streams that are closed or full: what was begun is finished, what there is to
//! say is said elsewhere, and the exit code is the verdict.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::POD;
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

const FULL: &str = "error: cannot write to standard output: no space left on device\n";
const JOB: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: bad}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
";
const JOBS: &str = "GET /apis/batch/v1/namespaces/default/jobs";

/// A pipe whose reader has gone.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn full() -> Stdio {
    File::create("/dev/full").unwrap().into()
}

/// Runs it with this standard output: the code and standard error.
fn to(mut command: Command, stdout: Stdio) -> (Option<i32>, String) {
    let child = command.stdout(stdout).stderr(Stdio::piped()).spawn();
    let output = child.unwrap().wait_with_output().unwrap();
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

fn pods(count: usize) -> String {
    let name = |n| POD.replace("name: web\nspec", &format!("name: web-{n}\nspec"));
    (0..count).map(|n| name(n) + "---\n").collect()
}

fn posts(server: &ApiServer) -> usize {
    let asked = server.asked();
    asked.iter().filter(|a| a.starts_with("POST")).count()
}

/// A Job that has ended in this way.
fn ended(condition: &str) -> ApiServer {
    let job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": "bad", "namespace": "default", "uid": "11111111-2222-3333-4444-555555555555", "resourceVersion": "3"},
        "spec": {}, "status": {"conditions": [{"type": condition, "status": "True", "reason": "R"}]},
    });
    let list = json!({"kind": "JobList", "metadata": {"resourceVersion": "3"}, "items": [job]});
    let none = json!({"kind": "PodList", "metadata": {"resourceVersion": "3"}, "items": []});
    ApiServer::new()
        .storing()
        .on(
            "DELETE /apis/batch/v1/namespaces/default/jobs/bad",
            Answer::json(&json!({"kind": "Status", "apiVersion": "v1", "status": "Success"})),
        )
        .on(&format!("{JOBS}?watch=1"), Answer::watch(&[], Then::Hold))
        .on(JOBS, Answer::json(&list))
        .on(
            "GET /api/v1/namespaces/default/pods?watch=1",
            Answer::watch(&[], Then::Hold),
        )
        .on("GET /api/v1/namespaces/default/pods", Answer::json(&none))
        .on(
            "GET /api/v1/namespaces/default/events?watch=1",
            Answer::watch(&[], Then::Hold),
        )
        .on("GET /api/v1/namespaces/default/events", Answer::json(&none))
}

fn on(home: &Home, server: &ApiServer, args: &[&str]) -> Command {
    home.command(&[args, &["--server", &server.url()]].concat())
}

#[test]
fn create_goes_on_when_its_reader_has_gone() {
    for args in [&[][..], &["-o", "name"], &["-o", "json"], &["-o", "yaml"]] {
        let home = Home::with(&[("many.yaml", &pods(40))]);
        let server = ApiServer::new().storing();
        let mut command = on(
            &home,
            &server,
            &[&["create", "-f", "many.yaml"], args].concat(),
        );
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = child.spawn().unwrap();
        // `head -1`
        let mut line = String::new();
        let mut reader = BufReader::with_capacity(16, child.stdout.take().unwrap());
        reader.read_line(&mut line).unwrap();
        drop(reader);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{args:?} {stderr}");
        assert_eq!(posts(&server), 40, "{args:?}");
        let told = "standard output is closed: the rest is printed to standard error\n";
        assert!(stderr.starts_with(told), "{args:?} {stderr}");
        assert_eq!(stderr.matches(told).count(), 1);
        assert!(stderr.ends_with("pod/web-39 created\n"), "{stderr}");
    }
}

#[test]
fn a_full_disk_ends_no_work_and_no_run_well() {
    for args in [&[][..], &["-o", "name"], &["-o", "json"], &["-o", "yaml"]] {
        for action in ["create", "apply"] {
            let home = Home::with(&[("many.yaml", &pods(3))]);
            let server = ApiServer::new().storing();
            let args = [&[action, "-f", "many.yaml"], args].concat();
            let (code, stderr) = to(on(&home, &server, &args), full());
            assert_eq!(code, Some(1), "{args:?} {stderr}");
            assert!(stderr.starts_with(FULL), "{args:?} {stderr}");
            assert_eq!(stderr.matches("cannot write").count(), 1);
            let done = "ed\n";
            assert!(
                stderr.contains("pod/web-2 ") && stderr.ends_with(done),
                "{stderr}"
            );
            let writes = |a: &&String| a.starts_with("POST") || a.starts_with("PATCH");
            assert_eq!(server.asked().iter().filter(writes).count(), 3);
        }
    }
}

#[test]
fn the_verdict_of_a_wait_stands_whoever_reads() {
    for (condition, code) in [("Failed", 1), ("Complete", 0)] {
        for args in [
            &["create", "-f", "job.yaml", "--wait"][..],
            &["create", "-f", "job.yaml", "--wait", "-o", "json"],
            &["apply", "-f", "job.yaml", "--wait", "-o", "yaml"],
            &["wait", "job/bad"],
            &["wait", "job/bad", "-o", "json", "--rm"],
            &["wait", "job/bad", "-o", "yaml"],
            &["wait", "job/bad", "-o", "name", "--logs"],
        ] {
            let server = ended(condition);
            let home = Home::with(&[("job.yaml", JOB)]);
            let args = [args, &["-n", "default"]].concat();
            let (ended, stderr) = to(on(&home, &server, &args), closed());
            assert_eq!(ended, Some(code), "{args:?} {stderr}");
            let (ended, stderr) = to(on(&home, &server, &args), full());
            // The plain `wait` has nothing to print there; `-o name` prints what
            // succeeded.
            let prints = args.len() > 4 && (!args.contains(&"name") || code == 0);
            let expected = if prints { 1 } else { code };
            assert_eq!(ended, Some(expected), "{args:?} {stderr}");
            assert_eq!(stderr.contains(FULL), prints, "{args:?} {stderr}");
            if args.contains(&"--rm") {
                let asked = server.asked();
                let deleted = asked.iter().filter(|a| a.starts_with("DELETE"));
                assert_eq!(deleted.count(), 2, "{asked:?}");
            }
        }
    }
}

/// Nobody has computed the 0 of a command whose output was closed.
#[test]
fn explain_env_has_its_verdict_when_its_reader_has_gone() {
    let unresolved = POD.replace(
        "image: nginx",
        "image: nginx\n    env: [{name: A, valueFrom: {configMapKeyRef: {name: none, key: k}}}]",
    );
    let none = "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: none}\n";
    for count in [0, 300] {
        let text = pods(count) + &unresolved + none;
        let home = Home::with(&[("many.yaml", &text), ("good.yaml", &pods(count.max(1)))]);
        for more in [&[][..], &["-o", "json"], &["-o", "yaml"]] {
            for (file, code) in [("many.yaml", 1), ("good.yaml", 0)] {
                let args = ["explain-env", "--offline", "-f", file];
                let command = home.command(&[&args, more].concat());
                let (ended, stderr) = to(command, closed());
                assert_eq!(ended, Some(code), "{count} {file} {more:?} {stderr}");
                let command = home.command(&[&args, more].concat());
                let (ended, stderr) = to(command, full());
                assert_eq!(ended, Some(1), "{stderr}");
                assert_eq!(stderr.matches(FULL).count(), 1, "{stderr}");
            }
        }
    }
}

#[test]
fn command_that_only_prints_reports_lost_output() {
    let home = Home::with(&[("pod.yaml", POD)]);
    for args in [
        &["--help"][..],
        &["wait", "--help"],
        &["create", "pod", "-h"],
        &["--version"],
        &["version", "--client"],
        &["version", "--client", "-o", "json"],
        &["completion", "bash"],
        &["create", "--dry-run=client", "-f", "pod.yaml"],
        &["create", "--dry-run=client", "-o", "yaml", "-f", "pod.yaml"],
        &["explain-env", "--offline", "-o", "dotenv", "-f", "pod.yaml"],
    ] {
        let (code, stderr) = to(home.command(args), full());
        let expected = if args.contains(&"dotenv") && code == Some(0) {
            // It has no variable, and so nothing to write.
            (Some(0), "")
        } else {
            (Some(1), FULL)
        };
        assert_eq!((code, stderr.as_str()), expected, "{args:?}");
        let (code, stderr) = to(home.command(args), closed());
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{args:?}");
    }
}

/// Runs it in a shell with these redirections.
fn redirected(command: &Command, how: &str) -> Output {
    let quoted = |word: &std::ffi::OsStr| {
        shlex::try_quote(word.to_str().unwrap())
            .unwrap()
            .into_owned()
    };
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<String> = words.map(quoted).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("exec {} {how}", words.join(" "))]);
    shell
        .env_clear()
        .current_dir(command.get_current_dir().unwrap());
    let variables = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    shell.envs(variables).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn closed_and_full_streams_change_no_verdict_and_panic_nowhere() {
    let broken = POD.replace("image:", "imagee:");
    let home = Home::with(&[
        ("job.yaml", JOB),
        ("broken.yaml", &broken),
        ("pod.yaml", POD),
    ]);
    for (args, code) in [
        (&["wait", "job/bad", "-n", "default", "-o", "json"][..], 1),
        (&["create", "-f", "job.yaml", "--wait", "--logs"], 1),
        (&["create", "-f", "broken.yaml"], 1),
        (&["wait"], 2),
        (&["create", "--nonsense"], 2),
        (&["wait", "job/bad", "--server", "http://127.0.0.1:1"], 3),
        (&["explain-env", "--offline", "-f", "pod.yaml"], 0),
    ] {
        for how in [
            "2>&-",
            "2>/dev/full",
            "<&-",
            ">&- 2>&-",
            "<&- >&- 2>&-",
            "2>/dev/full <&-",
        ] {
            let server = ended("Failed");
            let command = if args.contains(&"--server") {
                home.command(args)
            } else {
                on(&home, &server, args)
            };
            let output = redirected(&command, how);
            assert_eq!(
                output.status.code(),
                Some(code),
                "{args:?} {how} {output:?}"
            );
        }
    }
}

/// A stream that another program has made non-blocking is full now and then.
#[test]
fn a_non_blocking_pipe_gets_all() {
    let home = Home::with(&[("many.yaml", &pods(2000))]);
    let command = home.command(&[
        "create",
        "--dry-run=client",
        "-o",
        "yaml",
        "-f",
        "many.yaml",
    ]);
    let whole = redirected(&command, "");
    let script = "import array, fcntl, os, subprocess, sys, termios, time\n\
                  r, w = os.pipe()\n\
                  fcntl.fcntl(w, fcntl.F_SETFL, os.O_NONBLOCK | fcntl.fcntl(w, fcntl.F_GETFL))\n\
                  child = subprocess.Popen(sys.argv[1:], stdout=w)\n\
                  os.close(w)\n\
                  held = array.array('i', [0])\n\
                  while held[0] < 60000 and child.poll() is None:\n\
                  \u{20}   fcntl.ioctl(r, termios.FIONREAD, held)\n\
                  \u{20}   time.sleep(0.2)\n\
                  sys.stdout.buffer.write(open(r, 'rb').read())\n\
                  sys.exit(child.wait())\n";
    let Ok(python) = Command::new("python3").arg("--version").output() else {
        return;
    };
    assert!(python.status.success());
    let mut slow = home.program("python3", &["-c", script]);
    slow.arg(command.get_program()).args(command.get_args());
    let slow = slow.output().unwrap();
    assert_eq!(
        slow.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&slow.stderr)
    );
    assert!(
        slow.stdout == whole.stdout,
        "{} of {}",
        slow.stdout.len(),
        whole.stdout.len()
    );
}

/// The value of the report is not looked at here.
#[test]
fn a_reader_that_reads_gets_the_report() {
    let server = ended("Failed");
    let run = Home::new().run_on(&server, &["wait", "job/bad", "-n", "default", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        (run.code, &report["items"][0]["outcome"]),
        (Some(1), &json!("failed"))
    );
}
