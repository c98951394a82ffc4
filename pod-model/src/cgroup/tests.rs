use super::*;
use crate::version::KubernetesVersion as V;

#[test]
fn a_runtime_has_the_way_to_a_weight_of_its_version() {
    for (text, weight) in [
        ("runc-1.2", CpuWeight::Linear),
        ("runc-1.3.1", CpuWeight::Linear),
        ("runc-1.3.2", CpuWeight::Quadratic),
        ("runc-1.3.10", CpuWeight::Quadratic),
        ("runc-1.4.0-rc.1", CpuWeight::Quadratic),
        ("runc-2.0", CpuWeight::Quadratic),
        ("crun-1.22", CpuWeight::Linear),
        ("crun-1.23", CpuWeight::Quadratic),
        ("crun-1.23.1", CpuWeight::Quadratic),
    ] {
        let runtime: Runtime = text.parse().unwrap();
        assert_eq!(runtime.cpu_weight(), weight, "{text}");
    }
    for text in [
        "",
        "runc",
        "runc-",
        "runc-1",
        "runc-1.x",
        "runc-1.2.3.4",
        "youki-0.5",
        "1.2",
    ] {
        let error = text.parse::<Runtime>().unwrap_err().to_string();
        assert!(error.contains("runc-1.3.2"), "{error}");
    }
    assert_eq!(
        "runc-1.3.2".parse::<Runtime>().unwrap().to_string(),
        "runc 1.3.2"
    );
    assert_eq!(
        "crun-1.23".parse::<Runtime>().unwrap().to_string(),
        "crun 1.23"
    );
}

#[test]
fn shares_become_a_weight() {
    for (shares, linear, quadratic) in [
        (0, 1, 1),
        (2, 1, 1),
        (102, 4, 17),
        (512, 20, 59),
        (1024, 39, 100),
        (4096, 157, 303),
        (262_144, 10_000, 10_000),
        (i64::MAX, 10_000, 10_000),
    ] {
        assert_eq!(CpuWeight::Linear.of_shares(shares), linear, "{shares}");
        assert_eq!(
            CpuWeight::Quadratic.of_shares(shares),
            quadratic,
            "{shares}"
        );
    }
}

/// The weights of two Linux machines could differ if one were this near to a whole number.
#[test]
fn no_weight_depends_on_the_last_digit_of_a_number() {
    for shares in (3_i32..262_144).filter(|shares| *shares != 1024) {
        let log = f64::from(shares).log2();
        let weight = 10_f64.powf((log * log + 125.0 * log) / 612.0 - 7.0 / 34.0);
        assert!((weight - weight.round()).abs() > 1e-9, "{shares}: {weight}");
    }
}

#[test]
fn busy_threads_wait_for_the_rest_of_the_period() {
    for (quota, threads, runs, waits) in [
        (100_000, 2, 50_000, 50_000),
        (100_000, 1, 100_000, 0),
        (50_000, 8, 6_250, 93_750),
        (200_000, 1, 100_000, 0),
        (1_000, 4, 250, 99_750),
        (50_000, 0, 100_000, 0),
    ] {
        let found = throttling(quota, 100_000, threads, None);
        assert_eq!(
            (found.runs, found.waits),
            (runs, waits),
            "{quota} of {threads}"
        );
    }
}

#[test]
fn no_more_threads_run_at_a_time_than_there_are_cpus() {
    for (quota, threads, cpus, runs) in [
        (100_000, 8, 2, 50_000),
        (100_000, 2, 8, 50_000),
        (50_000, 8, 1, 50_000),
        (200_000, 3, 2, 100_000),
        (50_000, 3, 0, 50_000),
    ] {
        let found = throttling(quota, 100_000, threads, Some(cpus));
        assert_eq!(found.runs, runs, "{quota} of {threads} on {cpus}");
    }
}

#[test]
fn the_kernel_holds_memory_in_whole_pages() {
    assert_eq!(whole_pages(100_000_000, 4096), Some(99_999_744));
    assert_eq!(whole_pages(1 << 30, 4096), Some(1 << 30));
    assert_eq!(whole_pages(4095, 4096), Some(0));
    assert_eq!(whole_pages(i64::MAX, 4096), None);
}

#[test]
fn a_node_has_the_defaults_of_its_version() {
    let of = |version| NodeSettings::of(version);
    assert!(of(V::V1_37).memory_qos && !of(V::V1_36).memory_qos);
    // The gate is on from 1.37 on, and without a factor it sets no `memory.high`.
    assert_eq!(of(V::V1_37).throttling_factor, None);
    assert!(starts_on_v1(V::V1_34) && !starts_on_v1(V::V1_35));
}
