//! `explain-…` of many Pods beside reading them.

use std::fmt::Write as _;
use std::path::Path;

use pod_model::manifest;

use crate::cost::{Cost, cost};
use crate::{READ, verdict};

const PODS: usize = 5_000;
const RUNS: usize = 3;
/// Growth of the time with the number of Pods: a power of it.
const GROWTH: f64 = 1.1;

/// The commands that are measured.
const COMMANDS: [&str; 4] = [
    "explain-probes",
    "explain-resources",
    "explain-scheduling",
    "explain-security",
];

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    for (shape, differ) in [("equal", false), ("different", true)] {
        let file = write(dir, PODS, differ);
        let megabytes = std::fs::metadata(&file).unwrap().len() as f64 / 1e6;
        println!(
            "\n{PODS} Pods whose probes are {shape} ({megabytes:.1} MB), the least of {RUNS} runs"
        );
        let few = write(dir, PODS / 4, differ);
        for command in COMMANDS {
            beside_reading(command, &file, &few);
        }
    }
}

/// Runs a command on a file, and on one with a quarter of its Pods.
fn beside_reading(command: &str, file: &str, few: &str) {
    let ours = Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    let reader = std::env::current_exe().unwrap();
    let text = [command, "--offline", "-f", file];
    let of_few = [command, "--offline", "-f", few];
    let json = [command, "--offline", "-o", "json", "-f", file];
    // In turn, so that all meet the same weather.
    let mut costs: [Vec<Cost>; 4] = Default::default();
    for _ in 0..RUNS {
        costs[0].push(cost(&reader, &[READ, file]));
        costs[1].push(cost(ours, &text));
        costs[2].push(cost(ours, &json));
        costs[3].push(cost(ours, &of_few));
    }
    let [read, text, json, few] = costs.map(|runs| least(&runs));
    for (who, figures) in [("reading", &read), (command, &text), ("-o json", &json)] {
        println!(
            "  {who:<18} {:>8.0} ms of CPU, {:>7} KiB at most",
            figures.seconds * 1e3,
            figures.peak_kib
        );
    }
    for (who, figures) in [(command, &text), ("-o json", &json)] {
        let ratio = figures.seconds / read.seconds;
        println!(
            "  {who:<18} {ratio:.1} times the time of reading (budget 3 times: {})",
            verdict(ratio <= 3.0)
        );
    }
    let growth = (text.seconds / few.seconds).log(4.0);
    println!(
        "  from {} Pods on it grows with n^{growth:.2} (budget n^{GROWTH}: {})",
        PODS / 4,
        verdict(growth <= GROWTH)
    );
}

/// Writes a file of Pods, and returns its path.
fn write(dir: &Path, count: usize, differ: bool) -> String {
    let file = dir.join(format!("{count}-{differ}.yaml"));
    std::fs::write(&file, pods(count, differ)).unwrap();
    file.to_str().unwrap().to_owned()
}

fn least(runs: &[Cost]) -> Cost {
    Cost {
        seconds: runs.iter().map(|run| run.seconds).fold(f64::MAX, f64::min),
        peak_kib: runs.iter().map(|run| run.peak_kib).min().unwrap(),
    }
}

/// Reads a file, and makes JSON of each object.
pub(crate) fn read(file: &str) {
    let bytes = std::fs::read(file).unwrap();
    let manifest = manifest::read(file, bytes);
    let length: usize = manifest
        .documents
        .iter()
        .map(|document| document.to_json().len())
        .sum();
    println!("{length}");
}

fn pods(count: usize, differ: bool) -> String {
    let mut text = String::new();
    for pod in 0..count {
        let n = if differ { pod } else { 0 };
        text.push_str(&pod_of(pod, n));
    }
    text
}

/// Returns a Pod; probes of different `n` differ, and some Pods have no startup probe, or a sidecar.
fn pod_of(pod: usize, n: usize) -> String {
    let mut text = format!(
        "---
apiVersion: v1
kind: Pod
metadata:
  name: web-{pod}
  labels:
    app: web
spec:
"
    );
    if n % 5 == 4 {
        write!(
            text,
            "  initContainers:
  - name: proxy
    image: registry.example.com/team/proxy:1.2
    restartPolicy: Always
    readinessProbe:
      httpGet: {{path: /ready, port: 15021}}
      periodSeconds: {}
",
            1 + n % 13
        )
        .unwrap();
    }
    write!(
        text,
        "  containers:
  - name: app
    image: registry.example.com/team/app:1.2
    command: [\"/bin/app\", \"--listen\", \":8080\"]
    ports:
    - containerPort: 8080
      name: http
    env:
    - name: HOST
      value: db-{pod}.example.com
    resources:
      requests: {{cpu: 250m, memory: 64Mi}}
    readinessProbe:
      httpGet: {{path: /ready, port: http}}
      periodSeconds: {}
    livenessProbe:
      httpGet: {{path: /healthz, port: http}}
      periodSeconds: {}
      timeoutSeconds: 3
",
        3 + n / 119 % 11,
        5 + n / 1309 % 13
    )
    .unwrap();
    if n.is_multiple_of(3) {
        write!(
            text,
            "    startupProbe:
      httpGet: {{path: /healthz, port: http}}
      failureThreshold: {}
      periodSeconds: {}
",
            20 + n % 17,
            2 + n % 7
        )
        .unwrap();
    } else {
        let delay = n % 119;
        writeln!(text, "      initialDelaySeconds: {delay}").unwrap();
    }
    text
}
