//! A situation as its directory describes it; tests/situations/README.md explains the format.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::condition::Condition;
use crate::support::cluster::repository;

/// The content of `situation.yaml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Description {
    pub(crate) about: String,
    /// The object that is judged, as `TYPE/NAME`.
    pub(crate) target: String,
    /// Present if the situation has a namespace of its own.
    pub(crate) namespace: Option<OwnNamespace>,
    pub(crate) steps: Vec<Step>,
    /// A Pod that is annotated again and again: the kubelet reports `CrashLoopBackOff` only when it
    /// looks at the Pod another time.
    pub(crate) nudge: Option<String>,
    /// Arguments of kubectl, to undo what would keep the objects from being deleted.
    #[serde(default)]
    pub(crate) cleanup: Vec<Vec<String>>,
    /// The reason why only a new record makes it: it takes long, or breaks the node.
    pub(crate) record_only: Option<String>,
    /// Present and true if it needs a cluster that it can break.
    #[serde(default)]
    pub(crate) breaks_cluster: bool,
    pub(crate) expect: Expectation,
}

/// A namespace that no other situation shares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnNamespace {
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
}

/// One step on the way to the situation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Step {
    /// Waits until all of these hold.
    Until(Vec<Condition>),
    /// Runs kubectl with these arguments, in the namespace.
    Kubectl(Vec<String>),
    /// The same, again and again until it succeeds: the kubelet has just been started.
    Retry(Vec<String>),
    /// The same, again and again until it fails: a rule of the server takes a moment to apply.
    Refused(Vec<String>),
    /// Stops a part of the cluster, as a crash would.
    Stop(String),
    /// Starts it again.
    Start(String),
    /// Sets lines of the kubelet's configuration (`evictionHard: {…}`) and starts it anew.
    KubeletConfig(BTreeMap<String, String>),
    /// Has the kubelet evict Pods when half a GiB less than now of `memory` or `fs` is available.
    EvictionThreshold(String),
    /// Replaces a text in the configuration of the Pod network.
    PodNetwork { replace: String, by: String },
}

/// The answer that a judge has to give.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectation {
    /// The right verdict first, then those that are not wrong.
    pub(crate) verdict: Vec<Verdict>,
    /// An id of causes.yaml; absent if nothing is to be said.
    pub(crate) cause: Option<String>,
    /// Words that the causes and the advice contain.
    #[serde(default)]
    pub(crate) says: Vec<String>,
    /// Words that neither contains.
    #[serde(default)]
    pub(crate) never: Vec<String>,
}

/// The verdict on an object.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    Ok,
    No,
    Unknown,
}

/// A situation, and the directory that describes it.
pub(crate) struct Situation {
    pub(crate) name: String,
    pub(crate) description: Description,
}

/// Returns the directory of all situations.
pub(crate) fn directory() -> PathBuf {
    repository().join("tests/situations")
}

impl Situation {
    /// Reads all of them, in the order of their names.
    pub(crate) fn all() -> Vec<Self> {
        let entries = fs::read_dir(directory()).unwrap().map(Result::unwrap);
        let directories = entries.filter(|entry| entry.path().is_dir());
        let names = directories.map(|entry| entry.file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        let read = |name: String| Self {
            description: read_yaml(&directory().join(&name).join("situation.yaml")),
            name,
        };
        names.into_iter().map(read).collect()
    }

    /// Returns the path of one of its files.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        directory().join(&self.name).join(name)
    }

    /// Returns the recorded objects.
    pub(crate) fn record(&self) -> Vec<Value> {
        let path = self.file("objects.json");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!("{}: {error}: record it with UPDATE_SITUATIONS", self.name)
        });
        let mut list: Value = serde_json::from_str(&text).unwrap();
        serde_json::from_value(list["items"].take()).unwrap()
    }

    /// Returns the conditions that hold in the end.
    pub(crate) fn end(&self) -> &[Condition] {
        match self.description.steps.last() {
            Some(Step::Until(conditions)) => conditions,
            _ => panic!("{}: the last step is `until`", self.name),
        }
    }
}

/// Reads a file of one YAML document.
pub(crate) fn read_yaml<T: DeserializeOwned>(path: &Path) -> T {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let parsed = pod_model::yaml::parse_stream(&text);
    assert!(
        parsed.errors.is_empty(),
        "{}: {:?}",
        path.display(),
        parsed.errors
    );
    let tree = &parsed.documents[0].tree;
    let json = tree.to_json(tree.root());
    serde_json::from_str(&json).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
