//! Tries of one attempt.

use std::future::Future;

use pod_probe::{Judgement, Verdict};

/// Number of tries of an attempt that is errored.
///
/// Upstream: `maxProbeRetries` in `k8s.io/kubernetes/pkg/kubelet/prober/prober.go`.
const MAX_TRIES: u32 = 3;

/// Tries until there is a verdict other than errored, at most three times, and returns the last
/// result with the number of tries.
///
/// Upstream: `runProbeWithRetries` in `pkg/kubelet/prober/prober.go`.
pub(super) async fn with_tries<T, F>(
    mut one_try: impl FnMut() -> F,
    judgement: impl Fn(&T) -> &Judgement,
) -> (T, u32)
where
    F: Future<Output = T>,
{
    let mut tries = 1;
    loop {
        let result = one_try().await;
        if judgement(&result).verdict != Verdict::Errored || tries == MAX_TRIES {
            return (result, tries);
        }
        tries += 1;
    }
}
