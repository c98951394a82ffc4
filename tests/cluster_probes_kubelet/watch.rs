//! Objects of a namespace as the API server sends them, with the time at which each came.

use std::io::BufReader;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use serde_json::Value;

use crate::support::cluster::{cluster, upstream};
use crate::support::namespace::Namespace;

/// A watch; it ends with this value.
pub(crate) struct Watch {
    child: Child,
    seen: Arc<Mutex<Vec<(f64, Value)>>>,
}

/// Seconds of Unix time.
pub(crate) fn now() -> f64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.unwrap().as_secs_f64()
}

impl Watch {
    pub(crate) fn of(namespace: &Namespace, resource: &str) -> Self {
        let name = namespace.name();
        let args = [
            "kubectl", "get", resource, "-n", name, "--watch", "-o", "json",
        ];
        let mut command = cluster().command(upstream(), args);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let list = Arc::clone(&seen);
        std::thread::spawn(move || {
            let objects = serde_json::Deserializer::from_reader(stdout).into_iter();
            for object in objects.map_while(Result::ok) {
                list.lock().unwrap().push((now(), object));
            }
        });
        Self { child, seen }
    }

    /// All objects so far that fit, the oldest first.
    pub(crate) fn seen(&self, fits: impl Fn(&Value) -> bool) -> Vec<(f64, Value)> {
        let seen = self.seen.lock().unwrap();
        seen.iter().filter(|(_, own)| fits(own)).cloned().collect()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
