//! Lateness of this machine: a thread that wants to run a hundred times a second, and did not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::watch::now;

const NAP: Duration = Duration::from_millis(10);
/// A nap that is longer by less than this is as it should be.
const USUAL: f64 = 0.005;

/// The thread; it ends with this value.
pub(crate) struct Stalls {
    is_over: Arc<AtomicBool>,
    seen: Arc<Mutex<Vec<(f64, f64)>>>,
}

impl Stalls {
    pub(crate) fn measure() -> Self {
        let (is_over, seen) = (Arc::default(), Arc::default());
        let measured = Self { is_over, seen };
        let (is_over, seen) = (Arc::clone(&measured.is_over), Arc::clone(&measured.seen));
        std::thread::spawn(move || {
            while !is_over.load(Ordering::Relaxed) {
                let began = Instant::now();
                std::thread::sleep(NAP);
                let late = began.elapsed().saturating_sub(NAP).as_secs_f64();
                if late > USUAL {
                    seen.lock().unwrap().push((now(), late));
                }
            }
        });
        measured
    }

    /// The seconds that were lost between two times, all together.
    pub(crate) fn between(&self, from: f64, to: f64) -> f64 {
        let seen = self.seen.lock().unwrap();
        let within = seen
            .iter()
            .filter(|(at, late)| *at >= from && at - late <= to);
        within.map(|(_, late)| late).sum()
    }
}

impl Drop for Stalls {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
