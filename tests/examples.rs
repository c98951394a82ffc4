//! Each of `examples/` on the real cluster: what its comment says is so.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::fs;
use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::cluster::{cluster, repository, succeeded};
use support::namespace::Namespace;

/// A new namespace with what `examples/NAME.yaml` holds.
fn created(name: &str) -> Namespace {
    let namespace = Namespace::new(name);
    namespace.create(&format!("examples/{name}.yaml"));
    namespace
}

/// The log of a Pod of one container, once it has succeeded.
fn log_of_success(namespace: &Namespace, pod: &str) -> String {
    let object = namespace.until_phase(pod, "Succeeded");
    let container = object["spec"]["containers"][0]["name"].as_str().unwrap();
    namespace.logs(pod, container)
}

fn timestamp(value: &Value) -> jiff::Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn hello_job_says_hello_five_times_one_after_the_other() {
    let namespace = created("hello-job");
    let job = namespace.until_value("job/hello", "/status/succeeded", &json!(5));
    assert_eq!(job["status"]["failed"], Value::Null);
    let pods = namespace.get("pods")["items"].as_array().unwrap().clone();
    assert_eq!(pods.len(), 5);
    let mut spans = Vec::new();
    for pod in &pods {
        let log = namespace.logs(pod["metadata"]["name"].as_str().unwrap(), "hello");
        assert_eq!(log, "Hello, Kubernetes! \n");
        let ended = &pod["status"]["containerStatuses"][0]["state"]["terminated"];
        spans.push((
            timestamp(&ended["startedAt"]),
            timestamp(&ended["finishedAt"]),
        ));
    }
    spans.sort();
    assert!(spans.windows(2).all(|w| w[0].1 <= w[1].0), "{spans:?}");
    namespace.until("the Job to be complete", || {
        let conditions = namespace.get("job/hello")["status"]["conditions"].clone();
        let complete = |c: &Value| c["type"] == "Complete" && c["status"] == "True";
        conditions.as_array()?.iter().any(complete).then_some(())
    });
}

#[test]
fn lifecycle_hooks_leave_a_message_and_stop_nginx_gracefully() {
    let namespace = created("lifecycle");
    namespace.until_ready("lifecycle");
    let message = namespace.exec("lifecycle", "nginx", &["cat", "/usr/share/message"]);
    assert_eq!(message, "Hello from the postStart handler");

    let log = namespace.follow(&["logs", "-f", "lifecycle"]);
    let began = Instant::now();
    namespace.kubectl(&["delete", "pod", "lifecycle"]);
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "the grace was used up"
    );
    let log = succeeded(&log.wait_with_output().unwrap(), "logs -f");
    // From the hook's `nginx -s`: the kubelet's own signal comes from process 0.
    let sender = log.split("signal 3 (SIGQUIT) received from ").nth(1);
    assert!(
        sender.is_some_and(|sender| !sender.starts_with("0,")),
        "{log}"
    );
    assert!(log.contains("gracefully shutting down"), "{log}");
    assert!(log.trim_end().ends_with(" exit"), "{log}");
}

#[test]
fn app_container_starts_ten_seconds_after_the_init_container() {
    let namespace = created("init-container");
    namespace.until("the init container to run", || {
        let status = namespace.get("pod/init-container")["status"].clone();
        let running = status.pointer("/initContainerStatuses/0/state/running")?;
        assert!(running["startedAt"].is_string());
        let app = &status["containerStatuses"][0]["state"]["waiting"]["reason"];
        assert_eq!(app, "PodInitializing");
        Some(())
    });
    let shown = namespace.kubectl(&["get", "pod", "init-container"]);
    assert!(shown.contains("Init:0/1"), "{shown}");
    namespace.until_ready("init-container");
    let time = |container| {
        let log = namespace.logs("init-container", container);
        jiff::civil::DateTime::strptime("%a %b %e %H:%M:%S UTC %Y", log.trim()).unwrap()
    };
    let between = time("init").duration_until(time("app"));
    assert!(between.as_secs() >= 10, "{between:?}");
}

