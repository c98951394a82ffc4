//! A cgroup in the report.

use std::collections::BTreeMap;

use pod_model::cgroup::{Cgroup, MemoryHigh, whole_pages};
use serde::{Serialize, Serializer};
use serde_json::json;

/// The numbers of a cgroup; null where there is no limit.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct CgroupItem {
    pub v1: V1Item,
    pub v2: V2Item,
    /// Limits of huge pages by the size of a page.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub huge_pages: BTreeMap<String, i64>,
}

/// Version 1.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct V1Item {
    pub cpu_shares: i64,
    pub cpu_quota: Option<i64>,
    pub cpu_period: i64,
    pub memory_limit: Option<i64>,
}

/// Version 2.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct V2Item {
    pub cpu_weight: i64,
    /// The file's content, such as `50000 100000`.
    pub cpu_max: Option<String>,
    pub memory_max: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_high: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_min: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_low: Option<i64>,
    /// True if `memory.high` depends on the node, which is not known.
    #[serde(skip)]
    pub needs_node: bool,
}

/// Writes a cgroup; on Windows, which has none, each number is null, so that scripts find the same fields.
#[expect(clippy::ref_option, reason = "serde calls it so")]
pub(super) fn or_nulls<S: Serializer>(
    own: &Option<CgroupItem>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match own {
        Some(own) => own.serialize(serializer),
        None => json!({
            "v1": {"cpuShares": null, "cpuQuota": null, "cpuPeriod": null, "memoryLimit": null},
            "v2": {"cpuWeight": null, "cpuMax": null, "memoryMax": null},
        })
        .serialize(serializer),
    }
}

impl CgroupItem {
    /// Returns the numbers as they are read from the files: the kernel counts memory in whole pages, and cuts down what is
    /// written.
    pub(super) fn as_read(own: Cgroup, page_size: i64) -> Self {
        let pages = |bytes: i64| whole_pages(bytes, page_size);
        let set = |bytes: i64| pages(bytes).filter(|bytes| *bytes > 0);
        Self {
            v1: V1Item {
                cpu_shares: own.v1.cpu_shares,
                cpu_quota: own.v1.cpu_quota,
                cpu_period: own.v1.cpu_period,
                memory_limit: own.v1.memory_limit.and_then(pages),
            },
            v2: V2Item {
                cpu_weight: own.v2.cpu_weight,
                cpu_max: own.v2.cpu_max.map(|_| own.v2.cpu_max_text()),
                memory_max: own.v2.memory_max.and_then(pages),
                memory_high: match own.v2.memory_high {
                    MemoryHigh::Bytes(bytes) => pages(bytes),
                    MemoryHigh::Max | MemoryHigh::OfNode => None,
                },
                memory_min: set(own.v2.memory_min),
                memory_low: set(own.v2.memory_low),
                needs_node: own.v2.memory_high == MemoryHigh::OfNode,
            },
            huge_pages: own.huge_pages,
        }
    }
}
