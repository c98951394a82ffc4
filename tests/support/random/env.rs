//! Random environments: what a namespace holds for Pods to refer to, and Pods
//! that print the environment which they were given.

use serde_json::{Map, Value, json};

use super::Rng;

/// Keys of ConfigMaps and Secrets, some of which no shell can name.
const KEYS: &[&str] = &[
    "A",
    "B",
    "C",
    "db-url",
    "log.level",
    "UPPER_CASE",
    "1st",
    "-dash",
    ".dot",
    "WEB_SERVICE_HOST",
];

/// Names of variables, those of Services, the image and the runtime among them.
const NAMES: &[&str] = &[
    "A",
    "B",
    "C",
    "D",
    "db-url",
    "log.level",
    "UPPER_CASE",
    "1st",
    "with space",
    "a:b",
    "x(y)",
    "#",
    "PATH",
    "HOME",
    "HOSTNAME",
    "TERM",
    "WEB_SERVICE_HOST",
    "WEB_PORT",
    "KUBERNETES_SERVICE_HOST",
    "PRE_A",
];

const TEXTS: &[&str] = &[
    "",
    "plain",
    "two words",
    " around ",
    "ünïcödé ✓",
    "日本語",
    "🎈",
    "two\nlines",
    "ends with a line\n",
    "looks like\nA=another",
    "tab\tand\\backslash",
    "\"double\" and 'single'",
    "=a=b",
    "\u{1b}[31mred",
    "$",
    "$$",
    "$(",
    "$()",
    "$$(A)",
    "$$$(A)",
    "$(MISSING)",
    "$(A)",
    "<$(B)|$(C)>",
    "$(db-url)/$(log.level)",
    "$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)",
    "$(KUBERNETES_SERVICE_HOST)",
    "$(HOSTNAME) $(PATH)",
    "$(PRE_A)$(p.B)",
    "$(D)$(D)",
    "$(x(y))",
];

const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.labels['app']",
    "metadata.labels['example.com/part']",
    "metadata.annotations['note']",
    "metadata.annotations['absent']",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

const CPU_DIVISORS: &[&str] = &["", "1", "1m"];
const BYTE_DIVISORS: &[&str] = &["", "1", "1k", "1Ki", "1M", "1Mi"];

/// File that makes a container of a kept Pod restart.
pub const AGAIN: &str = "/again";

const CONFIG_MAPS: usize = 6;
const SECRETS: usize = 4;

/// Objects that the Pods of a namespace refer to.
pub struct EnvWorld {
    /// ConfigMaps, Secrets and Services.
    pub objects: Vec<Value>,
    /// The keys of each ConfigMap and of each Secret, by name.
    keys: Vec<(String, Vec<String>)>,
}

fn text(rng: &mut Rng) -> String {
    let mut out = rng.pick(TEXTS).to_owned();
    if rng.percent(25) {
        out.push_str(rng.pick(TEXTS));
    }
    out
}

/// Objects for Pods to refer to. The first Services get these addresses, the
/// others what the cluster gives them.
pub fn env_world(rng: &mut Rng, addresses: &[String]) -> EnvWorld {
    let mut objects = services();
    for (service, address) in objects.iter_mut().zip(addresses) {
        service["spec"]["clusterIP"] = address.as_str().into();
    }
    let mut world = EnvWorld {
        objects,
        keys: Vec::new(),
    };
    let named = (0..CONFIG_MAPS)
        .map(|i| ("ConfigMap", format!("config-{i}")))
        .chain((0..SECRETS).map(|i| ("Secret", format!("secret-{i}"))));
    for (kind, name) in named {
        let mut data = Map::new();
        for _ in 0..=rng.below(6) {
            data.insert(rng.pick(KEYS).to_owned(), text(rng).into());
        }
        let keys = data.keys().cloned().collect();
        let field = if kind == "Secret" {
            "stringData"
        } else {
            "data"
        };
        let mut object = json!({
            "apiVersion": "v1", "kind": kind, "metadata": {"name": name}, field: data,
        });
        // envFrom leaves binary data of ConfigMaps out.
        if kind == "ConfigMap" && rng.percent(50) {
            object["binaryData"] = json!({"BINARY": "AAEC/w=="});
        }
        if kind == "Secret" && rng.percent(50) {
            object["data"] = json!({"ENCODED": "c2VjcmV0IHRleHQ="});
        }
        world.keys.push((name, keys));
        world.objects.push(object);
    }
    world
}

