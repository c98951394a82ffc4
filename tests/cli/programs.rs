//! One program with six names, and the shims that have the other five.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run, finish, interrupted};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubectl-pod_tools");
const SHIMS: [(&str, &str); 5] = [
    (env!("CARGO_BIN_EXE_kubectl-pod_env"), "kubectl pod-env"),
    (env!("CARGO_BIN_EXE_kubectl-pod_wait"), "kubectl pod-wait"),
    (env!("CARGO_BIN_EXE_kubectl-pod_probe"), "kubectl pod-probe"),
    (
        env!("CARGO_BIN_EXE_kubectl-create-pod"),
        "kubectl create pod",
    ),
    (env!("CARGO_BIN_EXE_kubectl_complete-pod_tools"), ":4"),
];

fn file_name(path: &str) -> &str {
    Path::new(path).file_name().unwrap().to_str().unwrap()
}

/// The file of the same name in a directory.
fn beside(dir: &Path, path: &str) -> PathBuf {
    dir.join(file_name(path))
}

fn help(home: &Home, program: &Path) -> Run {
    finish(home.program(program.to_str().unwrap(), &["-h"]), b"")
}

#[test]
fn each_name_is_its_own_program_by_a_shim_and_by_a_link() {
    let home = Home::new();
    for (shim, words) in SHIMS {
        let by_shim = help(&home, Path::new(shim));
        assert_eq!(by_shim.code, Some(0), "{by_shim:?}");
        let usage = format!("Usage: {words} ");
        let is_its_own = by_shim.stdout.contains(&usage) || by_shim.stdout.ends_with(":4\n");
        assert!(is_its_own, "{shim}: {by_shim:?}");
        // Krew links from one directory to the shim in another.
        let links = tempfile::tempdir().unwrap();
        symlink(shim, beside(links.path(), shim)).unwrap();
        let by_link_to_shim = help(&home, &beside(links.path(), shim));
        assert_eq!(by_link_to_shim.all(), by_shim.all());
        let links = tempfile::tempdir().unwrap();
        symlink(PROGRAM, beside(links.path(), shim)).unwrap();
        let by_link_to_program = help(&home, &beside(links.path(), shim));
        assert_eq!(by_link_to_program.all(), by_shim.all());
    }
}

#[test]
fn a_shim_is_small() {
    let size = |path: &str| fs::metadata(path).unwrap().len();
    for (shim, _) in SHIMS {
        assert!(size(shim) * 10 < size(PROGRAM), "{shim}: {}", size(shim));
    }
}

#[test]
fn a_process_that_a_shim_started_is_the_program() {
    let pods = "GET /api/v1/namespaces/default/pods";
    let server = ApiServer::new().on(pods, Answer::silent());
    let home = Home::new();
    let url = server.url();
    let words = ["pod/x", "--wait-for-creation=600s", "--server", &url];
    let mut child = home.program(SHIMS[1].0, &words).spawn().unwrap();
    let began = Instant::now();
    while server.requests().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(20));
    }
    let running = fs::read_link(format!("/proc/{}/exe", child.id())).unwrap();
    assert_eq!(running, Path::new(PROGRAM).canonicalize().unwrap());
    assert_eq!(interrupted(&mut child, "INT"), 130);
}

#[test]
fn arguments_and_exit_codes_go_through_a_shim_unchanged() {
    let home = Home::new();
    let hostile = OsStr::from_bytes(b"pod/\xff\xfe");
    for argument in [
        OsStr::new(""),
        OsStr::new("--"),
        OsStr::new("a b'"),
        hostile,
    ] {
        let mut by_shim = home.program(SHIMS[0].0, &[]);
        by_shim.arg(argument).arg("--server=http://127.0.0.1:1");
        let mut by_name = home.program(PROGRAM, &[]);
        by_name.arg0("kubectl-pod_env");
        by_name.arg(argument).arg("--server=http://127.0.0.1:1");
        let (by_shim, by_name) = (finish(by_shim, b""), finish(by_name, b""));
        assert_eq!(by_shim.all(), by_name.all());
        assert!(matches!(by_shim.code, Some(2 | 3)), "{by_shim:?}");
    }
}

