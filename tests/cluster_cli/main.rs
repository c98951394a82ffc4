//! The command line against a real API server: what only it can answer.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod created;
mod in_cluster;
mod objects;
mod refusals;
mod running;

use std::fs;

use support::cluster::cluster;
use support::namespace::Namespace;

const SUITE: &str = env!("CARGO_BIN_EXE_kubectl-pod_tools");

/// A namespace with a directory for manifests.
struct Place {
    namespace: Namespace,
    dir: tempfile::TempDir,
}

/// The result of a run.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Place {
    fn new(test: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self {
            namespace: Namespace::new(test),
            dir,
        }
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.dir.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The suite, here.
    fn run(&self, args: &[&str]) -> Run {
        run(&[args, &["-n", self.namespace.name()]].concat())
    }

    /// The suite, which has to succeed.
    fn succeed(&self, args: &[&str]) -> String {
        let run = self.run(args);
        assert_eq!(run.code, Some(0), "{args:?}: {run:?}");
        run.stdout
    }
}

fn run(args: &[&str]) -> Run {
    let output = cluster().run(SUITE, args);
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

const PAUSE: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: pause, labels: {app: pause}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
  - name: pause
    image: busybox:1.28
    command: [sleep, '3600']
";
