//! The table against what upstream's files say, for gates of each kind.

use super::gates::{ALL, MINORS};
use super::{Gate, Stage};
use crate::version::KubernetesVersion;

/// The gate in each version: its state, `-` where it is unknown, and `!` where
/// the feature is on.
fn told(gate: Gate) -> Vec<String> {
    let all = KubernetesVersion::ALL.into_iter();
    all.map(|version| {
        let state = gate.state(version);
        let state = state.map_or("-".to_owned(), |state| state.to_string());
        let mark = if gate.is_on(version) { "!" } else { "" };
        format!("{version}{mark} {state}")
    })
    .collect()
}

#[test]
fn the_table_is_about_every_known_version() {
    let known = KubernetesVersion::ALL.map(KubernetesVersion::minor);
    assert_eq!(MINORS, known, "run examples/generate-data");
    assert!(ALL.len() > 200, "{}", ALL.len());
    for gate in ALL {
        let versions = KubernetesVersion::ALL.into_iter();
        assert!(
            versions.filter(|own| gate.is_known(*own)).count() > 0,
            "{gate}"
        );
    }
}

#[test]
fn a_gate_becomes_beta_and_generally_available() {
    let said = told(Gate::ImageVolume);
    let expected = [
        "1.31 alpha, off by default",
        "1.32 alpha, off by default",
        "1.33 beta, off by default",
        "1.34 beta, off by default",
        "1.35! beta, on by default",
        "1.36! GA, always on",
        "1.37! GA, always on",
    ];
    assert_eq!(said, expected);
}

/// A removed gate cannot be set, and the feature stays on or off.
#[test]
fn a_removed_gate_stays_what_it_was() {
    let said = told(Gate::AppArmorFields);
    assert_eq!(said[0], "1.31! GA, always on");
    let version = KubernetesVersion::LATEST;
    assert!(Gate::AppArmorFields.is_on(version));
    assert!(!Gate::AppArmorFields.is_known(version));
    assert!(Gate::AppArmorFields.is_locked(version));
    assert_eq!(Gate::AppArmorFields.stage(version), None);
    // An alpha feature that was given up.
    let gate = Gate::DRAControlPlaneController;
    assert!(gate.is_known(KubernetesVersion::V1_31));
    assert!(!gate.is_known(KubernetesVersion::V1_32) && !gate.is_on(version));
}

#[test]
fn a_gate_that_is_not_there_yet_is_off() {
    let old = KubernetesVersion::V1_33;
    assert!(!Gate::EnvFiles.is_known(old) && !Gate::EnvFiles.is_on(old));
    assert_eq!(
        Gate::EnvFiles.stage(KubernetesVersion::V1_34),
        Some(Stage::Alpha)
    );
}

/// The constant is `CPUCFSQuotaPeriod`, and a cluster is told the other name.
#[test]
fn a_gate_has_the_name_that_servers_take() {
    assert_eq!(
        Gate::CustomCPUCFSQuotaPeriod.to_string(),
        "CustomCPUCFSQuotaPeriod"
    );
}
