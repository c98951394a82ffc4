//! Random schedules and CronJobs.

use serde_json::{Value, json};

use crate::rng::Rng;

/// Zones with changes of all kinds: at midnight, of half an hour, of southern summers, none.
pub(crate) const ZONES: [&str; 16] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/Havana",
    "Asia/Beirut",
    "Africa/Casablanca",
    "Europe/Dublin",
    "Asia/Kathmandu",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Gaza",
    "Etc/GMT+12",
];

pub(crate) fn at(seconds: i64) -> String {
    k8s_openapi::jiff::Timestamp::from_second(seconds)
        .unwrap()
        .to_string()
}

/// A text that is a schedule in most cases.
pub(crate) fn schedule(rng: &mut Rng) -> String {
    let zone = match rng.below(20) {
        0..4 => format!("{}={} ", rng.pick(&["TZ", "CRON_TZ"]), rng.pick(&ZONES)),
        4 => rng
            .pick(&[
                "TZ=Mars/Base ",
                "TZ= ",
                "TZ=UTC",
                "tz=UTC ",
                "TZ=Local ",
                "TZ=europe/berlin ",
                "CRON_TZ=UTC  ",
            ])
            .to_owned(),
        _ => String::new(),
    };
    zone + &times(rng)
}

/// A schedule without a time zone.
pub(crate) fn times(rng: &mut Rng) -> String {
    if rng.percent(12) {
        return rng
            .pick(&[
                "@hourly",
                "@daily",
                "@midnight",
                "@weekly",
                "@monthly",
                "@yearly",
                "@annually",
                "@every 90s",
                "@every 1h30m",
                "@every 1.5s",
                "@every 300ms",
                "@every 25h",
                "@every -5m",
                "@every 0",
                "@every",
                "@every x",
                "@every 1h x",
                "@reboot",
                "@Hourly",
                " @hourly",
                "@every 1h30m0.5s",
                "@every 2562047h",
                "@every 2562048h",
                "@every .5h",
                "@every 7\u{b5}s",
            ])
            .to_owned();
    }
    if rng.percent(3) {
        return rng
            .pick(&["0 0 30 2 *", "0 0 31 4,6 *", ", * * * *", "5 4 29 2 ?"])
            .to_owned();
    }
    let fields = [
        field(rng, 0, 59, 25, &[]),
        field(rng, 0, 23, 35, &[]),
        field(rng, 1, 31, 60, &[]),
        field(rng, 1, 12, 70, &["jan", "FEB", "Mar", "dec", "oct"]),
        field(rng, 0, 6, 65, &["sun", "MON", "fri", "Sat"]),
    ];
    match rng.below(60) {
        0 => fields[..4].join(" "),
        1 => format!("0 {}", fields.join(" ")),
        2 => fields.join("\t"),
        3 => format!("  {} ", fields.join("  ")),
        _ => fields.join(" "),
    }
}

fn field(rng: &mut Rng, least: usize, most: usize, star: usize, names: &[&str]) -> String {
    if rng.percent(star) {
        return rng.pick(&["*", "*", "*", "?", "*/1"]).to_owned();
    }
    let count = 1 + if rng.percent(25) { rng.below(3) } else { 0 };
    let parts: Vec<String> = (0..count).map(|_| part(rng, least, most, names)).collect();
    parts.join(",")
}

fn part(rng: &mut Rng, least: usize, most: usize, names: &[&str]) -> String {
    let value = |rng: &mut Rng| {
        if !names.is_empty() && rng.percent(30) {
            return rng.pick(names).to_owned();
        }
        if rng.percent(1) {
            return rng
                .pick(&["60", "-1", "x", "", "+3", "07", "99999999999999999999", "*"])
                .to_owned();
        }
        (least + rng.below(most - least + 1)).to_string()
    };
    let stride = |rng: &mut Rng| {
        if rng.percent(3) {
            return rng
                .pick(&["0", "x", "", "9223372036854775807", "1/2"])
                .to_owned();
        }
        (1 + rng.below(most)).to_string()
    };
    match rng.below(12) {
        0..6 => value(rng),
        6..8 => {
            let (one, other) = (rng.below(most - least + 1), rng.below(most - least + 1));
            let (start, end) = if rng.percent(97) {
                (one.min(other), one.max(other))
            } else {
                (one, other)
            };
            format!("{}-{}", start + least, end + least)
        }
        8..10 => format!("*/{}", stride(rng)),
        10 => format!("{}/{}", value(rng), stride(rng)),
        _ => format!("{}-{}/{}", least, most, stride(rng)),
    }
}

