//! Growth of time and memory with the input: `cargo bench --bench growth`.
//!
//! Every shape of input that can be large is run at n = 1,000, doubled up to
//! 64,000 (fewer where the shape has a natural bound), through every command and
//! output. The exponent of CPU time and of peak memory is that of a straight line
//! through the upper half of the sizes, both axes logarithmic, with what an empty
//! input costs taken away. Words behind `--` choose shapes:
//! `cargo bench --bench growth -- list`.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::format_collect,
    reason = "a benchmark prints figures for people, and ends where it cannot measure"
)]

#[path = "../../support/apiserver.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "a benchmark uses a part of the scripted server"
)]
mod apiserver;
mod cost;
mod fit;
mod live;
mod objects;
mod shapes;
mod table;

use std::path::Path;

use cost::{Cost, cost};
use fit::{Growth, Point};
use shapes::{SHAPES, Shape};
use table::Table;

/// The smallest and the largest number of things.
const SMALLEST: usize = 1_000;
const LARGEST: usize = 64_000;
/// A run that takes longer, in seconds of CPU, is the last of its shape: what
/// grows too fast would take hours.
const LONGEST: f64 = 4.0;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).collect();
    let asked: Vec<&str> = asked
        .iter()
        .map(String::as_str)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|word| name.contains(word));
    let program = Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    let dir = tempfile::tempdir().unwrap();
    let mut table = Table::default();
    for shape in SHAPES.iter().filter(|shape| is_asked(shape.name)) {
        for command in shape.commands {
            let growth = growth_of(program, shape, command, dir.path());
            table.add(shape, command.join(" "), growth);
        }
    }
    for shape in live::SHAPES.iter().filter(|shape| is_asked(shape.name)) {
        let growth = live::growth_of(program, shape);
        table.add_live(shape, growth);
    }
    table.print();
}

/// Runs a command over all sizes of a shape.
fn growth_of(program: &Path, shape: &Shape, command: &[&str], dir: &Path) -> Growth {
    let dir = dir.join(shape.name.replace(' ', "-"));
    let (empty, mut points) = (dir.join("0"), Vec::new());
    if !empty.exists() {
        shape.write(1, &empty);
    }
    // What ends with a flag takes the input behind it.
    let flags: &[&str] = match command.last() {
        Some(&"--env-file") => &[],
        _ => &["-R", "-f"],
    };
    let run = |input: &Path| {
        let input = shape.input(input);
        let args = [command, flags, &[input.as_str()]].concat();
        steady(|| cost(program, &args))
    };
    let start = run(&empty);
    for n in shape.sizes() {
        let input = dir.join(n.to_string());
        if !input.exists() {
            shape.write(n, &input);
        }
        let cost = run(&input);
        points.push(Point { n, cost });
        if cost.seconds > LONGEST {
            break;
        }
    }
    Growth { start, points }
}

/// Short runs are repeated, and the least counts: what is more was disturbed.
fn steady(mut run: impl FnMut() -> Cost) -> Cost {
    let mut least = run();
    let mut spent = least.seconds;
    let mut runs = 1;
    while spent < 0.15 && runs < 5 {
        let again = run();
        spent += again.seconds;
        runs += 1;
        least.seconds = least.seconds.min(again.seconds);
        least.peak_kib = least.peak_kib.min(again.peak_kib);
    }
    least
}
