//! The object is gone before the wait has ended.

use std::time::Duration;

use crate::concurrent::both;
use crate::place;
use crate::support::cluster::cluster;
use crate::support::namespace::Namespace;
use crate::support::waiting::{NEVER, apply, job};

const TTL: &str = "backoffLimit: 0\n  ttlSecondsAfterFinished: 0";

/// Time for all waits to see their Jobs.
fn a_moment() {
    std::thread::sleep(Duration::from_secs(3));
}

fn delete(namespace: &Namespace, name: &str) {
    namespace.kubectl(&["delete", "job", name, "--cascade=foreground"]);
}

#[test]
fn a_job_that_is_deleted_is_exit_code_4_and_another_of_its_name_is_not_it() {
    let namespace = place("deleted");
    let running = |name: &str| job(name, "backoffLimit: 0", NEVER, "sleep 600");
    let all = ["deleted", "again", "followed"].map(running);
    apply(&namespace, &all.concat());
    let deleted = both(&namespace, "deleted", &[]);
    let again = both(&namespace, "again", &[]);
    let followed = both(&namespace, "followed", &["--follow-recreate"]);
    a_moment();
    for name in ["deleted", "again", "followed"] {
        delete(&namespace, name);
    }
    let done = |name: &str| job(name, "backoffLimit: 0", NEVER, "true");
    apply(&namespace, &["again", "followed"].map(done).concat());
    let both = deleted.ended();
    both.ours
        .is("deleted", 4, &["job/deleted was deleted while waiting"]);
    assert_ne!(both.theirs.code, Some(0), "{:?}", both.theirs);
    again
        .ended()
        .ours
        .is("again", 4, &["job/again was deleted while waiting"]);
    followed
        .ended()
        .ours
        .is("followed", 0, &["job/followed is done: CompletionsReached"]);
}

#[test]
fn a_job_that_its_ttl_removes_is_judged_by_its_end() {
    let namespace = place("ttl");
    let jobs = [
        job("good", TTL, NEVER, "sleep 4"),
        job("bad", TTL, NEVER, "sleep 4; exit 3"),
    ];
    apply(&namespace, &jobs.concat());
    let [good, bad] = ["good", "bad"].map(|name| both(&namespace, name, &[]));
    let good = good.ended();
    good.ours
        .is("good", 0, &["job/good is done: CompletionsReached"]);
    let bad = bad.ended();
    bad.ours.is(
        "bad",
        1,
        &["job/bad failed: BackoffLimitExceeded", "exited 3"],
    );
    assert_ne!(bad.theirs.code, Some(0), "{:?}", bad.theirs);
}

/// Between two looks of a wait that polls: of the Job itself nothing is left
/// but its events.
#[test]
fn a_job_that_ended_and_vanished_unseen_is_judged_by_what_is_left_of_it() {
    let namespace = place("unseen");
    let jobs = [
        job("good", TTL, NEVER, "sleep 4"),
        job("bad", TTL, NEVER, "sleep 4; exit 3"),
    ];
    apply(&namespace, &jobs.concat());
    let poll = ["--poll", "20s"];
    let [good, bad] = ["good", "bad"].map(|name| both(&namespace, name, &poll));
    let good = good.ended();
    let removed = "job/good is done: Completed: it was deleted after it had completed";
    good.ours.is("good", 0, &[removed]);
    let bad = bad.ended();
    bad.ours
        .is("bad", 1, &["job/bad failed: BackoffLimitExceeded"]);
}

/// A closed laptop: the end and the removal happen while the
/// programs are stopped, and their connections are dead when they go on.
#[test]
fn a_wait_that_slept_through_the_end_still_finds_it() {
    let namespace = place("asleep");
    let jobs = [
        job("good", TTL, NEVER, "sleep 5"),
        job("bad", TTL, NEVER, "sleep 5; exit 3"),
    ];
    apply(&namespace, &jobs.concat());
    let begun = ["good", "bad"].map(|name| both(&namespace, name, &[]));
    a_moment();
    let signal = |name: &str| {
        for both in &begun {
            both.ours.signal(name);
            both.theirs.signal(name);
        }
    };
    signal("STOP");
    namespace.until("the Jobs to be gone", || {
        (namespace.kubectl(&["get", "jobs", "-o", "name"]).is_empty()).then_some(())
    });
    cluster().stop("apiserver");
    cluster().start("apiserver");
    signal("CONT");
    let [good, bad] = begun.map(crate::concurrent::Concurrent::ended);
    good.ours.is("good", 0, &["job/good is done: "]);
    bad.ours
        .is("bad", 1, &["job/bad failed: BackoffLimitExceeded"]);
    assert_ne!(bad.theirs.code, Some(0), "{:?}", bad.theirs);
}
