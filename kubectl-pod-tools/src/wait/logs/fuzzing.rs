//! Logs as a fuzzer writes them.

use super::resume::{Position, Reading};
use crate::cluster::fuzzing;

/// Reads bytes as a log in halves and then as a whole, each time from where the
/// reading before has ended.
pub(crate) async fn log(bytes: &[u8]) {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut position = Position::default();
    for part in [first, second, bytes] {
        let mut reading = Reading::new(position);
        fuzzing::log(part, |line, continued| {
            if let Some(text) = reading.take(line, continued) {
                let _ = crate::ui::escape(text);
            }
        })
        .await;
        position = reading.position();
    }
}