#[test]
fn liveness_probe_of_a_closed_port_restarts_nginx_into_a_crash_loop() {
    let namespace = created("liveness-http");
    let unhealthy = namespace.until_event("liveness-http", "Unhealthy");
    assert!(
        unhealthy.contains(":8080: connect: connection refused"),
        "{unhealthy}"
    );
    let status = namespace.until("the crash loop", || {
        let pod = namespace.get("pod/liveness-http");
        let status = pod.pointer("/status/containerStatuses/0")?;
        let reason = status.pointer("/state/waiting/reason")?;
        (reason == "CrashLoopBackOff").then(|| status.clone())
    });
    assert!(status["restartCount"].as_u64().unwrap() >= 1, "{status}");
    let last = &status["lastState"]["terminated"];
    assert_eq!(last["exitCode"], 0, "nginx itself never failed: {status}");
    let lived = timestamp(&last["startedAt"]).duration_until(timestamp(&last["finishedAt"]));
    assert!(
        lived.as_secs() >= 8,
        "three probes, the first after 3 s: {lived:?}"
    );
}

#[test]
fn a_slow_start_is_tolerated_by_the_startup_probe_and_explained() {
    let namespace = created("slow-start");
    let pod = namespace.until_ready("slow-start");
    let status = &pod["status"]["containerStatuses"][0];
    assert_eq!(status["restartCount"], 0, "{status}");
    let started = timestamp(&status["state"]["running"]["startedAt"]);
    let conditions = pod["status"]["conditions"].as_array().unwrap();
    let is_it = |c: &&Value| c["type"] == "ContainersReady";
    let ready = timestamp(&conditions.iter().find(is_it).unwrap()["lastTransitionTime"]);
    let took = started.duration_until(ready).as_secs_f64();
    assert!(took >= 19.0, "it sleeps for 20 s: {took}");
    namespace.until_event("slow-start", "Unhealthy");

    let words = ["explain-probes", "slow-start", "--starts-after", "20s"];
    let args = [&words[..], &["-n", namespace.name(), "-o", "json"]].concat();
    let run = cluster().run(env!("CARGO_BIN_EXE_kubectl-pod_tools"), args);
    let report: Value = serde_json::from_str(&succeeded(&run, "explain-probes")).unwrap();
    let item = &report["items"][0];
    let timeline = item["timeline"].as_array().unwrap();
    let is_ready = |event: &&Value| event["event"] == "ready";
    let forecast = timeline.iter().find(is_ready).unwrap();
    // Times of the cluster are cut to seconds; a slow machine may only be later.
    let earliest = forecast["earliestSeconds"].as_f64().unwrap();
    assert!(took >= earliest - 1.0, "{took}: {forecast}");
    let events = item["observed"]["events"].as_array().unwrap();
    let startup = |event: &Value| {
        let message = event["message"].as_str().unwrap_or_default();
        message.starts_with("Startup probe failed")
    };
    assert!(events.iter().any(startup), "{events:?}");
}

#[test]
fn printenv_prints_the_host_name_and_the_service_of_the_api() {
    let namespace = created("printenv");
    let service = cluster().kubectl(&["get", "service", "kubernetes", "-o", "json"]);
    let service: Value = serde_json::from_str(&service).unwrap();
    let ip = service["spec"]["clusterIP"].as_str().unwrap();
    let log = log_of_success(&namespace, "printenv");
    assert_eq!(log, format!("printenv\ntcp://{ip}:443\n"));
}

#[test]
fn echo_message_is_expanded_without_a_shell() {
    let log = log_of_success(&created("echo-message"), "echo-message");
    assert_eq!(log, "hello world\n");
}

#[test]
fn dependent_env_prints_what_its_comment_shows() {
    let log = log_of_success(&created("dependent-env"), "dependent-env");
    let text = fs::read_to_string(repository().join("examples/dependent-env.yaml")).unwrap();
    let shown = text.lines().filter_map(|line| line.strip_prefix("#   "));
    let shown = shown.take_while(|line| !line.starts_with("kubectl "));
    assert_eq!(log.lines().collect::<Vec<_>>(), shown.collect::<Vec<_>>());
    assert_eq!(log.lines().count(), 3);
}

#[test]
fn configmap_becomes_a_variable_with_a_dash() {
    let log = log_of_success(&created("configmap-env"), "configmap-env");
    let expected = "db-url=jdbc:mysql://db.example.com:3306/shop";
    assert!(log.lines().any(|line| line == expected), "{log}");
}