/// Times of which many are around a change of some zone's clocks.
pub(crate) fn time(rng: &mut Rng) -> i64 {
    let near = [
        1_774_746_000,
        1_792_890_000,
        1_772_953_200,
        1_793_512_800,
        1_541_300_400,
        1_519_005_600,
        1_667_106_000,
        1_775_314_800,
        1_790_956_800,
        1_743_199_200,
    ];
    if rng.percent(55) {
        let spread = i64::try_from(rng.below(400_000)).unwrap();
        return rng.pick(&near) - 200_000 + spread;
    }
    // From 2012 to 2034. Before, upstream looks for a day that Pacific/Apia has left out for ever.
    1_340_000_000 + i64::try_from(rng.below(680_000_000)).unwrap()
}

/// A CronJob with its Jobs at a time.
pub(crate) fn cron_job(rng: &mut Rng, now: i64) -> (Value, Vec<Value>) {
    let text = if rng.percent(10) {
        schedule(rng)
    } else {
        times(rng)
    };
    let mut spec = json!({"schedule": text, "jobTemplate": {"spec": {"template": {}}},
        "concurrencyPolicy": rng.pick(&["Allow", "Forbid", "Replace"])});
    if rng.percent(50) {
        spec["timeZone"] = json!(if rng.percent(5) {
            "Mars/Base"
        } else {
            rng.pick(&ZONES)
        });
    }
    if rng.percent(40) {
        spec["startingDeadlineSeconds"] = json!(rng.pick(&[0, 10, 100, 3600, 100_000]));
    }
    if rng.percent(4) {
        spec["suspend"] = json!(true);
    }
    let ago = |rng: &mut Rng| {
        let most = rng.pick(&[30, 90, 600, 7_200, 200_000, 40_000_000]);
        i64::try_from(rng.below(most)).unwrap()
    };
    let mut status = json!({});
    if rng.percent(50) {
        let last = now - ago(rng);
        status["lastScheduleTime"] = json!(at(last - last % 60));
    }
    let (mut active, mut jobs) = (Vec::new(), Vec::new());
    for n in 0..rng.below(3) {
        let name = match rng.below(4) {
            0 => format!("c-{}", now / 60),
            _ => format!("c-{n}"),
        };
        let uid = format!("uid-{n}");
        active.push(json!({"kind": "Job", "name": name, "namespace": "default", "uid": uid}));
        if rng.percent(80) {
            let mut job = json!({"metadata": {"name": name, "namespace": "default", "uid": uid}});
            if rng.percent(70) {
                job["metadata"]["ownerReferences"] = json!([{"apiVersion": "batch/v1",
                    "kind": "CronJob", "name": "c", "uid": "cron", "controller": true}]);
            }
            if rng.percent(40) {
                let kind = rng.pick(&["Complete", "Failed", "Suspended"]);
                job["status"] = json!({"conditions": [{"type": kind, "status": "True"}]});
            }
            jobs.push(job);
        }
    }
    status["active"] = json!(active);
    let mut cron_job = json!({"metadata": {"name": "c", "namespace": "default", "uid": "cron",
        "creationTimestamp": at(now - ago(rng))}, "spec": spec, "status": status});
    if rng.percent(2) {
        cron_job["metadata"]["deletionTimestamp"] = json!(at(now));
    }
    (cron_job, jobs)
}
