//! The real cluster of `tests/cluster`, one for a test binary.
//!
//! `POD_TOOLS_TEST_CLUSTER=NAME` names one that is already up (by
//! `POD_TOOLS_CLUSTER_NAME=NAME tests/cluster/cluster.sh up`); it stays up.
//! Without it the first test brings one up, which goes down when this process
//! has ended, however it ends.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A cluster that is up.
pub(crate) struct Cluster {
    name: String,
}

/// The top of the repository; commands run there.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// The binary with Kubernetes in it.
pub(crate) fn upstream() -> PathBuf {
    let made = || repository().join("target/cluster/upstream");
    std::env::var_os("POD_TOOLS_UPSTREAM").map_or_else(made, PathBuf::from)
}

static CLUSTER: OnceLock<Cluster> = OnceLock::new();

/// The same, but one that nobody shares, so that parts of it can be stopped.
/// Asked for before anything else of the test binary asks for `cluster`.
pub(crate) fn own_cluster() -> &'static Cluster {
    let cluster = CLUSTER.get_or_init(Cluster::own);
    assert!(std::env::var("POD_TOOLS_TEST_CLUSTER").as_ref() != Ok(&cluster.name));
    cluster
}

/// The cluster of this test binary.
pub(crate) fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(|| match std::env::var("POD_TOOLS_TEST_CLUSTER") {
        Ok(name) => Cluster::given(name),
        Err(_) => Cluster::own(),
    })
}

impl Cluster {
    fn given(name: String) -> Self {
        let cluster = Self { name };
        let answer = cluster.script(["kubectl", "get", "--raw", "/readyz"]);
        succeeded(&answer, "POD_TOOLS_TEST_CLUSTER");
        cluster
    }

    fn own() -> Self {
        let process = std::process::id().to_string();
        let name = format!("test-{process}");
        let cluster = Self { name };
        let answer = cluster.script(["up", "--while", &process]);
        succeeded(&answer, "cluster.sh up");
        cluster
    }

    /// Brings up etcd and the API server of a version (`1.33`) alone, until this process ends.
    pub(crate) fn serving(version: &str) -> Self {
        let process = std::process::id().to_string();
        let name = format!("serve-{}-{process}", version.replace('.', "-"));
        let cluster = Self { name };
        let answer = cluster.script(["serve", version, "--while", &process]);
        succeeded(&answer, "cluster.sh serve");
        cluster
    }

    fn script<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Output {
        let mut command = Command::new(repository().join("tests/cluster/cluster.sh"));
        command.args(args).env("POD_TOOLS_CLUSTER_NAME", &self.name);
        command.current_dir(repository()).output().unwrap()
    }

    /// Stops a part (`etcd`, `apiserver` or `kubelet`) as a crash would.
    pub(crate) fn stop(&self, part: &str) {
        succeeded(&self.script(["stop", part]), "cluster.sh stop");
    }

    /// Starts it again.
    pub(crate) fn start(&self, part: &str) {
        succeeded(&self.script(["start", part]), "cluster.sh start");
    }

    /// Returns the directory of its files.
    pub(crate) fn state(&self) -> PathBuf {
        repository().join("target/cluster").join(&self.name)
    }

    /// Its name, which is in the names of its cgroups and its network namespace.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The path of a user's kubeconfig: `admin`, `low-rights` (may `get` Pods in
    /// the namespace `default`) or `bad-token` (is nobody).
    pub(crate) fn kubeconfig(&self, user: &str) -> String {
        let answer = self.script(["kubeconfig", user]);
        succeeded(&answer, "kubeconfig").trim().to_owned()
    }

    /// A command where the API server can be reached, with KUBECONFIG set.
    pub(crate) fn command<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(repository().join("tests/cluster/cluster.sh"));
        command.arg("exec").arg(program).args(args);
        command.env("POD_TOOLS_CLUSTER_NAME", &self.name);
        command.current_dir(repository());
        command
    }

    /// Runs such a command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(
        &self,
        program: impl AsRef<OsStr>,
        args: impl IntoIterator<Item = S>,
    ) -> Output {
        self.command(program, args).output().unwrap()
    }

    /// Runs upstream's kubectl as admin, whatever comes of it.
    pub(crate) fn try_kubectl(&self, args: &[&str]) -> Output {
        self.script(["kubectl"].iter().chain(args))
    }

    /// Runs upstream's kubectl as admin; it has to succeed.
    pub(crate) fn kubectl(&self, args: &[&str]) -> String {
        succeeded(
            &self.try_kubectl(args),
            &format!("kubectl {}", args.join(" ")),
        )
    }
}

/// Returns the standard output of a command that must succeed.
pub(crate) fn succeeded(output: &Output, what: &str) -> String {
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{what}: {}\n{stdout}{stderr}",
        output.status
    );
    stdout
}