/// CPU statistics of a Burstable Pod, from the kernel.
struct Cpu {
    used: Duration,
    throttled_periods: u64,
    quota: String,
}

fn cpu(uid: &str) -> Cpu {
    let root = format!("podtools-{}/kubepods/burstable/pod{uid}", cluster().name());
    let read = |path: String| fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let field = |text: &str, name: &str| -> u64 {
        let line = text
            .lines()
            .find_map(|l| l.strip_prefix(&format!("{name} ")));
        line.unwrap().parse().unwrap()
    };
    if fs::exists("/sys/fs/cgroup/cgroup.controllers").unwrap() {
        let stat = read(format!("/sys/fs/cgroup/{root}/cpu.stat"));
        return Cpu {
            used: Duration::from_micros(field(&stat, "usage_usec")),
            throttled_periods: field(&stat, "nr_throttled"),
            quota: read(format!("/sys/fs/cgroup/{root}/cpu.max")),
        };
    }
    let usage = read(format!("/sys/fs/cgroup/cpuacct/{root}/cpuacct.usage"));
    let one = |name| {
        read(format!("/sys/fs/cgroup/cpu/{root}/{name}"))
            .trim()
            .to_owned()
    };
    Cpu {
        used: Duration::from_nanos(usage.trim().parse().unwrap()),
        throttled_periods: field(&one("cpu.stat"), "nr_throttled"),
        quota: format!("{} {}", one("cpu.cfs_quota_us"), one("cpu.cfs_period_us")),
    }
}

#[test]
fn cpu_limit_throttles_to_one_cpu() {
    let namespace = Namespace::alone("cpu-limit");
    namespace.create("examples/cpu-limit.yaml");
    let pod = namespace.until_ready("cpu-limit");
    assert_eq!(pod["status"]["qosClass"], "Burstable");
    let uid = pod["metadata"]["uid"].as_str().unwrap();
    let (began, before) = (Instant::now(), cpu(uid));
    assert_eq!(before.quota.trim(), "100000 100000");
    namespace.until("the Pod to be throttled", || {
        (cpu(uid).throttled_periods > before.throttled_periods).then_some(())
    });
    std::thread::sleep(Duration::from_secs(3).saturating_sub(began.elapsed()));
    let used = cpu(uid).used.saturating_sub(before.used);
    let cpus = used.as_secs_f64() / began.elapsed().as_secs_f64();
    // Others may want the CPU too, so less is right, however little; more is not.
    assert!(cpus > 0.0 && cpus < 1.1, "{cpus} CPUs");
    let status = &namespace.get("pod/cpu-limit")["status"]["containerStatuses"][0];
    assert_eq!(status["restartCount"], 0, "throttled, not killed");
    namespace.kubectl(&["delete", "pod", "cpu-limit", "--now"]);
}

/// Both in one test: they share the label of the only node.
#[test]
fn node_affinity_waits_for_the_label_and_the_placeholder_waits_for_ever() {
    cluster().kubectl(&["label", "node", "node-1", "disktype-"]);
    let namespace = created("node-affinity");
    let message = namespace.until_event("node-affinity", "FailedScheduling");
    assert!(
        message.contains("didn't match Pod's node affinity/selector"),
        "{message}"
    );
    assert_eq!(
        namespace.get("pod/node-affinity")["status"]["phase"],
        "Pending"
    );

    cluster().kubectl(&["label", "node", "node-1", "disktype=ssd"]);
    namespace.until_ready("node-affinity");
    namespace.kubectl(&[
        "create",
        "-f",
        "examples/broken/node-affinity-placeholder.yaml",
    ]);
    let pointer = "/status/containerStatuses/0/state/waiting/reason";
    namespace.until_value(
        "pod/node-affinity-placeholder",
        pointer,
        &json!("InvalidImageName"),
    );
    cluster().kubectl(&["label", "node", "node-1", "disktype-"]);
}

