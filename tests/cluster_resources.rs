//! The cgroup files that a real kubelet and runtime write have the numbers that `explain-resources`
//! says, for the Pods and for their containers.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::cluster::cluster;
use support::namespace::Namespace;

/// A container that sleeps, with these resources.
fn container(name: &str, resources: &Value) -> Value {
    json!({"name": name, "image": "busybox", "command": ["sleep", "3600"], "resources": resources})
}

fn sidecar(name: &str, resources: &Value) -> Value {
    let mut own = container(name, resources);
    own["restartPolicy"] = json!("Always");
    own
}

/// An init container, which has ended when the files are read.
fn once(name: &str, resources: &Value) -> Value {
    json!({"name": name, "image": "busybox", "command": ["true"], "resources": resources})
}

/// Specs of each shape, by name.
fn specs() -> Vec<(&'static str, Value)> {
    let none = json!({});
    let both = json!({"cpu": "100m", "memory": "32Mi"});
    let guaranteed = json!({"limits": both, "requests": both});
    let limits = |cpu: &str, memory: &str| {
        json!({"limits": {"cpu": cpu, "memory": memory},
        "requests": {"cpu": "50m", "memory": "16Mi"}})
    };
    let requests = |cpu: &str| json!({"requests": {"cpu": cpu}});
    let plain = |resources: &Value| json!({"containers": [container("a", resources)]});
    vec![
        ("best-effort", plain(&none)),
        ("guaranteed", plain(&guaranteed)),
        ("request", plain(&requests("250m"))),
        ("tiny-limit", plain(&json!({"limits": {"cpu": "3m"}}))),
        ("odd-memory", plain(&limits("150m", "50000001"))),
        (
            "two",
            json!({"containers": [container("a", &limits("200m", "64Mi")),
            container("b", &limits("300m", "32Mi"))]}),
        ),
        (
            "one-unlimited",
            json!({"containers": [container("a", &limits("200m", "64Mi")),
            container("b", &none)]}),
        ),
        (
            "init-unlimited",
            json!({"initContainers": [once("i", &none)],
            "containers": [container("a", &limits("200m", "64Mi"))]}),
        ),
        (
            "init-larger",
            json!({"initContainers": [once("i", &limits("400m", "96Mi"))],
            "containers": [container("a", &limits("200m", "64Mi"))]}),
        ),
        (
            "sidecar",
            json!({"initContainers": [sidecar("s", &limits("100m", "32Mi")),
                once("i", &limits("250m", "64Mi"))],
            "containers": [container("a", &limits("200m", "64Mi"))]}),
        ),
        (
            "pod-level",
            json!({"resources": {"limits": {"cpu": "400m", "memory": "128Mi"}},
            "containers": [container("a", &none), container("b", &requests("100m"))]}),
        ),
        (
            "pod-level-guaranteed",
            json!({"resources": guaranteed, "containers": [
            container("a", &none), container("b", &none)]}),
        ),
        (
            "pod-level-empty",
            json!({"resources": {}, "containers": [container("a", &guaranteed)]}),
        ),
    ]
}

/// The files of the cgroups of one Pod.
struct Files {
    /// The Pod's own directory, below the mount of a hierarchy.
    below: PathBuf,
}

/// Returns where a controller of version 1 is mounted.
fn mounted(controller: &str) -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
    let found = mounts.lines().find(|line| {
        let mut fields = line.split(' ').skip(2);
        let is_v1 = fields.next() == Some("cgroup");
        is_v1
            && fields
                .next()
                .unwrap_or_default()
                .split(',')
                .any(|own| own == controller)
    });
    found.map(|line| PathBuf::from(line.split(' ').nth(1).unwrap()))
}

/// The word for a number that the kernel has instead of none.
const UNLIMITED: i64 = 9_223_372_036_854_771_712;

impl Files {
    fn read(&self, mount: &Path, container: &str, file: &str) -> String {
        let path = mount.join(&self.below).join(container).join(file);
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        text.trim().to_owned()
    }

    /// Returns the `oom_score_adj` of a container's first process.
    fn score(&self, mount: &Path, container: &str) -> i64 {
        let processes = self.read(mount, container, "cgroup.procs");
        let process = processes.lines().next().unwrap();
        let path = format!("/proc/{process}/oom_score_adj");
        std::fs::read_to_string(path)
            .unwrap()
            .trim()
            .parse()
            .unwrap()
    }

    /// Returns the numbers of version 1 as the report has them.
    fn v1(&self, container: &str) -> Value {
        let number = |controller: &str, file: &str| {
            let mount = mounted(controller).unwrap();
            self.read(&mount, container, file).parse::<i64>().unwrap()
        };
        let quota = Some(number("cpu", "cpu.cfs_quota_us")).filter(|quota| *quota > 0);
        let memory = Some(number("memory", "memory.limit_in_bytes"));
        json!({
            "cpuShares": number("cpu", "cpu.shares"),
            "cpuQuota": quota,
            "cpuPeriod": number("cpu", "cpu.cfs_period_us"),
            "memoryLimit": memory.filter(|bytes| *bytes < UNLIMITED),
        })
    }

