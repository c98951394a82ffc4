//! Thousands of Jobs behind one selector, of which nothing happens.

use crate::process::{Needs, Who, end, needs, rest};
use crate::support::waiting::apply;
use crate::{Bench, jobs, verdict};

const FEW: usize = 1_000;
const MANY: usize = 5_000;
/// Seconds.
const IDLE: u64 = 30;

/// After the lists have come, and after some time.
struct Rest {
    before: Needs,
    after: Needs,
}

pub(crate) fn run(bench: &Bench) {
    create(bench, 0..FEW);
    settled(bench, FEW);
    let few = [Who::Ours, Who::Kubectl].map(|who| at_rest(bench, who, 1));
    create(bench, FEW..MANY);
    settled(bench, MANY);
    let many = [Who::Ours, Who::Kubectl].map(|who| at_rest(bench, who, IDLE));
    println!("\n{MANY} Jobs behind a selector, {IDLE} s in which nothing happens");
    for (who, few, many) in [
        ("pod-wait", &few[0], &many[0]),
        ("kubectl wait", &few[1], &many[1]),
    ] {
        println!(
            "  {who:<13} {:>8.0} KiB at most, {:>5.2} KiB more for each Job, {:.2} % of a core",
            many.after.peak,
            for_each(few, many),
            cpu(many)
        );
    }
    let [ours, theirs] = &many;
    println!(
        "  {:.1} times less memory (budget 4 times: {}); CPU under 5 %: {}",
        theirs.after.peak / ours.after.peak,
        verdict(ours.after.peak * 4.0 <= theirs.after.peak),
        verdict(cpu(ours) < 5.0)
    );
}

#[expect(clippy::cast_precision_loss, reason = "small numbers for people")]
fn for_each(few: &Rest, many: &Rest) -> f64 {
    (many.after.resident - few.after.resident) / (MANY - FEW) as f64
}

#[expect(clippy::cast_precision_loss, reason = "small numbers for people")]
fn cpu(rest: &Rest) -> f64 {
    (rest.after.cpu - rest.before.cpu) / IDLE as f64 * 100.0
}

fn at_rest(bench: &Bench, who: Who, seconds: u64) -> Rest {
    let child = bench
        .wait(who, &["jobs", "-l", "bench=many"])
        .spawn()
        .unwrap();
    rest(10);
    let before = needs(&child).unwrap();
    rest(seconds);
    let after = needs(&child).unwrap();
    end(child);
    Rest { before, after }
}

/// Until the Job controller has said of all that they are suspended.
fn settled(bench: &Bench, count: usize) {
    bench.namespace.until("all Jobs to be suspended", || {
        let path = "-o=jsonpath={.items[*].status.conditions[0].type}";
        let jobs = ["get", "jobs", "-l", "bench=many", path];
        let said = bench.namespace.kubectl(&jobs);
        (said.split_whitespace().count() >= count).then_some(())
    });
}

/// kubectl sends so many requests a second and not more: four of them do it.
fn create(bench: &Bench, of: std::ops::Range<usize>) {
    let part = of.len() / 4;
    std::thread::scope(|scope| {
        for quarter in 0..4 {
            let from = of.start + quarter * part;
            scope.spawn(move || apply(&bench.namespace, &jobs("many", from..from + part, true)));
        }
    });
}