#[test]
fn privileged_has_all_capabilities_and_devices_and_baseline_refuses_it() {
    let namespace = created("privileged");
    namespace.until_ready("privileged");
    let capabilities = |status: &str, set: &str| {
        let line = status.lines().find_map(|l| l.strip_prefix(set));
        line.unwrap().trim().to_owned()
    };
    let inside = namespace.exec("privileged", "nginx", &["cat", "/proc/1/status"]);
    let outside = fs::read_to_string("/proc/self/status").unwrap();
    assert_eq!(
        capabilities(&inside, "CapEff:"),
        capabilities(&outside, "CapBnd:")
    );
    let devices = namespace.exec("privileged", "nginx", &["ls", "/dev"]);
    assert!(devices.lines().any(|d| d == "kmsg"), "{devices}");

    drop(namespace);
    let guarded = Namespace::new("guarded");
    let label = "pod-security.kubernetes.io/enforce=baseline";
    cluster().kubectl(&["label", "namespace", guarded.name(), label]);
    let refused = guarded.try_create("examples/privileged.yaml");
    assert!(!refused.status.success());
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert!(
        stderr.contains("violates PodSecurity \"baseline:latest\""),
        "{stderr}"
    );
}

#[test]
fn security_context_gives_files_to_the_group_of_the_volume() {
    let namespace = created("security-context");
    namespace.until_ready("security-context");
    let run = |script| namespace.exec("security-context", "demo", &["sh", "-c", script]);
    let owner = run("touch /data/demo/file && stat -c %u:%g /data/demo/file");
    assert_eq!(owner, "1000:2000");
    assert_eq!(run("echo $(id -u):$(id -g)"), "1000:3000");
    assert_eq!(run("grep NoNewPrivs /proc/1/status"), "NoNewPrivs:\t1");
}

#[test]
fn sidecar_refreshes_the_page_and_ends_after_nginx() {
    let namespace = created("sidecar");
    namespace.until_ready("sidecar");
    let page = || namespace.exec("sidecar", "refresh", &["wget", "-qO-", "http://127.0.0.1/"]);
    let first = page();
    assert!(first.starts_with("Fresh at "), "{first}");
    namespace.until("a fresh page", || (page() != first).then_some(()));

    let follow = |c| namespace.follow(&["logs", "-f", "--timestamps", "sidecar", "-c", c]);
    let refresh = follow("refresh");
    let mut nginx = follow("nginx");
    // Its log is gone with its container: what follows it has begun by then.
    let mut first = [0];
    let out = nginx.stdout.as_mut().unwrap();
    out.read_exact(&mut first).unwrap();
    namespace.kubectl(&["delete", "pod", "sidecar"]);
    let [nginx, refresh] =
        [nginx, refresh].map(|log| succeeded(&log.wait_with_output().unwrap(), "logs -f"));
    let last = |log: &str| {
        log.lines()
            .last()
            .unwrap()
            .split_once(' ')
            .unwrap()
            .0
            .to_owned()
    };
    assert!(
        refresh.trim_end().ends_with("nginx has ended, so do I"),
        "{refresh}"
    );
    assert!(last(&nginx) < last(&refresh), "{nginx}{refresh}");
}

/// Returns the first place of `what` in a file, as LINE:COLUMN.
fn place(file: &str, what: &str) -> String {
    let text = fs::read_to_string(repository().join(file)).unwrap();
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.starts_with('#'));
    let found = lines.find_map(|(line, text)| Some((line + 1, text.find(what)? + 1)));
    let (line, column) = found.unwrap();
    format!("{file}:{line}:{column}")
}

/// Our binary names `what` in a file as the mistake, and creates nothing.
fn refused(test: &str, file: &str, what: &str) {
    let namespace = Namespace::new(test);
    let refused = namespace.try_create(file);
    let stderr = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{file}: {stderr}");
    assert!(stderr.contains("error"), "{stderr}");
    let place = place(file, what);
    assert!(stderr.contains(&place), "{place} is not in: {stderr}");
    assert_eq!(namespace.get("pods")["items"], json!([]));
}

#[test]
fn tabs_in_the_indentation_are_refused_with_their_place() {
    refused("tabs", "examples/broken/cpu-limit-tabs.yaml", "\t");
}

#[test]
fn placeholder_of_an_image_is_refused_with_its_place() {
    let file = "examples/broken/node-affinity-placeholder.yaml";
    refused("placeholder", file, "<Image>");
}
