//! Turns to print, so that a line that arrives in pieces stays one line.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

/// Time after its last piece for which an open line delays others.
const SILENT: Duration = Duration::from_secs(2);
/// Maximum time for which one line delays others; then it is broken.
const LONGEST: Duration = Duration::from_secs(30);

/// The queue of logs, first come first served.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<()>>);

/// The turn of one log, held while its line is open.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Turns,
    held: Option<(OwnedMutexGuard<()>, Instant)>,
}

impl Turn {
    pub(super) fn new(turns: &Turns) -> Self {
        Self {
            turns: turns.clone(),
            held: None,
        }
    }

    /// Waits for the turn to print a piece.
    pub(super) async fn take(&mut self) {
        if self
            .held
            .as_ref()
            .is_some_and(|(_, began)| began.elapsed() > LONGEST)
        {
            self.held = None;
        }
        if self.held.is_none() {
            let guard = Arc::clone(&self.turns.0).lock_owned().await;
            self.held = Some((guard, Instant::now()));
        }
    }

    /// Passes the turn to others.
    pub(super) fn give(&mut self) {
        self.held = None;
    }

    /// Waits for a future, and passes the turn to others if it takes long.
    pub(super) async fn while_waiting<T>(&mut self, waited: impl Future<Output = T>) -> T {
        let mut waited = std::pin::pin!(waited);
        if self.held.is_some() {
            if let Ok(answer) = tokio::time::timeout(SILENT, &mut waited).await {
                return answer;
            }
            self.held = None;
        }
        waited.await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn others_wait_for_an_open_line_for_a_limited_time() {
        let turns = Turns::default();
        let (mut one, mut two) = (Turn::new(&turns), Turn::new(&turns));
        one.take().await;
        for _ in 0..20 {
            one.while_waiting(tokio::time::sleep(Duration::from_secs(1)))
                .await;
            one.take().await;
            let waited = tokio::time::timeout(Duration::from_millis(1), two.take()).await;
            assert!(waited.is_err());
        }
        one.while_waiting(tokio::time::sleep(SILENT * 2)).await;
        two.take().await;
        two.give();
        one.take().await;
        let began = Instant::now();
        let other = tokio::spawn(async move {
            two.take().await;
            Instant::now()
        });
        while !other.is_finished() {
            one.while_waiting(tokio::time::sleep(Duration::from_secs(1)))
                .await;
            one.take().await;
        }
        let waited = other.await.unwrap() - began;
        assert!(waited >= LONGEST && waited < LONGEST * 2, "{waited:?}");
    }
}
