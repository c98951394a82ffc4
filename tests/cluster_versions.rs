//! The finished program against the API server of the oldest and of the newest supported
//! version: it accepts and refuses what we accept and refuse.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    dead_code,
    unreachable_pub,
    reason = "a test ends where something is not as it should be, and shares parts of others"
)]

mod support;

#[path = "upstream/validation/bases.rs"]
mod bases;
#[path = "upstream/validation/mutate.rs"]
mod mutate;
#[path = "support/random/mod.rs"]
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Output;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use mutate::Mutator;
use random::Rng;
use support::cluster::{Cluster, repository, succeeded};

const PROGRAM: &str = env!("CARGO_BIN_EXE_kubectl-pod_tools");
/// Generated objects that are sent to each server.
const OBJECTS: usize = 200;
/// Refusals of admission, which looks for what an object refers to.
const ADMISSION: [&str; 6] = [
    "no PriorityClass",
    "priority admission controller",
    "RuntimeClass",
    "runtimeclass",
    "service account",
    "serviceaccount",
];

#[test]
fn the_oldest_supported_server_judges_as_we_do() {
    judges_as_we_do("1.33");
}

#[test]
fn the_newest_supported_server_judges_as_we_do() {
    judges_as_we_do("1.37");
}

fn judges_as_we_do(version: &str) {
    let cluster = Cluster::serving(version);
    let said = succeeded(&run(&cluster, &["version"]), "version");
    let server = format!("Server Version: v{version}.");
    assert!(said.contains(&server), "{said}");
    examples_are_taken(&cluster);
    generated_objects_have_the_servers_verdict(&cluster, version);
    a_job_is_waited_for(&cluster);
    discovery_is_read(&cluster);
}

fn run(cluster: &Cluster, args: &[&str]) -> Output {
    cluster.run(PROGRAM, args)
}

fn examples_are_taken(cluster: &Cluster) {
    let files = fs::read_dir(repository().join("examples")).unwrap();
    let paths = files.map(|file| file.unwrap().path());
    let mut examples = 0;
    for path in paths.filter(|path| path.extension().is_some_and(|e| e == "yaml")) {
        let path = path.display().to_string();
        let output = run(cluster, &["create", "--dry-run=server", "-f", &path]);
        let lines = succeeded(&output, &path);
        let is_taken = |line: &str| line.ends_with(" (server dry run)");
        assert!(lines.lines().all(is_taken), "{lines}");
        examples += 1;
    }
    assert!(examples >= 13, "only {examples} examples");
}

/// Returns objects that are valid, nearly so, or broken, each with a name of its own.
fn generated() -> Vec<Value> {
    let mut rng = Rng::new(0x0133_0137);
    let sources = bases::all();
    let mutator = Mutator::new(&sources);
    let object = |number: usize| match number % 4 {
        _ if number < sources.len() => sources[number].clone(),
        0 => random::job(&mut rng),
        1 => random::pod(&mut rng),
        _ => mutator.broken(&sources, &mut rng),
    };
    let named = |(number, mut object): (usize, Value)| {
        name_images(&mut object);
        object["metadata"]["name"] = format!("o{number}").into();
        if let Some(metadata) = object["metadata"].as_object_mut() {
            metadata.remove("generateName");
            metadata.remove("namespace");
        }
        object
    };
    let objects = (0..OBJECTS).map(object).enumerate();
    objects.map(named).collect()
}

