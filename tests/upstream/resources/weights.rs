//! The runtime library's way from CPU shares to a weight. The modules of 1.34 have the old
//! one, those of the other versions the new one.

use pod_model::KubernetesVersion;
use pod_model::cgroup::CpuWeight;
use serde_json::json;

use crate::oracle::{Oracle, of_each_minor};

const ALL: std::ops::RangeInclusive<i64> = 2..=262_144;

of_each_minor!(shares_have_the_weight_of_the_runtimes_library);

fn shares_have_the_weight_of_the_runtimes_library(version: KubernetesVersion) {
    let ours = if version == KubernetesVersion::V1_34 {
        CpuWeight::Linear
    } else {
        CpuWeight::Quadratic
    };
    let shares: Vec<i64> = ALL.collect();
    let answer = Oracle::of(version).ask(&json!({"op": "cpuWeights", "shares": shares}));
    let theirs = answer["weights"].as_array().unwrap();
    assert_eq!(theirs.len(), shares.len());
    for (shares, theirs) in shares.iter().zip(theirs) {
        assert_eq!(json!(ours.of_shares(*shares)), *theirs, "{shares} shares");
    }
}
