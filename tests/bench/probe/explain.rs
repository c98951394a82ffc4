//! `explain-probes` of many Pods beside reading them.

use std::fmt::Write as _;
use std::path::Path;

use pod_model::manifest;

use crate::cost::{Cost, cost};
use crate::{READ, verdict};

const PODS: usize = 5_000;
const RUNS: usize = 3;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pods.yaml");
    for (shape, differ) in [("equal", false), ("different", true)] {
        std::fs::write(&file, pods(differ)).unwrap();
        let file = file.to_str().unwrap();
        let ours = Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
        let reader = std::env::current_exe().unwrap();
        let megabytes = std::fs::metadata(file).unwrap().len() as f64 / 1e6;
        println!(
            "\n{PODS} Pods whose probes are {shape} ({megabytes:.1} MB), the least of {RUNS} runs"
        );
        let (mut read, mut explain) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            read.push(cost(&reader, &[READ, file]));
            explain.push(cost(ours, &["explain-probes", "--offline", "-f", file]));
        }
        let (read, explain) = (least(&read), least(&explain));
        for (who, figures) in [("reading", &read), ("explain-probes", &explain)] {
            println!(
                "  {who:<15} {:>8.0} ms of CPU, {:>7} KiB at most",
                figures.seconds * 1e3,
                figures.peak_kib
            );
        }
        let ratio = explain.seconds / read.seconds;
        println!(
            "  {ratio:.1} times the time of reading (budget 3 times: {})",
            verdict(ratio <= 3.0)
        );
    }
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

fn pods(differ: bool) -> String {
    let mut text = String::new();
    for pod in 0..PODS {
        let n = if differ { pod } else { 0 };
        write!(
            text,
            "---
apiVersion: v1
kind: Pod
metadata:
  name: web-{pod}
  labels:
    app: web
spec:
  containers:
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
    startupProbe:
      httpGet: {{path: /healthz, port: http}}
      failureThreshold: {}
      periodSeconds: {}
    readinessProbe:
      httpGet: {{path: /ready, port: http}}
      periodSeconds: {}
    livenessProbe:
      httpGet: {{path: /healthz, port: http}}
      periodSeconds: {}
      timeoutSeconds: 3
",
            20 + n % 17,
            2 + n % 7,
            3 + n / 119 % 11,
            5 + n / 1309 % 13
        )
        .unwrap();
    }
    text
}
