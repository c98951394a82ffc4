//! Turns to print: a line that arrives in pieces stays one line.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;

/// A line that is open holds up the others for so long after its last piece,
const SILENT: Duration = Duration::from_secs(2);
/// and for so long altogether: then it is broken.
const LONGEST: Duration = Duration::from_secs(30);

/// What takes turns. Whoever asked first is next.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<Mutex<()>>);

/// One log's, as long as a line of it is open.
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

    /// Gives it to the others.
    pub(super) fn give(&mut self) {
        self.held = None;
    }

    /// Waits for something; and gives the turn to the others when it takes long.
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
    async fn others_wait_while_a_line_comes_and_not_for_ever() {
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
