//! The peak memory of a wait for one Job.

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
        let children =
            [Who::Ours, Who::Kubectl].map(|who| bench.wait(who, &[&target]).spawn().unwrap());
        rest(3);
        apply(&bench.namespace, &jobs("memory", at..at + 1, false));
        let [our, their] = children.map(|mut child| {
            // The peak is read as long as there is a process to ask.
            let mut peak = 0.0;
            while child.try_wait().unwrap().is_none() {
                if let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", child.id()))
                    && status.contains("VmHWM")
                {
                    peak = needs(&child).peak;
                }
                std::thread::yield_now();
            }
            peak
        });
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
