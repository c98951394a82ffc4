//! Random Pods.

use std::collections::BTreeMap;

use k8s_openapi::jiff::Timestamp;
use pod_model::Verdict;

use crate::events::events;
use crate::known::Known;
use crate::random::Rng;
use crate::{CASES, NOW, assert_sound};

#[test]
fn the_verdict_is_never_the_opposite_of_the_status() {
    let mut rng = Rng::new(0xd1a6);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut causes: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..CASES {
        let known = Known::any(&mut rng);
        let diagnosis = known.diagnose();
        assert_sound(&diagnosis, &known.object);
        let verdict = diagnosis.verdict;
        let context = || format!("{diagnosis:?}: {} {:?}", known.object, known.events);
        if known.waits_with_an_error() {
            assert_ne!(verdict, Verdict::Ok, "{}", context());
            *seen.entry(format!("error {verdict:?}")).or_default() += 1;
        }
        if verdict == Verdict::Ok && known.phase() == "Running" && !known.is_deleted() {
            assert!(known.is_ready(), "{}", context());
        }
        // A Pod that has succeeded and cannot go, since a finalizer or a lost node keeps it, is the exception.
        if known.phase() == "Succeeded" && !known.is_deleted() {
            assert_ne!(verdict, Verdict::No, "{}", context());
        }
        if known.phase() == "Failed" && !known.is_deleted() {
            assert_eq!(verdict, Verdict::No, "{}", context());
        }
        *seen
            .entry(format!("{} {verdict:?}", known.phase()))
            .or_default() += 1;
        for cause in &diagnosis.causes {
            *causes.entry(cause.row.id).or_default() += 1;
        }
    }
    println!("{seen:?}\n{causes:?}");
    for often in [
        "error No",
        "Running Ok",
        "Running No",
        "Succeeded Ok",
        "Pending No",
    ] {
        assert!(
            seen.get(often).is_some_and(|count| *count > 50),
            "{often}: {seen:?}"
        );
    }
    assert!(causes.len() > 30, "{causes:?}");
}

#[test]
fn the_order_of_events_does_not_matter() {
    let mut rng = Rng::new(0x0a7d);
    for _ in 0..CASES / 4 {
        let mut known = Known::any(&mut rng);
        // Of two that came at the same time, none is the last.
        for (back, event) in known.events.iter_mut().enumerate() {
            let back = i64::try_from(back).unwrap();
            event.last = Timestamp::from_second(NOW - 60 - back).ok();
            event.first = event.last;
        }
        let first = known.diagnose();
        known.events.reverse();
        assert_eq!(
            first,
            known.diagnose(),
            "{} {:?}",
            known.object,
            known.events
        );
    }
}

#[test]
fn events_of_strangers_do_not_turn_the_verdict() {
    let mut rng = Rng::new(0xe711);
    for _ in 0..CASES / 2 {
        let mut known = Known::any(&mut rng);
        known.has_events = true;
        let without = known.diagnose();
        let mut strange = events(&mut rng);
        for event in &mut strange {
            "evil".clone_into(&mut event.reporter);
        }
        known.events.extend(strange);
        let with = known.diagnose();
        let opposite = [without.verdict, with.verdict];
        assert!(
            opposite != [Verdict::Ok, Verdict::No] && opposite != [Verdict::No, Verdict::Ok],
            "{without:?} became {with:?}: {} {:?}",
            known.object,
            known.events
        );
    }
}
