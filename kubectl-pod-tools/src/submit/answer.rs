//! The answer to a request that is on its way when a signal comes.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use crate::signals::Claim;

/// A request that is on its way when a signal comes is given so long to be
/// answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(1);

/// The answer to a request; none where a signal comes before it. A request that
/// is on its way then is given a moment more, so that what became of it is known.
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