/// Names images that exist: the server takes any name, and we refuse those that no kubelet
/// can pull.
fn name_images(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let is_image = matches!(name.as_str(), "image" | "reference");
                match value {
                    Value::String(image) if is_image && !image.trim().is_empty() => {
                        "nginx".clone_into(image);
                    }
                    value => name_images(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(name_images),
        _ => {}
    }
}

/// Places of errors, `line:column`, by the number of the object.
type Errors = BTreeMap<usize, BTreeSet<String>>;

/// Numbers of objects that were accepted, of lines such as `pod/o7 created (server dry run)`.
fn taken(stdout: &str) -> BTreeSet<usize> {
    let name = |line: &str| line.split(' ').next()?.split_once("/o")?.1.parse().ok();
    stdout.lines().filter_map(name).collect()
}

/// One run over all generated objects.
struct Verdicts {
    taken: BTreeSet<usize>,
    errors: Errors,
    /// Objects that admission refuses, for what is not there.
    not_admitted: BTreeSet<usize>,
    stderr: String,
}

impl Verdicts {
    fn of(cluster: &Cluster, path: &str, more: &[&str]) -> Self {
        let create = ["create", "--dry-run=server", "-v", "1", "-f", path];
        let output = run(cluster, &[&create, more].concat());
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        let mut verdicts = Self {
            taken: taken(&stdout),
            errors: Errors::new(),
            not_admitted: BTreeSet::new(),
            stderr,
        };
        verdicts.read_errors();
        verdicts
    }

    fn read_errors(&mut self) {
        let mut message = "";
        for line in self.stderr.lines() {
            if line.starts_with("error") || line.starts_with("warning") {
                message = line;
            }
            let place = line.trim_start().strip_prefix("--> ");
            let Some(place) = place.filter(|_| message.starts_with("error")) else {
                continue;
            };
            let Some((_, place)) = place.rsplit_once("/o") else {
                continue;
            };
            let (number, place) = place.split_once(".json").unwrap();
            let number = number.parse().unwrap();
            let places = self.errors.entry(number).or_default();
            places.insert(place.trim_start_matches(':').to_owned());
            if ADMISSION.iter().any(|word| message.contains(word)) {
                self.not_admitted.insert(number);
            }
        }
    }
}

fn generated_objects_have_the_servers_verdict(cluster: &Cluster, version: &str) {
    let objects = generated();
    let directory = tempfile::tempdir().unwrap();
    for (number, object) in objects.iter().enumerate() {
        let text = serde_json::to_string_pretty(object).unwrap();
        let file = directory.path().join(format!("o{number:03}.json"));
        fs::write(file, text).unwrap();
    }
    let path = directory.path().to_str().unwrap();
    // kubectl says what the server takes; ours, which looks at nothing before it sends,
    // where the server finds errors.
    let create = [
        "create",
        "--dry-run=server",
        "--validate=strict",
        "-f",
        path,
    ];
    let by_kubectl = cluster.try_kubectl(&create);
    let by_server = taken(&String::from_utf8(by_kubectl.stdout).unwrap());
    let server = Verdicts::of(cluster, path, &["--validate=ignore"]);
    let ours = Verdicts::of(cluster, path, &[]);
    let mut different = Vec::new();
    let (mut taken, mut refused, mut same_places) = (0, 0, 0);
    for (number, object) in objects.iter().enumerate() {
        // Up to 1.33 the server takes a StatefulSet whose Pods it then refuses: nothing looks
        // at the template. We report what the schema requires there.
        let is_unseen = version == "1.33" && object["kind"] == "StatefulSet";
        if server.not_admitted.contains(&number) || is_unseen {
            continue;
        }
        let both = [&by_server, &ours.taken].map(|side| side.contains(&number));
        let places = [&server, &ours].map(|side| side.errors.get(&number));
        match (both, places) {
            ([true, true], _) => taken += 1,
            ([false, false], [server, Some(ours)]) => {
                refused += 1;
                // Ours may be more precise: a value instead of the map that it is in.
                same_places += usize::from(server.is_some_and(|server| server.is_subset(ours)));
            }
            _ => different.push(format!("taken {both:?}, errors at {places:?}: {object}")),
        }
    }
    println!(
        "{taken} are taken and {refused} are refused by both, {same_places} at the same places"
    );
    let first = different.first();
    assert!(
        different.is_empty(),
        "{} are judged differently, such as {first:?}\nserver: {}\nours: {}\nkubectl: {}",
        different.len(),
        server.stderr,
        ours.stderr,
        String::from_utf8_lossy(&by_kubectl.stderr)
    );
    assert!(taken >= 30 && refused >= 100, "{taken} {refused}");
    assert!(same_places >= 50, "{same_places} of {refused}");
}

fn a_job_is_waited_for(cluster: &Cluster) {
    let template =
        json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}});
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "work"}, "spec": {"template": template}});
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("job.json");
    fs::write(&file, job.to_string()).unwrap();
    let created = run(cluster, &["create", "-f", file.to_str().unwrap()]);
    assert_eq!(succeeded(&created, "create"), "job.batch/work created\n");
    let (time, end) = ("2026-01-02T03:04:05Z", "2026-01-02T03:04:06Z");
    let condition = |kind: &str| json!({"type": kind, "status": "True", "reason": "CompletionsReached", "lastTransitionTime": end, "lastProbeTime": end});
    let status = json!({
        "startTime": time, "completionTime": end, "succeeded": 1, "uncountedTerminatedPods": {},
        "conditions": [condition("SuccessCriteriaMet"), condition("Complete")],
    });
    let patch = json!({ "status": status }).to_string();
    let patch = [
        "patch",
        "job",
        "work",
        "--subresource=status",
        "--type=merge",
        "-p",
        &patch,
    ];
    thread::scope(|scope| {
        let wait = scope.spawn(|| {
            let began = Instant::now();
            let output = run(cluster, &["wait", "job/work", "--timeout=120s"]);
            (output, began.elapsed())
        });
        // It watches by then, as a rule.
        thread::sleep(Duration::from_secs(2));
        assert!(!wait.is_finished());
        cluster.kubectl(&patch);
        let (output, took) = wait.join().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains("job/work is done: CompletionsReached"),
            "{said}"
        );
        assert!(took < Duration::from_mins(1), "{took:?}");
    });
}

/// A type that we do not know has its resource from discovery.
fn discovery_is_read(cluster: &Cluster) {
    let schema = json!({"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}});
    let version = json!({"name": "v1", "served": true, "storage": true, "schema": schema});
    let names =
        json!({"plural": "widgets", "singular": "widget", "kind": "Widget", "shortNames": ["wg"]});
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {"group": "example.com", "scope": "Namespaced", "names": names, "versions": [version]},
    });
    let widget = json!({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "color": "red"});
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, object: &Value| {
        let path = directory.path().join(name);
        fs::write(&path, object.to_string()).unwrap();
        path.display().to_string()
    };
    let (definition, widget) = (file("crd.json", &definition), file("w.json", &widget));
    succeeded(
        &run(cluster, &["create", "-f", &definition]),
        "the definition",
    );
    let established = [
        "wait",
        "crd/widgets.example.com",
        "--for=condition=Established",
    ];
    succeeded(&run(cluster, &established), "the definition is established");
    succeeded(&run(cluster, &["create", "-f", &widget]), "an object of it");
    let red = [
        "wait",
        "wg/w",
        "--for=jsonpath={.color}=red",
        "--timeout=60s",
    ];
    succeeded(&run(cluster, &red), "wait for it");
}
