//! Schedules at the edges: changes of clocks, leap years, both kinds of days.

use pod_model::KubernetesVersion;

use crate::oracle::of_each_minor;

of_each_minor!(schedules_at_the_edges_run_at_upstreams_times);

fn schedules_at_the_edges_run_at_upstreams_times(version: KubernetesVersion) {
    // A day before a change of the zone's clocks, and a time of each kind.
    let changes = [
        ("Europe/Berlin", 1_774_659_600),
        ("Europe/Berlin", 1_792_803_600),
        ("America/New_York", 1_772_866_800),
        ("America/New_York", 1_793_426_400),
        // Midnight does not come.
        ("America/Sao_Paulo", 1_541_214_000),
        ("America/Havana", 1_772_859_600),
        ("Asia/Beirut", 1_774_648_800),
        // Half an hour.
        ("Australia/Lord_Howe", 1_775_228_400),
        ("Australia/Lord_Howe", 1_790_870_400),
        ("America/Santiago", 1_775_271_600),
        ("UTC", 1_709_000_000),
        ("UTC", 4_080_000_000),
    ];
    let schedules = [
        "* * * * *",
        "*/20 * * * *",
        "30 2 * * *",
        "30 1 * * *",
        "0 0 * * *",
        "59 23 * * *",
        "0 0-3 * * *",
        "15 */2 * * *",
        "0 0 1 * *",
        "0 0 31 * *",
        "0 0 29 2 *",
        "0 0 30 2 *",
        "0 12 13 * 5",
        "0 12 */2 * 1",
        "0 12 1-7 * mon",
        "@daily",
        "@weekly",
        "@hourly",
        "@every 90m",
        "@yearly",
        "0 0 30 12 *",
        "30 0 * * sun",
    ];
    let mut cases = Vec::new();
    for (zone, time) in changes {
        for schedule in schedules {
            let times = (0..5).map(|n| time + n * 21_600 - 43_200).collect();
            cases.push((format!("TZ={zone} {schedule}"), "UTC", times));
        }
    }
    crate::compare(&cases, version).finish(&[]);
}
