//! A namespace of a test's own.

use std::process::{Child, Output, Stdio};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::cluster::{cluster, succeeded};

/// The cluster may share its two CPUs with much else, so nothing is given up soon.
const PATIENCE: Duration = Duration::from_secs(150);

/// Held for writing by a test that wants all CPUs.
static CPUS: RwLock<()> = RwLock::new(());

/// The share of the CPUs of a test, held as long as its namespace exists.
enum Share {
    Some {
        _guard: RwLockReadGuard<'static, ()>,
    },
    All {
        _guard: RwLockWriteGuard<'static, ()>,
    },
}

/// A namespace, which goes away with this value. A test holds one at a time.
pub(crate) struct Namespace {
    name: String,
    _share: Share,
}

impl Namespace {
    /// A new one whose name starts with `test`, ready to run Pods.
    pub(crate) fn new(test: &str) -> Self {
        let guard = CPUS.read().unwrap_or_else(PoisonError::into_inner);
        Self::with(test, Share::Some { _guard: guard })
    }

    /// One beside which no other is, so that its Pods have all CPUs.
    pub(crate) fn alone(test: &str) -> Self {
        let guard = CPUS.write().unwrap_or_else(PoisonError::into_inner);
        Self::with(test, Share::All { _guard: guard })
    }

    fn with(test: &str, share: Share) -> Self {
        let name = format!("{test}-{}", std::process::id());
        cluster().kubectl(&["create", "namespace", &name]);
        let namespace = Self {
            name,
            _share: share,
        };
        // Pods are refused until the controllers have made it.
        namespace.until("the default service account", || {
            let account = ["get", "serviceaccount", "default"];
            namespace
                .try_kubectl(&account)
                .status
                .success()
                .then_some(())
        });
        namespace
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    fn args<'a>(&'a self, args: &[&'a str]) -> Vec<&'a str> {
        [&["--namespace", self.name.as_str()], args].concat()
    }

    /// Runs kubectl here, whatever comes of it.
    pub(crate) fn try_kubectl(&self, args: &[&str]) -> Output {
        cluster().try_kubectl(&self.args(args))
    }

    /// Runs kubectl here; it has to succeed.
    pub(crate) fn kubectl(&self, args: &[&str]) -> String {
        cluster().kubectl(&self.args(args))
    }

    /// Runs kubectl here beside the test, as `logs -f` needs it.
    pub(crate) fn follow(&self, args: &[&str]) -> Child {
        let script = super::cluster::repository().join("tests/cluster/cluster.sh");
        let mut command = std::process::Command::new(script);
        command.env("POD_TOOLS_CLUSTER_NAME", cluster().name());
        command.arg("kubectl").args(self.args(args));
        command.stdout(Stdio::piped()).spawn().unwrap()
    }

    /// Creates what a manifest holds, with our own binary.
    pub(crate) fn create(&self, file: &str) {
        succeeded(&self.try_create(file), &format!("create -f {file}"));
    }

    /// Tries to; a path is relative to the top of the repository.
    ///
    /// `POD_TOOLS_TEST_CREATE_WITH=kubectl` takes upstream's instead, to see
    /// whose mistake it is.
    pub(crate) fn try_create(&self, file: &str) -> Output {
        let create = ["create", "-f", file];
        match std::env::var("POD_TOOLS_TEST_CREATE_WITH").as_deref() {
            Ok("kubectl") => self.try_kubectl(&create),
            Ok(other) => panic!("POD_TOOLS_TEST_CREATE_WITH={other}: only kubectl is known"),
            Err(_) => {
                let args = [&create[..], &["--namespace", &self.name]].concat();
                cluster().run(env!("CARGO_BIN_EXE_kubectl-pod_tools"), args)
            }
        }
    }

    /// An object as JSON.
    pub(crate) fn get(&self, object: &str) -> Value {
        serde_json::from_str(&self.kubectl(&["get", object, "-o", "json"])).unwrap()
    }

    /// The log of a container that prints something. The runtime writes it beside what it tells the
    /// kubelet, so that a container may have ended before its words are in the file.
    pub(crate) fn logs(&self, pod: &str, container: &str) -> String {
        self.until(&format!("a log of {pod}/{container}"), || {
            let text = self.kubectl(&["logs", pod, "-c", container]);
            // What the kubelet says in place of a log.
            let is_log = !text.starts_with("unable to retrieve container logs");
            (is_log && !text.is_empty()).then_some(text)
        })
    }

    /// Returns the trimmed output of a command in a container of a Pod.
    pub(crate) fn exec(&self, pod: &str, container: &str, command: &[&str]) -> String {
        let exec = ["exec", pod, "-c", container, "--"];
        self.kubectl(&[&exec, command].concat()).trim().to_owned()
    }

    /// Waits until `look` has an answer.
    pub(crate) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let began = Instant::now();
        loop {
            if let Some(answer) = look() {
                return answer;
            }
            if began.elapsed() > PATIENCE {
                let pods = self.kubectl(&["get", "pods,events"]);
                panic!("waited in vain for {what} in {}:\n{pods}", self.name);
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Waits until an object has a value at a JSON pointer, and returns the object.
    pub(crate) fn until_value(&self, object: &str, pointer: &str, value: &Value) -> Value {
        self.until(&format!("{object}: {pointer} = {value}"), || {
            let object = self.get(object);
            (object.pointer(pointer) == Some(value)).then_some(object)
        })
    }

    /// Waits until a Pod has come to a phase.
    pub(crate) fn until_phase(&self, pod: &str, phase: &str) -> Value {
        self.until_value(&format!("pod/{pod}"), "/status/phase", &phase.into())
    }

    /// Waits until a Pod is ready.
    pub(crate) fn until_ready(&self, pod: &str) -> Value {
        self.until(&format!("{pod} to be ready"), || {
            let object = self.get(&format!("pod/{pod}"));
            let conditions = object["status"]["conditions"].as_array()?;
            let ready = |c: &Value| c["type"] == "Ready" && c["status"] == "True";
            conditions.iter().any(ready).then_some(object.clone())
        })
    }

    /// Waits for an event of a Pod with that reason, and returns its message.
    pub(crate) fn until_event(&self, pod: &str, reason: &str) -> String {
        self.until(&format!("{pod}: event {reason}"), || {
            let selector = format!("involvedObject.name={pod},reason={reason}");
            let events = ["get", "events", "-o", "json", "--field-selector", &selector];
            let list: Value = serde_json::from_str(&self.kubectl(&events)).unwrap();
            Some(list["items"][0]["message"].as_str()?.to_owned())
        })
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let delete = ["delete", "namespace", &self.name, "--wait=false"];
        // A test that has failed already is not to abort here.
        drop(cluster().try_kubectl(&delete));
    }
}
