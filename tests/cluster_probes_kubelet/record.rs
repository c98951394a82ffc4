//! The record that the program of a container writes.

use std::path::Path;

use serde::Deserialize;

/// One line of it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Line {
    /// Nanoseconds of Unix time.
    t: u64,
    /// The run of the container, from 0 on.
    pub(crate) instance: u32,
    what: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    detail: String,
}

/// Content of a line.
pub(crate) enum What<'a> {
    /// The program has started; its process was made at this time.
    Start {
        made: f64,
    },
    /// A probe of this kind was received; `tcp` for any by TCP.
    Probe {
        kind: &'a str,
    },
    SigTerm,
    /// It ends by itself.
    Exit,
}

impl Line {
    /// Seconds of Unix time.
    pub(crate) fn at(&self) -> f64 {
        seconds(self.t)
    }

    pub(crate) fn what(&self) -> What<'_> {
        match self.what.as_str() {
            "start" => What::Start {
                made: seconds(self.detail.parse().unwrap()),
            },
            "probe" => What::Probe { kind: &self.kind },
            "sigterm" => What::SigTerm,
            "exit" => What::Exit,
            other => panic!("the record has a line `{other}`"),
        }
    }
}

fn seconds(nanoseconds: u64) -> f64 {
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

/// The record of a container; empty before its program has started.
pub(crate) fn read(directory: &Path, container: &str) -> Vec<Line> {
    let text = std::fs::read_to_string(directory.join(container)).unwrap_or_default();
    // A line that is being written is read the next time.
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    let line = |line: &str| serde_json::from_str(line).unwrap();
    whole.lines().map(line).collect()
}
