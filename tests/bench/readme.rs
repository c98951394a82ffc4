//! The figures as a table of README.md.

use std::fs;
use std::path::Path;

use crate::measure::{Figures, RUNS};

const BEGIN: &str =
    "<!-- figures: `UPDATE_README=1 cargo bench --bench figures` writes the lines below -->\n";
const END: &str = "<!-- end of figures -->\n";

/// One measurement beside another program.
pub(crate) struct Row(String);

impl Row {
    /// The fastest run of both programs, which a busy machine disturbs least, and their peaks.
    pub(crate) fn new(what: &str, other: &str, (ours, theirs): &(Figures, Figures)) -> Self {
        let shown = |figures: &Figures| {
            let megabytes = figures.peak_kib as f64 / 1024.0;
            format!("{:.1} ms, {megabytes:.1} MiB", figures.fastest)
        };
        Self(format!(
            "| {what} | {} | {}, {other} | {:.0} times |\n",
            shown(ours),
            shown(theirs),
            theirs.fastest / ours.fastest
        ))
    }
}

/// Writes the table between its marks, with the date and the machine.
pub(crate) fn write(rows: &[Row]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let mut text = format!(
        "Measured on {} on {}: the fastest of {RUNS} runs side by side, and peak memory.\n\n\
         | | pod-tools | | faster |\n|---|---|---|---|\n",
        jiff::Timestamp::now().strftime("%Y-%m-%d"),
        machine()
    );
    text.extend(rows.iter().map(|row| row.0.as_str()));
    fs::write(&path, format!("{before}{BEGIN}{text}{END}{after}")).unwrap();
}

/// The processors of this machine.
fn machine() -> String {
    let count = std::thread::available_parallelism().unwrap();
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim() == "model name").then(|| value.trim().to_owned())
    });
    let model = model.unwrap_or_else(|| "an unknown processor".to_owned());
    format!("{count} processors of {model}, {}", std::env::consts::OS)
}
