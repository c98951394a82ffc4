//! CPU shares and quotas.
//!
//! Upstream: `MilliCPUToShares` and `MilliCPUToQuota` in
//! pkg/kubelet/cm/helpers_linux.go.

/// The least number of shares, which stands for none.
pub(super) const MIN_SHARES: i64 = 2;
pub(super) const MAX_SHARES: i64 = 262_144;
/// The period that the kernel has where nobody sets one, in microseconds.
pub(super) const KERNEL_PERIOD: i64 = 100_000;
/// The least quota, in microseconds: a limit below 10m counts as 10m.
const MIN_QUOTA: i64 = 1000;

/// Returns the shares for thousandths of a CPU.
pub(super) fn shares(milli_cpu: i64) -> i64 {
    // Upstream's product overflows as this one does.
    let shares = milli_cpu.wrapping_mul(1024) / 1000;
    shares.clamp(MIN_SHARES, MAX_SHARES)
}

/// Returns the microseconds of CPU time in each period for a limit in thousandths of a CPU, or
/// `None` without a limit.
pub(super) fn quota(milli_cpu: i64, period: i64) -> Option<i64> {
    let quota = milli_cpu.wrapping_mul(period) / 1000;
    (milli_cpu != 0).then(|| quota.max(MIN_QUOTA))
}
