//! The exponents, one line for each shape and command.

use crate::fit::Growth;
use crate::live::LiveShape;
use crate::shapes::Shape;

/// Time and memory may grow with the input to this power.
const BUDGET: f64 = 1.1;

#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Row>,
}

struct Row {
    shape: &'static str,
    note: &'static str,
    command: String,
    growth: Growth,
}

impl Table {
    pub(crate) fn add(&mut self, shape: &'static Shape, command: String, growth: Growth) {
        self.push(shape.name, shape.bound, command, growth);
    }

    pub(crate) fn add_live(&mut self, shape: &'static LiveShape, growth: Growth) {
        self.push(shape.name, "", shape.command.join(" "), growth);
    }

    /// Takes a row, and says that there is one: the whole takes minutes.
    fn push(&mut self, shape: &'static str, note: &'static str, command: String, growth: Growth) {
        if self.rows.is_empty() {
            println!("{}", Row::head());
        }
        let row = Row {
            shape,
            note,
            command,
            growth,
        };
        println!("{}", row.line());
        self.rows.push(row);
    }

    /// Says which are the worst, and whether the budget is kept.
    pub(crate) fn print(&self) {
        println!();
        self.worst("time", Growth::time);
        self.worst("memory", Growth::memory);
    }

    fn worst(&self, what: &str, of: impl Fn(&Growth) -> Option<f64>) {
        let mut all: Vec<(f64, &Row)> = self
            .rows
            .iter()
            .filter_map(|row| Some((of(&row.growth)?, row)))
            .collect();
        all.sort_by(|(a, _), (b, _)| b.total_cmp(a));
        let Some((worst, row)) = all.first() else {
            println!("{what} does not grow");
            return;
        };
        let missed = all.iter().filter(|(exponent, _)| *exponent > BUDGET);
        let verdict = match missed.count() {
            0 => "kept".to_owned(),
            missed => format!("MISSED by {missed} of {}", all.len()),
        };
        println!(
            "worst exponent of {what}: {worst:.2} ({}, {}); budget {BUDGET}: {verdict}",
            row.shape, row.command
        );
    }
}

impl Row {
    fn head() -> String {
        format!(
            "{:<34} {:<36} {:>6} {:>8} {:>6} {:>8} {:>6}",
            "shape", "command", "n", "CPU s", "time", "MiB", "memory"
        )
    }

    fn line(&self) -> String {
        let last = self.growth.last();
        let mark = |exponent: Option<f64>| match exponent {
            None => "flat ".to_owned(),
            Some(exponent) if exponent > BUDGET => format!("{exponent:.2}!"),
            Some(exponent) => format!("{exponent:.2} "),
        };
        let line = format!(
            "{:<34} {:<36} {:>6} {:>8.3} {:>6} {:>8.1} {:>6}  {}",
            self.shape,
            self.command,
            last.n,
            last.cost.seconds,
            mark(self.growth.time()),
            last.cost.peak_kib as f64 / 1024.0,
            mark(self.growth.memory()),
            self.note
        );
        line.trim_end().to_owned()
    }
}
