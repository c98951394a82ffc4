//! The ways from CPU shares to `cpu.weight`.
//!
//! Upstream: `getCPUWeight` in pkg/kubelet/cm/cgroup_manager_linux.go for Pods, and
//! `ConvertCPUSharesToCgroupV2Value` of `github.com/opencontainers/cgroups` for
//! containers, which changed with v0.0.3 of that module.

use serde::Serialize;

use super::cpu::{MAX_SHARES, MIN_SHARES};

/// A runtime's way from CPU shares to a weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum CpuWeight {
    /// In proportion, so that 1024 shares are the weight 39: runc before 1.3.2 and crun before
    /// 1.23. The kubelet does so with Pods.
    Linear,
    /// 1024 shares are the weight 100, which is the kernel's default: runc from 1.3.2 and crun
    /// from 1.23 on.
    #[default]
    Quadratic,
}

impl CpuWeight {
    /// Returns the weight for a number of shares, which is kept within 2 and 262144.
    pub fn of_shares(self, shares: i64) -> i64 {
        let shares = shares.clamp(MIN_SHARES, MAX_SHARES);
        match self {
            Self::Linear => linear(shares),
            Self::Quadratic => quadratic(shares),
        }
    }
}

pub(super) fn linear(shares: i64) -> i64 {
    1 + (shares - 2) * 9999 / 262_142
}

/// Upstream calculates with floating point numbers, whose last digit differs between machines.
/// That matters nowhere: the exact result is a whole number for 1024 shares alone, which is
/// set right here, and nowhere else nearer to one than 10^-9.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "at most 262144 shares, and a weight of at most 10000"
)]
fn quadratic(shares: i64) -> i64 {
    match shares {
        MIN_SHARES => return 1,
        1024 => return 100,
        MAX_SHARES => return 10_000,
        _ => {}
    }
    let log = (shares as f64).log2();
    let exponent = (log * log + 125.0 * log) / 612.0 - 7.0 / 34.0;
    10_f64.powf(exponent).ceil() as i64
}