/// Of each sort that makes variables, and of those that make none.
fn services() -> Vec<Value> {
    let service = |name: &str, spec: Value| json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec});
    vec![
        service("web", json!({"ports": [{"port": 80}]})),
        service(
            "my-db",
            json!({"ports": [
                {"name": "sql", "port": 5432},
                {"name": "ad-min", "port": 99, "protocol": "UDP"},
            ]}),
        ),
        service(
            "sctp",
            json!({"ports": [{"port": 7, "protocol": "SCTP", "name": "a"}]}),
        ),
        service(
            "headless",
            json!({"clusterIP": "None", "ports": [{"port": 1}]}),
        ),
        service(
            "external",
            json!({"type": "ExternalName", "externalName": "example.com"}),
        ),
        service("node", json!({"type": "NodePort", "ports": [{"port": 81}]})),
    ]
}

/// A Pod that prints its containers' environments in base64. One that is
/// `kept` runs on, the others end; a container of it starts anew when there is
/// a file [`AGAIN`].
pub fn env_pod(rng: &mut Rng, world: &EnvWorld, name: &str, kept: bool) -> Value {
    let shared = rng.percent(10);
    let mut names = vec!["app".to_owned()];
    if rng.percent(30) {
        names.push("second".to_owned());
    }
    let mut init = Vec::new();
    let has_file = rng.percent(10);
    if has_file {
        init.push(json!({
            "name": "setup", "image": "busybox", "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh", "-c", "echo \"KEY='from a file'\" > /out/f.env"],
            "volumeMounts": [{"name": "files", "mountPath": "/out"}],
        }));
    }
    if rng.percent(25) {
        init.push(container(rng, world, "init", false, shared, &names));
    }
    if rng.percent(25) {
        let mut sidecar = container(rng, world, "sidecar", true, shared, &names);
        sidecar["restartPolicy"] = "Always".into();
        init.push(sidecar);
    }
    let mut containers: Vec<Value> = names
        .iter()
        .map(|name| container(rng, world, name, kept, shared, &names))
        .collect();
    if has_file && let Some(env) = containers[0]["env"].as_array_mut() {
        env.push(json!({"name": "FROM_FILE", "valueFrom": {"fileKeyRef":
            {"volumeName": "files", "path": "f.env", "key": "KEY"}}}));
    }
    let mut spec = json!({
        "restartPolicy": "OnFailure",
        "terminationGracePeriodSeconds": 1,
        "automountServiceAccountToken": false,
        "volumes": [{"name": "files", "emptyDir": {}}],
        "containers": containers,
        "initContainers": init,
    });
    if shared {
        spec["shareProcessNamespace"] = true.into();
    }
    if rng.percent(30) {
        spec["enableServiceLinks"] = rng.percent(40).into();
    }
    match rng.below(10) {
        0 => spec["hostname"] = "a-host".into(),
        1 => {
            spec["hostname"] = "a-host".into();
            spec["subdomain"] = "below".into();
            spec["setHostnameAsFQDN"] = rng.percent(50).into();
        }
        2 => spec["hostnameOverride"] = "over.ride".into(),
        3 => spec["hostNetwork"] = true.into(),
        _ => {}
    }
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {"run": "env", "kept": kept.to_string(), "app": rng.pick(&["a", "b.c"]),
                "example.com/part": rng.pick(&["", "x_y"])},
            "annotations": {"note": text(rng)},
        },
        "spec": spec,
    })
}

