//! Random containers with all that the kubelet looks up for them. Everything is as
//! the API server would take it.

use serde_json::{Map, Value, json};

use crate::random::Rng;

/// The namespaces of Pods; that of the API server's Service is one.
const NAMESPACES: &[&str] = &["ns", "ns", "default"];
const KEYS: &[&str] = &["A", "B", "UP", "EMPTY", "log.level"];
const NAMES: &[&str] = &[
    "A",
    "B",
    "C",
    "D",
    "UP",
    "EMPTY",
    "log.level",
    "WEB_SERVICE_HOST",
    "PRE_A",
];
const TEXTS: &[&str] = &[
    "",
    "plain",
    "$(A)",
    "$(B)/$(C)",
    "$$(A)",
    "$$",
    "$",
    "$(MISSING)",
    "$(EMPTY)",
    "é$(UP)",
    "$(PRE_A)",
    "$(WEB_SERVICE_HOST):$(WEB_SERVICE_PORT)",
    "$(KUBERNETES_SERVICE_HOST)",
    "$(log.level)",
    "$(D)$(D)",
];
const DIRECTORIES: &[&str] = &[
    "a",
    "$(A)",
    "$(A)/$(B)",
    "$(UP)",
    "x/$(EMPTY)",
    "$(MISSING)",
    "$(C)$(D)$(MISSING)",
    "$$(A)",
    "$$",
    "$(UP)/logs",
    "p.$(log.level)",
    "$(DOTS)",
    "$(DOTS)/x",
    "x/$(DOTS)",
    "$(ROOT)",
    "x$(ROOT)",
    "$()",
    "$(A",
    "..$(A)",
];
const FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "metadata.labels['app']",
    "metadata.labels['a.b/c']",
    "metadata.labels['absent']",
    "metadata.annotations['note']",
    "metadata.annotations['Up.Case']",
    "metadata.annotations['absent']",
    "spec.nodeName",
    "spec.serviceAccountName",
    "spec.host",
];
const VALUES: &[&str] = &["v", "two\nlines", "\"quoted\"", "tab\tand\\", "ünïcödé", ""];
const CPU: &[&str] = &["1", "100m", "1500m", "0.1", "0", "2", "1u", "3.0001"];
const BYTES: &[&str] = &[
    "1Gi",
    "64Mi",
    "1000",
    "1k",
    "0",
    "123456789",
    "1.5Gi",
    "9007199254740993",
    "1m",
    "5E",
];
const LABELS_63: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// One question to the oracle, whose Pod is still without its defaults.
pub(crate) fn question(rng: &mut Rng) -> Value {
    let namespace = rng.pick(NAMESPACES);
    let containers = [container(rng, "c"), container(rng, "d")];
    let init = container(rng, "i");
    let mut spec = json!({"containers": containers, "initContainers": [init], "nodeName": "n",
        "serviceAccountName": rng.pick(&["robot", "default"]), "enableServiceLinks": rng.percent(70),
        "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {}}]});
    if rng.percent(15) {
        spec["resources"] = resources(rng, false);
    }
    host_name(rng, &mut spec);
    let mut metadata = json!({"name": name(rng), "namespace": namespace, "uid": "0-1-2",
        "labels": {"app": rng.pick(VALUES), "a.b/c": "d"}});
    if rng.percent(80) {
        metadata["annotations"] = json!({"note": rng.pick(VALUES), "Up.Case": rng.pick(VALUES)});
    }
    json!({"op": "container", "container": rng.pick(&["c", "c", "d", "i"]),
        "pod": {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec},
        "services": services(rng), "configMaps": objects(rng, namespace, "m"),
        "secrets": objects(rng, namespace, "s"), "node": node(rng),
        "clusterDomain": rng.pick(&["cluster.local", "x", "a.long.domain.example.org"])})
}

fn name(rng: &mut Rng) -> String {
    match rng.below(5) {
        0 => "p".to_owned(),
        1 => format!(
            "{LABELS_63}{}",
            rng.pick(&["", "b", "-b", ".b", "bbb", "bb-b", "bb.b", "---b"])
        ),
        2 => format!("a.{LABELS_63}{LABELS_63}"),
        3 => "web-5d9c7b".to_owned(),
        _ => "a.b".to_owned(),
    }
}

fn host_name(rng: &mut Rng, spec: &mut Value) {
    let mut set = |chance: usize, field: &str, value: Value| {
        if rng.percent(chance) {
            spec[field] = value;
        }
    };
    let long = |length: usize| json!("h".repeat(length));
    set(30, "hostname", json!("h"));
    set(10, "hostname", long(63));
    set(5, "hostname", json!("h.i"));
    set(5, "hostname", json!("H"));
    set(30, "subdomain", json!("sub"));
    set(10, "subdomain", long(40));
    set(4, "subdomain", json!("-"));
    set(40, "setHostnameAsFQDN", json!(true));
    set(10, "hostnameOverride", json!("o.p"));
    set(
        5,
        "hostnameOverride",
        json!(format!("{}.{}-.b", "o".repeat(40), "p".repeat(21)).replace("-.", ".")),
    );
    set(
        5,
        "hostnameOverride",
        json!(format!("{}.b", "o".repeat(62))),
    );
    // The server lets nobody have both.
    if spec.get("hostnameOverride").is_some() {
        spec.as_object_mut().unwrap().remove("setHostnameAsFQDN");
    }
}

fn resources(rng: &mut Rng, huge: bool) -> Value {
    let mut out = json!({});
    for list in ["limits", "requests"] {
        let mut of_list = Map::new();
        for (name, amounts) in [
            ("cpu", CPU),
            ("memory", BYTES),
            ("ephemeral-storage", BYTES),
            ("hugepages-2Mi", BYTES),
        ] {
            let fits = huge || matches!(name, "cpu" | "memory");
            if fits && rng.percent(45) {
                of_list.insert(name.to_owned(), json!(rng.pick(amounts)));
            }
        }
        if rng.percent(80) {
            out[list] = Value::Object(of_list);
        }
    }
    out
}

fn container(rng: &mut Rng, name: &str) -> Value {
    let env: Vec<Value> = (0..rng.below(6)).map(|_| variable(rng)).collect();
    let mut env = Value::Array(env);
    if rng.percent(25) {
        let all = env.as_array_mut().unwrap();
        all.push(
            json!({"name": "DOTS", "value": rng.pick(&["..", "a..b", "../x", "x/..", ". ."])}),
        );
        all.push(json!({"name": "ROOT", "value": rng.pick(&["/", "/etc", "//x"])}));
    }
    let mut out = json!({"name": name, "image": "i", "env": env, "resources": resources(rng, true),
        "command": [rng.pick(TEXTS), "x"], "args": [rng.pick(TEXTS), rng.pick(TEXTS)]});
    let envs: Vec<Value> = (0..rng.below(3)).map(|_| env_from(rng)).collect();
    out["envFrom"] = json!(envs);
    if rng.percent(40) {
        let mounts: Vec<Value> = (0..=rng.below(2))
            .map(|i| {
                let at = format!("/mnt/{i}");
                let mut mount = json!({"name": rng.pick(&["v", "w"]), "mountPath": at});
                match rng.below(4) {
                    0 => mount["subPath"] = json!("fixed"),
                    1 => {}
                    _ => mount["subPathExpr"] = json!(rng.pick(DIRECTORIES)),
                }
                mount
            })
            .collect();
        out["volumeMounts"] = json!(mounts);
    }
    if rng.percent(40) {
        let command: Vec<&str> = (0..2).map(|_| rng.pick(TEXTS)).collect();
        out[rng.pick(&["startupProbe", "livenessProbe", "readinessProbe"])] =
            json!({"exec": {"command": command}});
    }
    out
}

fn variable(rng: &mut Rng) -> Value {
    let name = rng.pick(NAMES);
    let from = match rng.below(10) {
        0..4 => return json!({"name": name, "value": rng.pick(TEXTS)}),
        4 | 5 => json!({"fieldRef": {"apiVersion": "v1", "fieldPath": rng.pick(FIELDS)}}),
        6 | 7 => {
            let (list, resource) = (
                rng.pick(&["limits", "requests"]),
                rng.pick(&["cpu", "memory", "ephemeral-storage", "hugepages-2Mi"]),
            );
            let divisors: &[&str] = match resource {
                "cpu" => &["0", "1", "1m"],
                _ => &["0", "1", "1k", "1Ki", "1M", "1Mi", "1Gi", "1E"],
            };
            let mut reference =
                json!({"resource": format!("{list}.{resource}"), "divisor": rng.pick(divisors)});
            if rng.percent(50) {
                let named = if rng.percent(4) {
                    "none"
                } else {
                    rng.pick(&["c", "d", "i"])
                };
                reference["containerName"] = json!(named);
            }
            json!({"resourceFieldRef": reference})
        }
        8 => json!({"configMapKeyRef": key(rng, "m")}),
        _ => json!({"secretKeyRef": key(rng, "s")}),
    };
    json!({"name": name, "valueFrom": from})
}

/// A key that is there, or is optional, in most cases.
fn key(rng: &mut Rng, of: &str) -> Value {
    let object = if rng.percent(5) {
        "absent".to_owned()
    } else {
        format!("{of}{}", rng.below(2))
    };
    let mut key = json!({"name": object, "key": rng.pick(KEYS)});
    if rng.percent(85) {
        key["optional"] = json!(true);
    }
    key
}

fn env_from(rng: &mut Rng) -> Value {
    let (field, of) = rng.pick(&[("configMapRef", "m"), ("secretRef", "s")]);
    let name = if rng.percent(10) {
        "absent".to_owned()
    } else {
        format!("{of}{}", rng.below(2))
    };
    let mut out = json!({field: {"name": name}});
    if rng.percent(80) {
        out[field]["optional"] = json!(true);
    }
    if rng.percent(30) {
        out["prefix"] = json!("PRE_");
    }
    out
}

/// Two ConfigMaps or Secrets of the Pod's namespace, and one of the same name in
/// another. A Secret's values are base64: `YQ==` to the server, and so to both sides.
fn objects(rng: &mut Rng, namespace: &str, of: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for (i, at) in [(0, namespace), (1, namespace), (0, "other")] {
        let mut data = Map::new();
        for key in KEYS {
            if rng.percent(30) {
                continue;
            }
            let value = match (*key, of) {
                ("EMPTY", _) => "",
                (_, "s") => rng.pick(&["YQ==", "eC95", "JChBKQ=="]),
                _ => rng.pick(&["a", "x/y", "$(A)", "ünï"]),
            };
            data.insert((*key).to_owned(), json!(value));
        }
        all.push(json!({"metadata": {"name": format!("{of}{i}"), "namespace": at}, "data": data}));
    }
    all
}

/// Services of three namespaces. No two of one namespace make the same variable.
fn services(rng: &mut Rng) -> Vec<Value> {
    let mut all = Vec::new();
    for namespace in ["ns", "default", "other"] {
        for name in ["web", "kubernetes", "my-db"] {
            if rng.percent(45) {
                continue;
            }
            let ip = rng.pick(&["10.0.0.1", "10.0.0.2", "None", "", "fd00::1"]);
            let kind = if ip.is_empty() {
                "ExternalName"
            } else {
                "ClusterIP"
            };
            let mut ports = vec![json!({"name": "http", "port": 80 + rng.below(3)})];
            if rng.percent(40) {
                ports.push(json!({"name": "dns", "port": 53, "protocol": "UDP"}));
            }
            all.push(json!({"metadata": {"name": name, "namespace": namespace},
                "spec": {"clusterIP": ip, "type": kind, "ports": ports}}));
        }
    }
    all
}

fn node(rng: &mut Rng) -> Value {
    let mut allocatable = json!({"cpu": rng.pick(CPU), "memory": rng.pick(BYTES)});
    if rng.percent(70) {
        allocatable["ephemeral-storage"] = json!(rng.pick(BYTES));
    }
    json!({"metadata": {"name": "n"}, "status": {"allocatable": allocatable}})
}
