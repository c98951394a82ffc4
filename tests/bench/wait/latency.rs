//! From a Job's end in the API to the exit of the program that waits for it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::thread::JoinHandle;
use std::time::Instant;

use crate::process::{Who, rest};
use crate::support::cluster::cluster;
use crate::support::waiting::apply;
use crate::{Bench, jobs, median, verdict};

const RUNS: usize = 20;

pub(crate) fn run(bench: &Bench) {
    println!("\nfrom a Job's end in the API to our exit, {RUNS} Jobs");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for at in 0..RUNS {
        let (our, their) = one(bench, at);
        ours.push(our);
        theirs.push(their);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("  pod-wait      {:>8.1} ms", ours * 1e3);
    println!("  kubectl wait  {:>8.1} ms", theirs * 1e3);
    println!(
        "  {:.1} ms earlier (budget: not later: {})",
        (theirs - ours) * 1e3,
        verdict(ours <= theirs)
    );
}

/// Seconds of ours and of theirs. Who starts first changes.
fn one(bench: &Bench, at: usize) -> (f64, f64) {
    let label = "latency";
    let name = format!("{label}-{at}");
    apply(&bench.namespace, &jobs(label, at..at + 1, true));
    let mut order = [Who::Ours, Who::Kubectl];
    if at % 2 == 1 {
        order.reverse();
    }
    let target = format!("job/{name}");
    let exits = order.map(|who| exit(bench.wait(who, &[&target]).spawn().unwrap()));
    let seen = seen(bench, &name);
    rest(2);
    apply(&bench.namespace, &jobs(label, at..at + 1, false));
    let seen = seen.join().unwrap();
    let mut after: Vec<f64> = exits
        .into_iter()
        .map(|exit| {
            let exit = exit.join().unwrap();
            // Who is quicker than the witness was there at once.
            exit.saturating_duration_since(seen).as_secs_f64()
                - seen.saturating_duration_since(exit).as_secs_f64()
        })
        .collect();
    if at % 2 == 1 {
        after.reverse();
    }
    (after[0], after[1])
}

/// Returns the time at which a process ends with success.
fn exit(mut child: Child) -> JoinHandle<Instant> {
    std::thread::spawn(move || {
        let status = child.wait().unwrap();
        let at = Instant::now();
        assert!(status.success(), "{status}");
        at
    })
}

/// Returns the time at which a watch of a third program reports the end.
fn seen(bench: &Bench, name: &str) -> JoinHandle<Instant> {
    let args = [
        "get",
        "job",
        name,
        "--watch",
        "-n",
        bench.namespace.name(),
        "-o",
        "jsonpath={.status.conditions[*].type}{\"\\n\"}",
    ];
    let mut watch = cluster().command(&bench.kubectl, args);
    let mut watch = watch.stdout(Stdio::piped()).spawn().unwrap();
    std::thread::spawn(move || {
        let lines = BufReader::new(watch.stdout.take().unwrap()).lines();
        let complete = |line: &std::io::Result<String>| {
            line.as_ref().is_ok_and(|line| line.contains("Complete"))
        };
        let seen = lines.into_iter().find(complete).map(|_| Instant::now());
        // It may have ended by itself, badly.
        drop(watch.kill());
        watch.wait().unwrap();
        seen.unwrap()
    })
}
