//! Reads fuzzed logs.

use super::prefix::Prefix;
use super::resume::{Position, Reading, Recent};
use super::sink::Sink;
use crate::cluster::fuzzing;
use crate::ui::LogGuard;

/// Reads bytes as a log in halves and then as a whole, each time from the end of the previous
/// reading.
pub(crate) async fn log(bytes: &[u8]) {
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut position = Position::default();
    let mut recent = Recent::default();
    let prefix = Prefix::new(0, "pod/container");
    let mut sink = Sink::new(Some(false), LogGuard::Terminal);
    for part in [first, second, bytes] {
        let mut reading = Reading::new(position, &recent);
        fuzzing::log(part, |piece| {
            if let Some(taken) = reading.take(piece) {
                if let Some(time) = taken.time {
                    recent.add(time);
                }
                sink.take(&prefix, taken.bytes, taken.is_first);
            }
        })
        .await;
        position = reading.position();
    }
}
