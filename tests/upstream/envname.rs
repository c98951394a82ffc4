//! Names of variables: upstream's `IsEnvVarName` and `IsRelaxedEnvVarName` and
//! ours let the same ones pass.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;
use pod_model::names::{env_name, strict_env_name};
use random::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 30_000;

/// Characters of most names; the rest is any character.
const USUAL: &[char] = &[
    'A', 'z', '_', '-', '.', '0', '9', '.', '=', ' ', '\u{7f}', '/',
];

fn character(rng: &mut Rng) -> char {
    match rng.below(20) {
        0 => char::from_u32(u32::try_from(rng.below(0x2_0000)).unwrap()).unwrap_or('\u{fffd}'),
        1 | 2 => char::from(u8::try_from(rng.below(256)).unwrap()),
        3..6 => char::from(u8::try_from(32 + rng.below(95)).unwrap()),
        6..9 => rng.pick(USUAL),
        _ => rng.pick(&USUAL[..7]),
    }
}

of_each_minor!(every_name_is_judged_as_upstream_does_it);

fn every_name_is_judged_as_upstream_does_it(version: KubernetesVersion) {
    let mut rng = Rng::new(5);
    let mut names: Vec<String> = ["", ".", "..", "...", "..a", ".a", "a..", "1", "a\n", "\n"]
        .map(str::to_owned)
        .to_vec();
    // Each character of the first 256, alone, first and last.
    for byte in 0..=255_u8 {
        let c = char::from(byte);
        names.extend([c.to_string(), format!("{c}a"), format!("a{c}")]);
    }
    for _ in 0..RANDOM {
        let length = rng.below(7);
        names.push((0..length).map(|_| character(&mut rng)).collect());
    }
    let questions: Vec<Value> = names
        .iter()
        .map(|name| json!({"op": "envname", "input": name}))
        .collect();
    let answers = Oracle::of(version).ask_all(&questions);
    let mut passed = [0, 0];
    for (name, answer) in names.iter().zip(&answers) {
        let ours = [strict_env_name(name).is_none(), env_name(name).is_none()];
        let theirs = ["strict", "relaxed"].map(|rule| answer[rule].is_null());
        assert_eq!(ours, theirs, "{version}: {name:?}: {answer}");
        for (count, passes) in passed.iter_mut().zip(ours) {
            *count += usize::from(passes);
        }
    }
    println!(
        "{version}: {} names compared: all equal, {passed:?} of them taken",
        names.len()
    );
    // Both answers of both rules occur often.
    for count in passed {
        assert!(
            count > names.len() / 10 && count < names.len() * 9 / 10,
            "{count}"
        );
    }
}
