//! The peak memory of a wait for one Job.

use std::process::Child;
use std::thread::JoinHandle;
use std::time::Duration;

use crate::process::{Who, needs, rest};
use crate::support::waiting::apply;
use crate::{Bench, jobs, median, verdict};

const RUNS: usize = 5;

pub(crate) fn run(bench: &Bench) {
    println!("\npeak memory of a wait for one Job, {RUNS} runs");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for at in 0..RUNS {
        apply(&bench.namespace, &jobs("memory", at..at + 1, true));
        let target = format!("job/memory-{at}");
        let peaks =
            [Who::Ours, Who::Kubectl].map(|who| peak(bench.wait(who, &[&target]).spawn().unwrap()));
        rest(3);
        apply(&bench.namespace, &jobs("memory", at..at + 1, false));
        let [our, their] = peaks.map(|peak| peak.join().unwrap());
        ours.push(our);
        theirs.push(their);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!("  pod-wait      {ours:>8.0} KiB");
    println!("  kubectl wait  {theirs:>8.0} KiB");
    println!(
        "  {:.1} times less (budget 4 times: {})",
        theirs / ours,
        verdict(ours * 4.0 <= theirs)
    );
}

/// The peak, read until the end: then there is nothing to read any more.
fn peak(mut child: Child) -> JoinHandle<f64> {
    std::thread::spawn(move || {
        let mut peak = 0.0;
        while child.try_wait().unwrap().is_none() {
            peak = needs(&child).map_or(peak, |needs| needs.peak);
            std::thread::sleep(Duration::from_millis(2));
        }
        assert!(peak > 0.0, "it ended before it could be measured");
        peak
    })
}
