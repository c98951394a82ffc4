//! The numbers in the files of a cgroup.

use std::collections::BTreeMap;

/// The numbers of a cgroup in both versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Cgroup {
    /// Version 1.
    pub v1: V1,
    /// Version 2.
    pub v2: V2,
    /// The limits of huge pages in bytes by the size of a page as in the name of the file
    /// (`hugetlb.2MB.max`); sizes that are absent have the limit 0.
    pub huge_pages: BTreeMap<String, i64>,
}

/// The numbers of a cgroup of version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V1 {
    /// `cpu.shares`.
    pub cpu_shares: i64,
    /// `cpu.cfs_quota_us`, or `None` without a limit (`-1`).
    pub cpu_quota: Option<i64>,
    /// `cpu.cfs_period_us`.
    pub cpu_period: i64,
    /// `memory.limit_in_bytes`, or `None` without a limit.
    pub memory_limit: Option<i64>,
}

/// The numbers of a cgroup of version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V2 {
    /// `cpu.weight`.
    pub cpu_weight: i64,
    /// The quota in `cpu.max`, or `None` without a limit.
    pub cpu_max: Option<i64>,
    /// The period in `cpu.max`.
    pub cpu_period: i64,
    /// `memory.max`, or `None` without a limit.
    pub memory_max: Option<i64>,
    /// `memory.high`.
    pub memory_high: MemoryHigh,
    /// `memory.min`.
    pub memory_min: i64,
    /// `memory.low`.
    pub memory_low: i64,
}

/// The usage of memory above which the kernel slows the processes down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MemoryHigh {
    /// None: `max`.
    #[default]
    Max,
    /// A number of bytes.
    Bytes(i64),
    /// It follows from the node's allocatable memory, which is not known.
    OfNode,
}

impl V2 {
    /// Returns the content of `cpu.max`.
    pub fn cpu_max_text(&self) -> String {
        match self.cpu_max {
            Some(quota) => format!("{quota} {}", self.cpu_period),
            None => format!("max {}", self.cpu_period),
        }
    }
}
