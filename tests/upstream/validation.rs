//! Validation: of the same manifest, upstream's registry and ours find errors
//! of the same classes at the same fields.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

#[path = "validation/bases.rs"]
mod bases;
#[path = "validation/compare.rs"]
mod compare;
#[path = "validation/known.rs"]
mod known;
#[path = "validation/mutate.rs"]
mod mutate;

use agreement::Excuses;
use compare::{APP_ARMOR, Comparison, NOT_DECODED, NOT_TYPED, PANICKED, SELECTOR};
use mutate::Mutator;
use oracle::of_each_minor;
use pod_model::KubernetesVersion;
use random::Rng;

/// Objects that are valid or nearly so, with what people rarely write.
const RANDOM: usize = 1_500;
/// Objects that had a few of their values broken.
const BROKEN: usize = 8_000;
/// Objects that are made together; it bounds the memory.
const BATCH: usize = 500;
/// Fields with a class of errors, without indices, that must come up.
const KINDS: usize = 1_300;

of_each_minor!(a_sound_object_has_no_errors);

fn a_sound_object_has_no_errors(version: KubernetesVersion) {
    let mut comparison = Comparison::new(version);
    for base in bases::all() {
        let errors = comparison
            .ask(std::slice::from_ref(&base))
            .remove(0)
            .unwrap();
        // Before, fields that are dropped leave something incomplete.
        assert!(
            errors.is_empty() || version < KubernetesVersion::V1_35,
            "{base}: {errors:?}"
        );
    }
    comparison.finish(&[]);
}

of_each_minor!(each_known_mistake_is_found_as_upstream_finds_it);

fn each_known_mistake_is_found_as_upstream_finds_it(version: KubernetesVersion) {
    let mut comparison = Comparison::new(version);
    let rows = known::rows();
    let objects: Vec<_> = rows.iter().map(|row| row.object.clone()).collect();
    for (row, errors) in rows.iter().zip(comparison.ask(&objects)) {
        let errors = errors.unwrap_or_else(|| panic!("{}: cannot be decoded", row.name));
        // Before 1.35, some rows are of fields that the server drops.
        if version < KubernetesVersion::V1_35 {
            continue;
        }
        assert_eq!(
            !errors.is_empty(),
            row.is_mistake_in(version),
            "{version}: {}: upstream finds {errors:?}",
            row.name
        );
    }
    println!("{} known mistakes", rows.len());
    comparison.finish(&[]);
}

of_each_minor!(errors_of_random_objects_are_upstream_s);

fn errors_of_random_objects_are_upstream_s(version: KubernetesVersion) {
    let mut rng = Rng::new(0x0bad_f00d);
    let mut comparison = Comparison::new(version);
    let random: Vec<_> = (0..RANDOM)
        .map(|number| match number % 5 {
            0..=2 => random::pod(&mut rng),
            3 => random::job(&mut rng),
            _ => random::cron_job(&mut rng),
        })
        .collect();
    comparison.ask(&random);

    let mut sources = bases::all();
    // What is wrong for its size only takes time.
    // Rows of CronJobs would give other objects no field that they lack.
    let known = known::rows().into_iter().map(|row| row.object);
    let known = known.filter(|object| object["kind"] != "CronJob");
    sources.extend(known.filter(|object| object.to_string().len() < 20_000));
    sources.extend(random.into_iter().take(300));
    let mutator = Mutator::new(&sources);
    let mut broken = 0;
    while broken < BROKEN {
        let batch: Vec<_> = (0..BATCH)
            .map(|_| mutator.broken(&sources, &mut rng))
            .collect();
        comparison.ask(&batch);
        broken += BATCH;
    }
    // Fewer would mean that the objects are not broken in every way any more.
    assert!(comparison.kinds() >= KINDS, "{}", comparison.kinds());
    comparison.finish(excuses(version));
}

/// The types of each version refuse other objects, and its validation panics on others.
fn excuses(version: KubernetesVersion) -> &'static Excuses {
    match version {
        KubernetesVersion::V1_33 => &[
            (NOT_DECODED, 175),
            (NOT_TYPED, 12),
            (PANICKED, 1),
            (SELECTOR, 15),
            (APP_ARMOR, 10),
        ],
        KubernetesVersion::V1_37 => &[(NOT_DECODED, 187), (PANICKED, 7), (SELECTOR, 15)],
        _ => &[(NOT_DECODED, 187), (PANICKED, 1), (SELECTOR, 15)],
    }
}
