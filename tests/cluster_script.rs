//! `tests/cluster/cluster.sh` keeps its word: two clusters stand side by side,
//! and what one of them was is gone after `down`.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use support::cluster::{repository, succeeded};

/// A cluster that is taken down in any case.
struct Own {
    name: String,
}

impl Own {
    fn up(which: &str) -> Self {
        let own = Self {
            name: format!("{which}-{}", std::process::id()),
        };
        own.succeed(&["up"]);
        own
    }

    fn script(&self, args: &[&str]) -> Output {
        let mut command = Command::new(repository().join("tests/cluster/cluster.sh"));
        command.args(args).env("POD_TOOLS_CLUSTER_NAME", &self.name);
        command.current_dir(repository()).output().unwrap()
    }

    fn succeed(&self, args: &[&str]) -> String {
        succeeded(&self.script(args), &args.join(" "))
    }

    fn run_privileged(&self) {
        self.succeed(&["kubectl", "create", "-f", "examples/privileged.yaml"]);
        self.succeed(&[
            "kubectl",
            "wait",
            "--for=condition=Ready",
            "--timeout=150s",
            "pod/privileged",
        ]);
    }

    /// Returns the traces of a cluster of this name on this machine, found without the script.
    fn traces(&self) -> Vec<String> {
        let netns = format!("podtools-{}", self.name);
        let state = repository().join("target/cluster").join(&self.name);
        let mounts = fs::read_to_string("/proc/mounts").unwrap();
        let mut traces: Vec<String> = mounts
            .lines()
            .filter(|m| m.contains(&self.name))
            .map(Into::into)
            .collect();
        let mut places = vec![PathBuf::from("/var/run/netns").join(&netns), state];
        for hierarchy in fs::read_dir("/sys/fs/cgroup").unwrap() {
            places.push(hierarchy.unwrap().path().join(&netns));
        }
        places.push(PathBuf::from("/sys/fs/cgroup").join(&netns));
        let there = places.iter().filter(|p| p.exists());
        traces.extend(there.map(|p| p.display().to_string()));
        for process in fs::read_dir("/proc").unwrap() {
            let command = fs::read(process.unwrap().path().join("cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            if command.contains(&format!("/target/cluster/{}/", self.name)) {
                traces.push(command);
            }
        }
        traces
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        drop(self.script(&["down"]));
    }
}

#[test]
fn two_clusters_stand_side_by_side_and_leave_nothing() {
    let (one, other) = (Own::up("one"), Own::up("other"));
    one.run_privileged();
    other.run_privileged();
    assert!(one.traces().len() > 5, "{:?}", one.traces());
    one.succeed(&["down"]);
    assert_eq!(one.traces(), Vec::<String>::new());
    // Its containers were not the first one's to end.
    let id = other.succeed(&["kubectl", "exec", "privileged", "--", "id", "-u"]);
    assert_eq!(id, "0\n");
    let again = other.script(&["up"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("already up"));
    other.succeed(&["down"]);
    assert_eq!(other.traces(), Vec::<String>::new());
}

#[test]
fn users_of_the_cluster_have_the_rights_that_are_promised() {
    let cluster = Own::up("users");
    let upstream = std::env::var("POD_TOOLS_UPSTREAM").unwrap_or("target/cluster/upstream".into());
    let as_user = |user: &str, args: &[&str]| {
        let config = cluster.succeed(&["kubeconfig", user]);
        let kubectl = ["exec", &upstream, "kubectl", "--kubeconfig", config.trim()];
        let output = cluster.script(&[&kubectl, args].concat());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    assert_eq!(
        as_user("admin", &["get", "pods", "--all-namespaces"]),
        "No resources found\n"
    );
    let may = as_user("low-rights", &["get", "pod", "x"]);
    assert!(may.contains("(NotFound)"), "{may}");
    let may_not = as_user("low-rights", &["get", "pods"]);
    assert!(may_not.contains("(Forbidden)"), "{may_not}");
    let nobody = as_user("bad-token", &["get", "pod", "x"]);
    assert!(nobody.contains("(Unauthorized)"), "{nobody}");
}