fn container(
    rng: &mut Rng,
    world: &EnvWorld,
    name: &str,
    runs_on: bool,
    shared: bool,
    others: &[String],
) -> Value {
    let env_from: Vec<Value> = (0..rng.below(4)).map(|_| env_from(rng, world)).collect();
    let env: Vec<Value> = (0..rng.below(10))
        .map(|_| env_var(rng, world, others))
        .collect();
    // The first process prints what it was given: its environment, a colon, and
    // its arguments. With a process namespace of the Pod's own it is not the one
    // with the number 1. A terminal's last words get lost where the program ends
    // at once.
    let process = if shared || !runs_on { "$$$$" } else { "1" };
    let then = if runs_on {
        format!("trap 'exit 0' TERM; while [ ! -e {AGAIN} ]; do /bin/sleep 1; done; exit 1")
    } else {
        "/bin/sleep 1".to_owned()
    };
    let script = format!(
        "/bin/base64 /proc/{process}/environ; echo :; /bin/base64 /proc/{process}/cmdline; {then}"
    );
    let command = json!(["/bin/sh", "-c", script]);
    let args: Vec<String> = (0..rng.below(4)).map(|_| text(rng)).collect();
    let mut container = json!({
        "name": name, "image": "busybox", "imagePullPolicy": "IfNotPresent", "command": command,
        "args": args, "env": env, "envFrom": env_from,
    });
    if rng.percent(10) {
        container["tty"] = true.into();
    }
    if rng.percent(50) {
        container["resources"] = resources(rng);
    }
    container
}

/// Requests are small, so that all Pods find room on one node.
fn resources(rng: &mut Rng) -> Value {
    let mut requests = Map::new();
    let mut limits = Map::new();
    if rng.percent(60) {
        requests.insert("cpu".into(), rng.pick(&["1m", "2m", "0.003"]).into());
        if rng.percent(50) {
            limits.insert("cpu".into(), rng.pick(&["500m", "1", "1500m"]).into());
        }
    }
    if rng.percent(60) {
        requests.insert("memory".into(), rng.pick(&["1Mi", "1500k", "1e6"]).into());
        if rng.percent(50) {
            limits.insert(
                "memory".into(),
                rng.pick(&["64Mi", "100M", "70000000"]).into(),
            );
        }
    }
    if rng.percent(20) {
        limits.insert(
            "ephemeral-storage".into(),
            rng.pick(&["1Mi", "2500k"]).into(),
        );
    }
    json!({"requests": requests, "limits": limits})
}

fn env_from(rng: &mut Rng, world: &EnvWorld) -> Value {
    let (name, _) = &world.keys[rng.below(world.keys.len())];
    let field = if name.starts_with("secret") {
        "secretRef"
    } else {
        "configMapRef"
    };
    let mut source = if rng.percent(15) {
        json!({field: {"name": "absent", "optional": true}})
    } else {
        json!({field: {"name": name}})
    };
    if rng.percent(50) {
        source["prefix"] = rng.pick(&["PRE_", "p.", "1-"]).into();
    }
    source
}

fn env_var(rng: &mut Rng, world: &EnvWorld, containers: &[String]) -> Value {
    let name = rng.pick(NAMES);
    let source = match rng.below(10) {
        0..5 => return json!({"name": name, "value": text(rng)}),
        5 | 6 => key_ref(rng, world),
        7 | 8 => json!({"fieldRef": {"fieldPath": rng.pick(FIELDS)}}),
        _ => resource_ref(rng, containers),
    };
    json!({"name": name, "valueFrom": source})
}

fn key_ref(rng: &mut Rng, world: &EnvWorld) -> Value {
    let (name, keys) = &world.keys[rng.below(world.keys.len())];
    let field = if name.starts_with("secret") {
        "secretKeyRef"
    } else {
        "configMapKeyRef"
    };
    match rng.below(10) {
        0 => json!({field: {"name": name, "key": "absent", "optional": true}}),
        1 => json!({field: {"name": "absent", "key": "A", "optional": true}}),
        _ => json!({field: {"name": name, "key": keys[rng.below(keys.len())]}}),
    }
}

fn resource_ref(rng: &mut Rng, containers: &[String]) -> Value {
    let resource = rng.pick(&[
        "requests.cpu",
        "limits.cpu",
        "requests.memory",
        "limits.memory",
        "requests.ephemeral-storage",
        "limits.ephemeral-storage",
    ]);
    let divisor = if resource.ends_with("cpu") {
        rng.pick(CPU_DIVISORS)
    } else {
        rng.pick(BYTE_DIVISORS)
    };
    let mut source = json!({"resource": resource});
    if !divisor.is_empty() {
        source["divisor"] = divisor.into();
    }
    if rng.percent(40) {
        source["containerName"] = containers[rng.below(containers.len())].clone().into();
    }
    json!({"resourceFieldRef": source})
}
