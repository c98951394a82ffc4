//! Files that the connection reads, of any size and kind.

use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::apiserver::ApiServer;
use crate::support::{Home, interrupted};

/// The name of each file in messages, and the flags and user that name `PATH`.
const FILES: [(&str, &[&str], &str); 5] = [
    ("kubeconfig", &["--kubeconfig", "PATH"], "{}"),
    (
        "certificate authority",
        &["--certificate-authority", "PATH"],
        "{}",
    ),
    (
        "client certificate",
        &["--client-certificate", "PATH", "--client-key", "small"],
        "{}",
    ),
    (
        "client key",
        &["--client-certificate", "small", "--client-key", "PATH"],
        "{}",
    ),
    ("token file", &[], "{tokenFile: 'PATH'}"),
];

fn arguments<'a>(flags: &[&'a str], path: &'a str) -> Vec<&'a str> {
    let flags = flags.iter().map(|flag| match *flag {
        "PATH" => path,
        flag => flag,
    });
    std::iter::once("version").chain(flags).collect()
}

#[test]
fn large_files_are_refused_unread() {
    let server = ApiServer::new();
    let home = Home::with(&[("small", "x")]);
    // A hole costs no disk, and would cost the memory.
    let huge = home.write("huge", "").display().to_string();
    File::create(&huge).unwrap().set_len(1 << 40).unwrap();
    for path in [huge.as_str(), "/dev/zero"] {
        for (what, flags, user) in FILES {
            home.kubeconfig(&server, &user.replace("PATH", path));
            let run = home.run(&arguments(flags, path));
            let told = format!("error: cannot read the {what} {path}: it is larger than ");
            assert_eq!(run.code, Some(3), "{run:?}");
            assert!(run.stderr.starts_with(&told), "{what}: {run:?}");
        }
    }
    assert!(server.requests().is_empty());
}

#[test]
fn directories_and_missing_files_are_named() {
    let server = ApiServer::new();
    let home = Home::with(&[("small", "x"), ("dir/file", "")]);
    let dir = home.path().join("dir").display().to_string();
    let gone = home.path().join("gone").display().to_string();
    for (path, why) in [
        (&dir, "is a directory"),
        (&gone, "no such file or directory"),
    ] {
        for (what, flags, user) in FILES {
            home.kubeconfig(&server, &user.replace("PATH", path));
            let run = home.run(&arguments(flags, path));
            let told = format!("error: cannot read the {what} {path}: {why}\n");
            assert_eq!((run.code, run.stderr.as_str()), (Some(3), told.as_str()));
        }
    }
}

#[test]
fn a_pipe_that_nobody_writes_to_can_be_interrupted() {
    let server = ApiServer::new();
    for (what, flags, user) in FILES {
        let home = Home::with(&[("small", "x")]);
        let pipe = home.path().join("pipe").display().to_string();
        assert!(
            Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        home.kubeconfig(&server, &user.replace("PATH", &pipe));
        let mut child = home.command(&arguments(flags, &pipe)).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        let began = Instant::now();
        assert_eq!(interrupted(&mut child, "INT"), 130, "{what}");
        assert!(began.elapsed() < Duration::from_secs(10), "{what}");
    }
}

#[test]
fn a_pipe_that_ends_is_a_file() {
    let server = ApiServer::new();
    let home = Home::new();
    home.kubeconfig(&server, "{token: t}");
    let program = env!("CARGO_BIN_EXE_kubectl-pod_tools");
    let script = format!(
        "cat .kube/config | {program} version --kubeconfig /dev/stdin --certificate-authority .kube/ca.crt"
    );
    let output = home.program("sh", &["-c", &script]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(server.requests()[0].header("authorization"), ["Bearer t"]);
}