    /// Returns the numbers of version 2 as the report has them.
    fn v2(&self, container: &str) -> Value {
        let text = |file: &str| self.read(Path::new("/sys/fs/cgroup"), container, file);
        let bytes = |file: &str| text(file).parse::<i64>().ok();
        let mut found = json!({
            "cpuWeight": bytes("cpu.weight"),
            "cpuMax": Some(text("cpu.max")).filter(|text| !text.starts_with("max")),
            "memoryMax": bytes("memory.max"),
        });
        for (name, file) in [
            ("memoryHigh", "memory.high"),
            ("memoryMin", "memory.min"),
            ("memoryLow", "memory.low"),
        ] {
            if let Some(bytes) = bytes(file).filter(|bytes| *bytes > 0) {
                found[name] = json!(bytes);
            }
        }
        found
    }
}

/// Rounds limits of memory down to whole pages, as the kernel does.
fn in_pages(mut cgroup: Value) -> Value {
    for name in ["memoryLimit", "memoryMax"] {
        if let Some(bytes) = cgroup[name].as_i64() {
            cgroup[name] = json!(bytes / 4096 * 4096);
        }
    }
    cgroup
}

/// Returns the runtime's name for `--runtime`.
fn runtime() -> String {
    let output = Command::new("runc").arg("--version").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let version = text.lines().next().unwrap().rsplit(' ').next().unwrap();
    let numbers: String = version
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == '.')
        .collect();
    format!("--runtime=runc-{numbers}")
}

fn is_running(pod: &Value) -> bool {
    let of = |list: &str| pod["status"][list].as_array().cloned().unwrap_or_default();
    let app = of("containerStatuses");
    let sidecars = of("initContainerStatuses")
        .into_iter()
        .filter(|own| own["state"]["terminated"].is_null());
    !app.is_empty()
        && app
            .iter()
            .cloned()
            .chain(sidecars)
            .all(|own| own["state"]["running"].is_object())
}

#[test]
fn cgroup_files_have_the_numbers_of_the_report() {
    let namespace = Namespace::new("resources");
    let specs = specs();
    let pods: Vec<_> = specs
        .iter()
        .map(|(name, spec)| {
            let mut spec = spec.clone();
            spec["terminationGracePeriodSeconds"] = json!(0);
            let metadata = json!({"name": name, "labels": {"cgroups": "read"}});
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
        })
        .collect();
    let file = tempfile::NamedTempFile::with_suffix(".json").unwrap();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": pods});
    std::fs::write(file.path(), list.to_string()).unwrap();
    namespace.kubectl(&["create", "-f", &file.path().display().to_string()]);
    let live = namespace.until("all containers to run", || {
        let found = namespace.kubectl(&["get", "pods", "-o", "json"]);
        let found: Value = serde_json::from_str(&found).unwrap();
        let items = found["items"].as_array().unwrap().clone();
        (items.len() == specs.len() && items.iter().all(is_running)).then_some(items)
    });
    let output = cluster().run(
        env!("CARGO_BIN_EXE_kubectl-pod_tools"),
        [
            "explain-resources",
            "--namespace",
            namespace.name(),
            "-l",
            "cgroups=read",
            "-o",
            "json",
        ]
        .into_iter()
        .chain([runtime().as_str()]),
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {said}"));
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), specs.len(), "{said}");
    for item in items {
        let name = item["target"]["name"].as_str().unwrap();
        let pod = live
            .iter()
            .find(|pod| pod["metadata"]["name"] == name)
            .unwrap();
        compare(item, pod);
    }
}

/// Compares the files of a Pod and its running containers.
fn compare(item: &Value, pod: &Value) {
    let name = &pod["metadata"]["name"];
    let uid = pod["metadata"]["uid"].as_str().unwrap();
    let parent = item["cgroupParent"].as_str().unwrap();
    let root = format!("podtools-{}", cluster().name());
    let own = item["cgroupNames"]["cgroupfs"].as_str().unwrap();
    assert_eq!(own, format!("{parent}/pod{uid}"), "{item}");
    let files = Files {
        below: Path::new(&root).join(own),
    };
    let is_v1 = mounted("cpu").is_some();
    let (version, read): (_, &dyn Fn(&str) -> Value) = if is_v1 {
        ("v1", &|id| files.v1(id))
    } else {
        ("v2", &|id| files.v2(id))
    };
    let said = in_pages(item["cgroup"][version].clone());
    assert_eq!(said, read(""), "the Pod {name}: {item}");
    let statuses = ["containerStatuses", "initContainerStatuses"]
        .into_iter()
        .flat_map(|list| pod["status"][list].as_array().cloned().unwrap_or_default());
    for status in statuses.filter(|own| own["state"]["running"].is_object()) {
        let containers = item["containers"].as_array().unwrap();
        let own = containers
            .iter()
            .find(|own| own["name"] == status["name"])
            .unwrap();
        let id = status["containerID"].as_str().unwrap();
        let id = id.rsplit('/').next().unwrap();
        let said = in_pages(own["cgroup"][version].clone());
        assert_eq!(said, read(id), "{} of {name}: {item}", status["name"]);
        let hierarchy = mounted("cpu").unwrap_or_else(|| PathBuf::from("/sys/fs/cgroup"));
        let score = files.score(&hierarchy, id);
        let said = own["oomScoreAdj"].as_i64().unwrap();
        // Without CAP_SYS_RESOURCE the runtime cannot go below its own, which is 0.
        assert!(
            score == said || score == said.max(0),
            "{score} of {name}: {item}"
        );
    }
}
