//! Answers to requests that a signal interrupts.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use crate::signals::Claim;

/// Maximum time for the answer to a request that was sent before a signal.
const ANSWERED_WITHIN: Duration = Duration::from_secs(1);

/// Returns the answer to a request, or `None` if a signal comes first. A request that was sent
/// already gets a moment more, so that its outcome is known.
pub(super) async fn answer_or_signal<T>(
    answer: impl Future<Output = T>,
    claim: &Claim,
    is_sent: &Cell<bool>,
) -> Option<T> {
    let mut answer = pin!(answer);
    tokio::select! {
        biased;
        answer = &mut answer => return Some(answer),
        _ = claim.received() => {}
    }
    if !is_sent.get() {
        return None;
    }
    tokio::time::timeout(ANSWERED_WITHIN, answer).await.ok()
}
