//! The least patch to a Pod Security level: it mends what it claims to mend, none of its edits is
//! spare, it can be written as a strategic merge patch, and in the text of a manifest it changes
//! the lines that it must and no other.
//!
//! `POD_TOOLS_LEVEL_PATCH_CASES` is another number of manifests.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test ends where something is not as it should be"
)]

mod hostile;
mod manifests;
#[path = "../upstream/pod_security/random.rs"]
mod pods;
#[path = "../support/random/mod.rs"]
mod random;
mod text;

use k8s_openapi::api::core::v1::Pod;
use pod_model::KubernetesVersion;
use pod_model::edit::{Edit, apply};
use pod_model::pod_security::patch::LevelPatch;
use pod_model::pod_security::{Level, LevelVersion, PolicyVersion, Violation, evaluate};
use pod_model::security::ImageUser;
use pod_model::{strategic_merge, strategic_merge_patch};
use random::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 4_000;
const LEVELS: [Level; 2] = [Level::Baseline, Level::Restricted];
const SERVER: KubernetesVersion = KubernetesVersion::LATEST;

fn at(rng: &mut Rng) -> LevelVersion {
    let minor = rng.pick(&[0, 8, 18, 19, 22, 25, 29, 34, 35, 37]);
    LevelVersion {
        level: rng.pick(&LEVELS),
        version: if rng.percent(50) {
            PolicyVersion::LATEST
        } else {
            PolicyVersion::minor(minor)
        },
    }
}

/// The Pod's fields that a patch is asked of.
fn typed(pod: &Value) -> Pod {
    serde_json::from_value(pod.clone()).unwrap()
}

fn violations(at: LevelVersion, pod: &Pod) -> Vec<Violation> {
    let spec = pod.spec.as_ref().unwrap();
    let evaluation = evaluate(at, SERVER, &pod.metadata, spec);
    evaluation.violations().cloned().collect()
}

fn patch(at: LevelVersion, pod: &Pod) -> LevelPatch {
    let spec = pod.spec.as_ref().unwrap();
    LevelPatch::of(at, SERVER, &pod.metadata, spec, &|_| ImageUser::Unknown)
}

fn after(pod: &Pod, edits: &[Edit]) -> Pod {
    let mut object = json!(pod);
    apply(edits, &mut object).unwrap();
    typed(&object)
}

/// Places, without the words about them.
fn places(violations: &[Violation]) -> Vec<(&str, String)> {
    let one = |own: &Violation| (own.check, own.path.to_string());
    let mut all: Vec<_> = violations.iter().map(one).collect();
    all.sort();
    all
}

#[test]
fn a_patch_mends_what_it_claims_and_has_no_spare_edit() {
    let mut rng = Rng::new(0xf1c5);
    let (mut edits, mut safe, mut reached, mut left) = (0, 0, 0, 0);
    for _ in 0..RANDOM {
        let pod = typed(&pods::pod(&mut rng));
        let at = at(&mut rng);
        let patch = patch(at, &pod);
        let shown = || format!("{at} {}\n{patch:#?}", json!(pod));
        let chosen = patch.chosen(true);
        let mended = violations(at, &after(&pod, &chosen));
        assert_eq!(places(&mended), places(&patch.left), "{}", shown());
        assert_eq!(patch.reaches_level(true), mended.is_empty());
        for spare in 0..chosen.len() {
            let mut others = chosen.clone();
            others.remove(spare);
            let found = violations(at, &after(&pod, &others));
            assert!(found.len() > mended.len(), "{spare}: {}", shown());
        }
        // The safe ones alone leave what the others mend.
        let mended = violations(at, &after(&pod, &patch.chosen(false)));
        assert_eq!(patch.reaches_level(false), mended.is_empty(), "{}", shown());
        edits += chosen.len();
        safe += patch.chosen(false).len();
        reached += usize::from(patch.reaches_level(true) && !patch.is_empty());
        left += usize::from(!patch.left.is_empty());
    }
    assert!(
        reached > RANDOM / 3 && safe > RANDOM / 8,
        "{reached} {safe}"
    );
    println!(
        "{RANDOM} Pods: {edits} edits, {safe} of them safe; {reached} patches reach the level, {left} cannot"
    );
}

#[test]
fn the_strategic_merge_patch_makes_the_same_edits() {
    let mut rng = Rng::new(0x5a7);
    for _ in 0..RANDOM {
        let pod = typed(&pods::pod(&mut rng));
        let at = at(&mut rng);
        let edits = patch(at, &pod).chosen(true);
        let object = json!(pod);
        let merge = strategic_merge_patch(&edits, &object).unwrap();
        let (mut merged, mut edited) = (object.clone(), object);
        strategic_merge(&mut merged, &merge).unwrap();
        apply(&edits, &mut edited).unwrap();
        assert_eq!(merged, edited, "{merge}");
    }
}
