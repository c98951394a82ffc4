//! Lateness of this machine: the time in which no processor was idle.
//!
//! While one is, nobody waits for it, and what the kubelet is to do it does. Nothing is later by more
//! than the time in which all of them were busy.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::watch::now;

const BETWEEN: Duration = Duration::from_millis(100);
/// The part of a sample that is idle time where the processors count as busy: the kernel counts in
/// hundredths of a second.
const IDLE: f64 = 0.1;
/// The part of a Pod's time that may be lost before it is not to be judged.
const BUSY: f64 = 0.4;

/// The measurement; it ends with this value.
#[derive(Default)]
pub(crate) struct Stalls {
    is_over: Arc<AtomicBool>,
    /// Ends of busy samples, with their lengths.
    seen: Arc<Mutex<Vec<(f64, f64)>>>,
}

impl Stalls {
    pub(crate) fn measure() -> Self {
        let measured = Self::default();
        let is_over = Arc::clone(&measured.is_over);
        let seen = Arc::clone(&measured.seen);
        std::thread::spawn(move || {
            let mut before = (now(), processors());
            while !is_over.load(Ordering::Relaxed) {
                std::thread::sleep(BETWEEN);
                let after = (now(), processors());
                let idle = after.1.0 - before.1.0;
                if idle <= (after.1.1 - before.1.1) * IDLE {
                    seen.lock().unwrap().push((after.0, after.0 - before.0));
                }
                before = after;
            }
        });
        measured
    }

    /// Returns the seconds between two times that were lost.
    pub(crate) fn between(&self, from: f64, to: f64) -> f64 {
        let seen = self.seen.lock().unwrap();
        let within = seen
            .iter()
            .filter(|(end, length)| *end >= from && end - length <= to);
        within.map(|(_, length)| length).sum()
    }

    /// Returns whether the machine was too busy to be judged.
    pub(crate) fn is_busy(&self, from: f64, to: f64) -> bool {
        self.between(from, to) > BUSY * (to - from)
    }
}

impl Drop for Stalls {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}

/// Returns the idle time of all processors, and all their time: proc(5). The unit does not matter.
fn processors() -> (f64, f64) {
    let text = std::fs::read_to_string("/proc/stat").unwrap();
    let line = text.lines().next().unwrap_or_default();
    let words = line.split_whitespace().skip(1).take(8);
    let times: Vec<f64> = words.map(|word| word.parse().unwrap()).collect();
    let idle = times.iter().skip(3).take(2).sum();
    (idle, times.iter().sum())
}