#[test]
fn a_shim_adds_nothing_to_the_environment_of_what_the_program_starts() {
    let server = ApiServer::new();
    let environment = |program: &str, arg0: &str| {
        let home = Home::new();
        home.script(".kube/login", "env | sort > environment; exit 1");
        let user = "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}}";
        home.kubeconfig(&server, user);
        let mut command = home.program(program, &["pod/x"]);
        command.arg0(arg0);
        assert_eq!(finish(command, b"").code, Some(3));
        let text = fs::read_to_string(home.path().join("environment")).unwrap();
        let name = home.path().to_str().unwrap().to_owned();
        text.replace(&name, "HOME")
    };
    let by_name = environment(PROGRAM, "kubectl-pod_env");
    assert!(by_name.contains("KUBERNETES_EXEC_INFO"), "{by_name}");
    assert_eq!(environment(SHIMS[0].0, SHIMS[0].0), by_name);
}

#[test]
fn a_program_with_an_odd_name_is_the_suite() {
    let home = Home::new();
    let shown = |arg0: &OsStr| {
        let mut command = home.program(PROGRAM, &["--version"]);
        command.arg0(arg0);
        finish(command, b"").stdout
    };
    let suite = shown(OsStr::new("kubectl-pod_tools"));
    assert!(suite.starts_with("kubectl-pod_tools v"), "{suite}");
    for name in [
        &b""[..],
        b"/",
        b"x",
        b"\xff\xfe",
        b"\x1b]0;title\x07",
        b"kubectl-pod_env/..",
        b"--called-as=kubectl-pod_env",
    ] {
        assert_eq!(shown(OsStr::from_bytes(name)), suite, "{name:?}");
    }
    for name in ["kubectl-pod_env", "/x/KUBECTL-POD_ENV.exe"] {
        let env = shown(OsStr::new(name));
        assert!(env.starts_with("kubectl pod-env v"), "{name}: {env}");
    }
}

#[test]
fn a_shim_without_the_program_tells_the_way_out() {
    let home = Home::new();
    for (shim, _) in SHIMS {
        let dir = tempfile::tempdir().unwrap();
        let alone = beside(dir.path(), shim);
        fs::copy(shim, &alone).unwrap();
        let run = help(&home, &alone);
        let name = file_name(shim);
        let program = dir.path().canonicalize().unwrap().join("kubectl-pod_tools");
        assert_eq!(
            run.all(),
            format!(
                "exit code 3\n--- stderr\nerror: `{}` does not exist\n\
                 help: {name} is a part of kubectl-pod_tools: install both into the same directory, \
                 with `cargo install --path kubectl-pod-tools`\n",
                program.display()
            )
        );
    }
}

#[test]
fn a_path_in_a_message_of_a_shim_cannot_command_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("\u{1b}[2J\u{9b}2J");
    fs::create_dir(&odd).unwrap();
    let alone = beside(&odd, SHIMS[0].0);
    fs::copy(SHIMS[0].0, &alone).unwrap();
    let output = Command::new(&alone).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("\\u{1b}[2J\\u{9b}2J"), "{text:?}");
    let is_safe = |c: char| c == '\n' || !c.is_control();
    assert!(text.chars().all(is_safe), "{text:?}");
}

/// Puts a file under another name.
type Put = fn(&Path, &Path) -> std::io::Result<()>;

/// The program's file is a shim itself, through each kind of link.
#[test]
fn a_shim_under_the_name_of_the_program_does_not_run_for_ever() {
    let home = Home::new();
    let copy: Put = |from, to| fs::copy(from, to).map(drop);
    let puts: [Put; 3] = [
        copy,
        |from, to| fs::hard_link(from, to),
        |from, to| symlink(from, to),
    ];
    for (place, put) in puts.into_iter().enumerate() {
        let dir = tempfile::tempdir().unwrap();
        let shim = beside(dir.path(), SHIMS[1].0);
        fs::copy(SHIMS[1].0, &shim).unwrap();
        put(&shim, &beside(dir.path(), PROGRAM)).unwrap();
        let run = help(&home, &shim);
        assert_eq!(run.code, Some(3), "{place}: {run:?}");
        let told = "kubectl-pod_tools` is not the program\n";
        assert!(run.stderr.contains(told), "{place}: {run:?}");
    }
}

/// Windows has no other way to hand the name over; it is the same code everywhere.
#[test]
fn a_name_can_be_handed_over_in_the_first_argument() {
    let home = Home::new();
    let words = ["--called-as=kubectl-pod_env", "--version"];
    let run = finish(home.program(PROGRAM, &words), b"");
    assert!(run.stdout.starts_with("kubectl pod-env v"), "{run:?}");
    let words = ["--version", "--called-as=kubectl-pod_env"];
    let run = finish(home.program(PROGRAM, &words), b"");
    assert!(!run.stdout.contains("kubectl pod-env"), "{run:?}");
}
