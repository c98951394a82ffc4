//! Situations of Pods and workloads on the real cluster, beside their records in tests/situations.
//!
//! Each situation is made again and has to come to the recorded shape, so that the records stay true, and
//! `explain-status` has to say of it what is right of the record.
//! `UPDATE_SITUATIONS` writes records instead: `1` all of those that an intact cluster can make, `faults` those
//! that break a cluster (this binary's own), and any other value is a list of names, separated by commas.

#![allow(clippy::print_stdout, reason = "a test says what it has compared")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/situations/mod.rs"]
mod situations;
#[path = "../support/mod.rs"]
mod support;

mod faults;
mod judge;
mod making;
mod record;
mod shape;
mod snapshot;

use std::time::Duration;

use making::{Made, Work, make};
use situations::Situation;
use support::cluster::own_cluster;

/// Situations that are made at the same time.
const AT_ONCE: usize = 20;
/// Time for one to come about; the machine may be busy.
const PATIENCE: Duration = Duration::from_mins(5);
/// The same for those that are only recorded.
const LONG_PATIENCE: Duration = Duration::from_mins(10);

#[test]
fn the_cluster_comes_to_the_recorded_states() {
    let all = Situation::all();
    let wrong = match std::env::var("UPDATE_SITUATIONS").as_deref() {
        Err(_) => check(&all),
        Ok("faults") => record_faults(&all, |_| true),
        Ok("1") => record(&all, |_| true),
        Ok(names) => {
            let is_named = |one: &Situation| names.split(',').any(|name| name == one.name);
            let breaks = |one: &Situation| is_named(one) && one.description.breaks_cluster;
            if all.iter().any(breaks) {
                record_faults(&all, is_named)
            } else {
                record(&all, is_named)
            }
        }
    };
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn check(all: &[Situation]) -> Vec<String> {
    let is_live = |one: &&Situation| one.description.record_only.is_none();
    let work = Work {
        situations: all.iter().filter(is_live).collect(),
        at_once: AT_ONCE,
        patience: PATIENCE,
        is_check: true,
    };
    let (mut count, mut again) = (0, 0);
    let wrong = make(&work, |made| {
        let judged = judge::judge(made);
        match judged {
            Ok(()) => count += 1,
            Err(_) => again += 1,
        }
        judged
    });
    println!("{count} situations are as recorded, and judged so; {again} were asked about again");
    wrong
}

fn record(all: &[Situation], is_wanted: impl Fn(&Situation) -> bool) -> Vec<String> {
    let is_wanted = |one: &&Situation| is_wanted(one) && !one.description.breaks_cluster;
    let work = Work {
        situations: all.iter().filter(is_wanted).collect(),
        at_once: AT_ONCE,
        patience: LONG_PATIENCE,
        is_check: false,
    };
    make(&work, |made| {
        write(made);
        Ok(())
    })
}

fn record_faults(all: &[Situation], is_wanted: impl Fn(&Situation) -> bool) -> Vec<String> {
    own_cluster();
    let healthy = faults::Healthy::read();
    let mut wrong = Vec::new();
    for one in all
        .iter()
        .filter(|one| one.description.breaks_cluster && is_wanted(one))
    {
        let work = Work {
            situations: vec![one],
            at_once: 1,
            patience: LONG_PATIENCE,
            is_check: false,
        };
        wrong.extend(make(&work, |made| {
            write(made);
            Ok(())
        }));
        faults::mend(&healthy);
    }
    wrong
}

fn write(made: &Made<'_>) {
    record::write(
        made.situation,
        made.objects.clone(),
        made.namespace,
        made.now,
    );
}
