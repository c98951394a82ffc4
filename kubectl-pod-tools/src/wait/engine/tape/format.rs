//! The format of the files of tapes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line"
)]
pub(super) struct Tape {
    #[serde(rename = "for", default)]
    pub(super) conditions: Vec<String>,
    #[serde(default)]
    pub(super) all_of: bool,
    pub(super) kind: String,
    /// Names of the targets; none for a set.
    #[serde(default)]
    pub(super) names: Vec<String>,
    /// The uid, if it is known before.
    pub(super) uid: Option<String>,
    /// The target as it was created, with its uid.
    pub(super) created: Option<Value>,
    /// `true` if the set is of all namespaces.
    #[serde(default)]
    pub(super) all_namespaces: bool,
    /// `true` if a selector selects the set.
    #[serde(default)]
    pub(super) selective: bool,
    pub(super) timeout: Option<u64>,
    pub(super) stuck_after: Option<u64>,
    #[serde(default)]
    pub(super) no_fail_fast: bool,
    #[serde(default)]
    pub(super) follow_recreate: bool,
    /// A number of seconds, or `true`. By default creation is only waited for with `created`.
    pub(super) wait_for_creation: Option<Value>,
    #[serde(default)]
    pub(super) expect: usize,
    #[serde(rename = "tape")]
    pub(super) entries: Vec<Entry>,
    pub(super) ends: Vec<Expected>,
    /// JSON pointers into the tape, and the values there in its counterpart, which ends otherwise;
    /// null for none. See [`counterpart`](super::counterpart).
    #[serde(default)]
    pub(super) unless: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Seconds.
    pub(super) at: f64,
    pub(super) list: Option<Stream>,
    pub(super) is: Option<Stream>,
    pub(super) gone: Option<Stream>,
    pub(super) lost: Option<Stream>,
    #[serde(default)]
    pub(super) items: Vec<Value>,
    pub(super) object: Option<Value>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Stream {
    Targets,
    Pods,
    Events,
    /// The Pods that a Job's own selector matches, or the lookup of a target.
    #[serde(alias = "look")]
    Selected,
    /// The target that is followed by its name after the lookup.
    Followed,
}

/// The expected end of a target; `open` if it has not ended.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
    pub(super) outcome: String,
    pub(super) reason: Option<String>,
    pub(super) message: Option<String>,
    /// Seconds.
    pub(super) at: Option<f64>,
    /// Time at which the end is reported, in seconds.
    pub(super) told: Option<f64>,
}
