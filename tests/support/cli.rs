//! The program as a person calls it, with nothing of this machine around it.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::apiserver::{ApiServer, CA};

/// A home of its own, which is the working directory too, and no environment
/// beside PATH and HOME.
pub(crate) struct Home {
    dir: tempfile::TempDir,
}

/// The result of a run.
#[derive(Debug)]
pub(crate) struct Run {
    /// The exit code; none when a signal ended it.
    pub(crate) code: Option<i32>,
    /// The data.
    pub(crate) stdout: String,
    /// The talk.
    pub(crate) stderr: String,
}

impl Home {
    /// An empty one.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir }
    }

    /// One with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let home = Self::new();
        for (name, text) in files {
            home.write(name, text);
        }
        home
    }

    /// Writes a file, and the directories on its way.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Returns its path.
    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A script of sh that can be called, such as a credential plugin.
    pub(crate) fn script(&self, name: &str, text: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let path = self.write(name, format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// A kubeconfig for a server by TLS, with this under the user's `user:`.
    pub(crate) fn kubeconfig(&self, server: &ApiServer, user: &str) {
        self.write(".kube/ca.crt", CA);
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
             clusters:\n- {{name: k, cluster: {{server: '{}', certificate-authority: ca.crt}}}}\n\
             users:\n- name: u\n  user: {user}\n\
             contexts:\n- {{name: c, context: {{cluster: k, user: u, namespace: team}}}}\n",
            server.https()
        );
        self.write(".kube/config", text);
    }

    /// Returns whether a program has left the file that marks its run; takes it away.
    pub(crate) fn take_mark(&self, name: &str) -> bool {
        fs::remove_file(self.path().join(name)).is_ok()
    }

    /// The suite, ready to start.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.program(env!("CARGO_BIN_EXE_kubectl-pod_tools"), args)
    }

    /// Any program with this home.
    pub(crate) fn program(&self, program: &str, args: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(args).env_clear().current_dir(self.path());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", self.path()).stdin(Stdio::null());
        command
    }

    /// Runs the suite to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        finish(self.command(args), b"")
    }

    /// The same with something on standard input.
    pub(crate) fn run_with(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Run {
        finish(self.command(args), stdin.as_ref())
    }

    /// Runs it against a scripted server; the server's address reads
    /// `http://SERVER` in what was written, and commands are told without it.
    pub(crate) fn run_on(&self, server: &ApiServer, args: &[&str]) -> Run {
        let url = server.url();
        let mut run = self.run(&[args, &["--server", &url]].concat());
        for text in [&mut run.stdout, &mut run.stderr] {
            *text = text.replace(&url, "http://SERVER");
            *text = text.replace(" --server http://SERVER", "");
        }
        run
    }
}

/// Creates what is named as a client dry run.
pub(crate) fn dry(home: &Home, args: &[&str]) -> Run {
    home.run(&[&["create", "--dry-run=client"], args].concat())
}

/// Runs a command to its end.
pub(crate) fn finish(command: Command, stdin: &[u8]) -> Run {
    let mut command = assert_cmd::Command::from_std(command);
    let output = command.write_stdin(stdin).output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Sends a signal; the exit code that a shell would see, which comes soon.
pub(crate) fn interrupted(child: &mut Child, signal: &str) -> i32 {
    let kill = format!("kill -{signal} {}", child.id());
    let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
    assert!(sent.success());
    for _ in 0..200 {
        if let Some(status) = child.try_wait().unwrap() {
            return status
                .code()
                .unwrap_or_else(|| 128 + status.signal().unwrap());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    panic!("SIG{signal} did not end it");
}

impl Run {
    /// The code and both streams as one text, to be compared in one piece.
    pub(crate) fn all(&self) -> String {
        let code = self.code.map_or("none".to_owned(), |code| code.to_string());
        let mut text = format!("exit code {code}\n");
        for (name, stream) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !stream.is_empty() {
                text.push_str(&format!("--- {name}\n{stream}"));
            }
        }
        text
    }
}
