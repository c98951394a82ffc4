//! The oracle's answer in the form of ours.

use serde_json::{Map, Value, json};

/// The period of a cgroup for which nobody sets one.
const PERIOD: i64 = 100_000;

pub fn answer(mut answer: Value) -> Value {
    for name in ["asked", "used"] {
        if answer[name]["scalar"].is_null() {
            answer[name]["scalar"] = json!({});
        }
    }
    let weight = answer["cgroup"]["cpuWeight"].clone();
    answer["cgroup"] = cgroup(&answer["cgroup"]);
    answer["cgroup"]["cpuWeight"] = weight;
    let containers = answer["containers"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    for (name, own) in containers {
        let score = own["oomScoreAdj"].clone();
        answer["containers"][&name] = cgroup(&own);
        answer["containers"][&name]["oomScoreAdj"] = score;
    }
    answer
}

fn cgroup(own: &Value) -> Value {
    // What is 0 is not written, and -1 is no limit.
    let limit = |name: &str| {
        own[name]
            .as_i64()
            .filter(|number| *number != 0 && *number != -1)
    };
    let unified = |name: &str| {
        let text = own["unified"][name].as_str();
        text.filter(|text| *text != "max")
            .map(|text| text.parse::<i64>().unwrap())
    };
    let mut pages = Map::new();
    for (size, bytes) in own["hugePages"].as_object().into_iter().flatten() {
        pages.insert(file_size(size), bytes.clone());
    }
    let memory = own["memory"].as_i64().filter(|bytes| *bytes != 0);
    json!({"cpuShares": own["cpuShares"], "cpuQuota": limit("cpuQuota"),
        "cpuPeriod": limit("cpuPeriod").unwrap_or(PERIOD), "memory": memory,
        "high": unified("memory.high"), "min": unified("memory.min").unwrap_or(0),
        "low": unified("memory.low").unwrap_or(0), "hugePages": pages})
}

/// A Pod's sizes are numbers of bytes, a container's the names in files.
fn file_size(size: &str) -> String {
    let name = match size {
        "65536" => "64KB",
        "2097152" => "2MB",
        "3145728" => "3MB",
        "1073741824" => "1GB",
        name => name,
    };
    name.to_owned()
}
