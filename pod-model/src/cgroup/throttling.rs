//! Threads that are always busy, under a quota.

/// Busy threads under a quota of CPU time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttling {
    /// Microseconds of CPU time in each period, for all threads together.
    pub quota: i64,
    /// The period in microseconds.
    pub period: i64,
    /// The number of threads that are always busy.
    pub threads: u32,
    /// Microseconds of each period in which the quota lasts.
    pub runs: i64,
    /// Microseconds of each period in which all threads wait.
    pub waits: i64,
}

/// Returns what happens to busy threads under a quota: they use it up together, and then all
/// wait for the next period. No more of them run at a time than the node has CPUs; without a
/// number, each has a CPU of its own.
pub fn throttling(quota: i64, period: i64, threads: u32, cpus: Option<u32>) -> Throttling {
    let period = period.max(1);
    let quota = quota.max(0);
    let at_a_time = cpus.map_or(threads, |cpus| threads.min(cpus.max(1)));
    let runs = quota
        .checked_div(i64::from(at_a_time))
        .map_or(period, |alone| alone.min(period));
    Throttling {
        quota,
        period,
        threads,
        runs,
        waits: period - runs,
    }
}
