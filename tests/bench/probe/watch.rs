//! Many containers at a short period, by one process of ours and by a shell loop of curl.

use std::fmt::Write as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::server::{Requests, Server};
use crate::verdict;

const CONTAINERS: usize = 500;
/// Time before the measurement, in which connections and programs come to rest.
const BEFORE: Duration = Duration::from_secs(5);
const MEASURED: Duration = Duration::from_secs(30);

pub(crate) fn run() {
    let server = Server::start();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pods.yaml");
    std::fs::write(&file, manifest(server.port)).unwrap();
    println!(
        "{CONTAINERS} containers at a period of 1 s, for {} s",
        MEASURED.as_secs()
    );
    let mut ours = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    ours.args(["probe", "--at", "127.0.0.1", "--watch", "-o", "json", "-f"]);
    ours.arg(&file);
    let ours = measure(ours, &server);
    let script = dir.path().join("loop.sh");
    std::fs::write(&script, shell_loop(server.port)).unwrap();
    let mut curl = Command::new("bash");
    curl.arg(&script);
    let curl = measure(curl, &server);
    for (who, figures) in [("probe --watch", &ours), ("a loop of curl", &curl)] {
        println!(
            "  {who:<15} {:>6.1} % of a core, {:>6.0} KiB at most, {:>6.1} probes a second, late by {:.1} ms at the 99th percentile",
            figures.cpu * 100.0,
            figures.peak_kib,
            figures.rate,
            figures.late.as_secs_f64() * 1e3
        );
    }
    println!(
        "  under 10 % of a core: {}; under 64 MB: {}; late by less than 20 ms: {}",
        verdict(ours.cpu < 0.10),
        verdict(ours.peak_kib * 1024.0 < 64e6),
        verdict(ours.late < Duration::from_millis(20))
    );
}

struct Figures {
    /// Share of a core, children included.
    cpu: f64,
    /// Of the process itself.
    peak_kib: f64,
    rate: f64,
    /// Of a probe behind its schedule.
    late: Duration,
}

fn measure(mut command: Command, server: &Server) -> Figures {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    // A group of its own, to be ended with its children.
    command.stderr(Stdio::null()).process_group(0);
    command.env_remove("KUBECONFIG").env("HOME", "/nonexistent");
    let mut child = command.spawn().unwrap();
    std::thread::sleep(BEFORE);
    server.take();
    let (cpu, began) = (seconds_of_cpu(&child), Instant::now());
    std::thread::sleep(MEASURED);
    let requests = server.take();
    let took = began.elapsed().as_secs_f64();
    let cpu = (seconds_of_cpu(&child) - cpu) / took;
    let peak_kib = peak_kib(&child);
    end(&mut child);
    let count: usize = requests.values().map(Vec::len).sum();
    Figures {
        cpu,
        peak_kib,
        rate: count as f64 / took,
        late: late(&requests),
    }
}

fn end(child: &mut Child) {
    let group = format!("-{}", child.id());
    let kill = ["-KILL", "--", &group];
    Command::new("kill").args(kill).status().unwrap();
    child.wait().unwrap();
}

/// Returns how late the requests are at the 99th percentile. The schedule of a container is the one
/// that its earliest request allows: the least of all times, each less the seconds that have passed.
fn late(requests: &Requests) -> Duration {
    let mut late: Vec<Duration> = Vec::new();
    for times in requests.values() {
        let at = times.iter().zip(0..);
        let schedules = at.filter_map(|(at, n)| at.checked_sub(Duration::from_secs(n)));
        let schedules: Vec<Instant> = schedules.collect();
        if let Some(first) = schedules.iter().min() {
            late.extend(schedules.iter().map(|own| own.duration_since(*first)));
        }
    }
    late.sort();
    late.get(late.len() * 99 / 100).copied().unwrap_or_default()
}

/// The CPU time of a process and of its children that have ended: proc(5).
fn seconds_of_cpu(child: &Child) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks = fields.split(' ').skip(11).take(4);
    ticks
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum::<f64>()
        / 100.0
}

fn peak_kib(child: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

/// Pods of ten containers each.
fn manifest(port: u16) -> String {
    let mut text = String::new();
    for container in 0..CONTAINERS {
        if container % 10 == 0 {
            let pod = container / 10;
            write!(
                text,
                "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web-{pod}}}\nspec:\n  containers:\n"
            )
            .unwrap();
        }
        write!(
            text,
            "  - name: c{container}\n    image: registry.example.com/team/app:1.2.3\n    readinessProbe: {{periodSeconds: 1, httpGet: {{port: {port}, path: /{container}}}}}\n"
        )
        .unwrap();
    }
    text
}

/// One curl for each container, every second.
fn shell_loop(port: u16) -> String {
    let last = CONTAINERS - 1;
    format!(
        "next=$EPOCHSECONDS\n\
         while :; do\n  \
           next=$((next + 1))\n  \
           while [ $EPOCHSECONDS -lt $next ]; do sleep 0.01; done\n  \
           for n in $(seq 0 {last}); do curl -s -o /dev/null --max-time 1 http://127.0.0.1:{port}/$n & done\n  \
           wait\n\
         done\n"
    )
}
