//! Lateness of this machine: how long the kubelet and what it works with wanted to run and did not.
//!
//! Linux counts for each thread the time that it waited for a processor. The sum of the threads of
//! kubelet, containerd and API server is the most that an event can be late by: they wait one after
//! another only in part. Where the kernel does not count, there is no allowance.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::cluster::cluster;
use crate::watch::now;

const BETWEEN: Duration = Duration::from_millis(100);
const PARTS: [&str; 3] = ["kubelet", "containerd", "apiserver"];
/// Seconds of waiting in a second from which on the machine is too busy to be judged. A machine
/// with nothing else to do has a tenth of it.
const BUSY: f64 = 0.5;

/// The measurement; it ends with this value.
#[derive(Default)]
pub(crate) struct Stalls {
    is_over: Arc<AtomicBool>,
    /// Times, each with the seconds that were waited since the one before.
    seen: Arc<Mutex<Vec<(f64, f64)>>>,
}

impl Stalls {
    pub(crate) fn measure() -> Self {
        let measured = Self::default();
        let is_over = Arc::clone(&measured.is_over);
        let seen = Arc::clone(&measured.seen);
        let parts = PARTS.map(tasks_of);
        std::thread::spawn(move || {
            let mut waits = BTreeMap::new();
            while !is_over.load(Ordering::Relaxed) {
                let waited = parts.iter().map(|part| waited(part, &mut waits)).sum();
                seen.lock().unwrap().push((now(), waited));
                std::thread::sleep(BETWEEN);
            }
        });
        measured
    }

    /// Returns the seconds that were waited between two times, all together.
    pub(crate) fn between(&self, from: f64, to: f64) -> f64 {
        let seen = self.seen.lock().unwrap();
        let within = seen
            .iter()
            .filter(|(at, _)| *at >= from && *at <= to + BETWEEN.as_secs_f64());
        within.map(|(_, waited)| waited).sum()
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

/// Returns the directory of the threads of a part of the cluster.
fn tasks_of(part: &str) -> PathBuf {
    let file = cluster().state().join("pids").join(part);
    let id = std::fs::read_to_string(file).unwrap();
    Path::new("/proc").join(id.trim()).join("task")
}

/// Returns the seconds that the threads of a process have waited since the last call.
fn waited(tasks: &Path, waits: &mut BTreeMap<PathBuf, u64>) -> f64 {
    let threads = std::fs::read_dir(tasks).into_iter().flatten().flatten();
    let mut sum = 0;
    for thread in threads {
        let path = thread.path().join("schedstat");
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        let Some(waited) = text.split(' ').nth(1).and_then(|text| text.parse().ok()) else {
            continue;
        };
        // The past of a thread is not of interest.
        let before = waits.insert(path, waited).unwrap_or(waited);
        sum += waited.saturating_sub(before);
    }
    Duration::from_nanos(sum).as_secs_f64()
}
