//! Parts of the cluster are gone for a while.

use std::process::Command;
use std::time::Duration;

use crate::concurrent::{both, does_not_spin};
use crate::place;
use crate::requests::{OURS, asked};
use crate::support::cluster::cluster;
use crate::support::namespace::Namespace;
use crate::support::waiting::{NEVER, apply, job, wait};

/// Longer than the Jobs run: they end while the part is gone.
const OUTAGE: Duration = Duration::from_secs(10);

/// Mends what was broken, even when the test fails in between.
struct Broken<F: Fn()>(F);

impl<F: Fn()> Drop for Broken<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Jobs end while something is broken; the wait must tell how, once it is mended.
fn outage(namespace: &Namespace, break_it: impl Fn(), mend: impl Fn(), noticed: bool) {
    let jobs = [
        job("good", "backoffLimit: 0", NEVER, "sleep 6"),
        job("bad", "backoffLimit: 0", NEVER, "sleep 6; exit 3"),
    ];
    apply(namespace, &jobs.concat());
    let begun = ["good", "bad"].map(|name| both(namespace, name, &[]));
    namespace.until("the Pods to run", || {
        let phases = ["get", "pods", "-o", "jsonpath={.items[*].status.phase}"];
        let phases = namespace.kubectl(&phases);
        let mut phases = phases.split(' ');
        (phases.clone().count() > 1 && phases.all(|phase| phase == "Running")).then_some(())
    });
    let broken = Broken(mend);
    break_it();
    std::thread::sleep(OUTAGE.saturating_sub(Duration::from_secs(3)));
    does_not_spin(&begun[0].ours, "while it is broken");
    let [mut good, mut bad] = begun;
    assert!(good.ours.runs(), "{:?}", good.ours.ended());
    assert!(bad.ours.runs(), "{:?}", bad.ours.ended());
    drop(broken);
    let (good, bad) = (good.ended().ours, bad.ended().ours);
    good.is("good", 0, &["job/good is done: CompletionsReached"]);
    bad.is(
        "bad",
        1,
        &[
            "job/bad failed: BackoffLimitExceeded: ",
            "container main exited 3",
        ],
    );
    if noticed {
        for said in ["trying again", "connection to the server restored"] {
            assert!(good.stderr.contains(said), "{good:?}");
        }
    }
    for name in ["good", "bad"] {
        let url = format!("metadata.name%3D{name}");
        let (lists, watches) = asked(namespace, OURS, "jobs", &url);
        println!(
            "{} {name}: {lists} lists, {watches} watches",
            namespace.name()
        );
        // With back-off; one that spins comes to hundreds.
        assert!(
            (1..=8).contains(&lists) && (1..=12).contains(&watches),
            "{lists} {watches}"
        );
    }
}

#[test]
fn a_wait_outlives_the_api_server() {
    let namespace = place("outage-apiserver");
    let cluster = cluster();
    outage(
        &namespace,
        || cluster.stop("apiserver"),
        || cluster.start("apiserver"),
        true,
    );
}

#[test]
fn a_wait_outlives_etcd() {
    let namespace = place("outage-etcd");
    let cluster = cluster();
    outage(
        &namespace,
        || cluster.stop("etcd"),
        || cluster.start("etcd"),
        false,
    );
}

#[test]
fn a_wait_outlives_an_etcd_that_is_silent() {
    let namespace = place("silent-etcd");
    let pid = std::fs::read_to_string(cluster().state().join("pids/etcd")).unwrap();
    let signal = |name: &str| {
        let kill = format!("kill -{name} {pid}");
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    };
    outage(&namespace, || signal("STOP"), || signal("CONT"), false);
}

#[test]
fn a_wait_outlives_an_api_server_that_is_silent() {
    let namespace = place("silent-apiserver");
    let pid = std::fs::read_to_string(cluster().state().join("pids/apiserver")).unwrap();
    let signal = |name: &str| {
        let kill = format!("kill -{name} {pid}");
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    };
    outage(&namespace, || signal("STOP"), || signal("CONT"), false);
}

/// Nobody knows that the containers have ended while their kubelet is gone:
/// that is no end, and the time-out still is one.
#[test]
fn a_wait_outlives_the_kubelet() {
    let namespace = place("outage-kubelet");
    let cluster = cluster();
    apply(
        &namespace,
        &job("late", "backoffLimit: 0", NEVER, "sleep 600"),
    );
    outage(
        &namespace,
        || {
            cluster.stop("kubelet");
            let limited = wait(&namespace, &["job/late", "--timeout", "2s"]);
            limited.is(
                "late",
                124,
                &["job/late: timed out: Running: 0 of 1 succeeded, 1 active"],
            );
        },
        || cluster.start("kubelet"),
        false,
    );
}
