//! Random Pods in which what a server changes on creation is likely.

use serde_json::{Map, Value, json};

use crate::random::{self, Rng, quantity::quantity};

/// Names of amounts: of those that a whole Pod has, and of some that it cannot have.
const RESOURCES: [&str; 8] = [
    "cpu",
    "memory",
    "hugepages-2Mi",
    "hugepages-1Gi",
    "cpu",
    "memory",
    "ephemeral-storage",
    "example.com/gpu",
];

/// Names of the amounts that every container may be limited to.
const LIMITED: [&str; 3] = ["cpu", "memory", "hugepages-2Mi"];

/// The annotation of a container's AppArmor profile, before its name.
pub(crate) const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

const LISTS: [&str; 3] = ["containers", "initContainers", "ephemeralContainers"];

/// A Pod that upstream can decode; it need not be valid.
pub(crate) fn pod(rng: &mut Rng) -> Value {
    let mut pod = random::pod(rng);
    metadata(rng, &mut pod["metadata"]);
    let Some(spec) = pod["spec"].as_object_mut() else {
        return json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" } });
    };
    if rng.percent(75) {
        spec.insert("resources".to_owned(), resources(rng, 55, 65));
    }
    scalars(rng, spec);
    volumes(rng, spec);
    placement(rng, spec);
    let mut limited = LIMITED.to_vec();
    limited.retain(|_| rng.percent(60));
    for list in LISTS {
        for container in spec.get_mut(list).into_iter().flat_map(elements) {
            of_container(rng, container, &limited);
        }
    }
    pod
}

fn elements(list: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let elements = list.as_array_mut().into_iter().flatten();
    elements.filter_map(Value::as_object_mut)
}

/// Sets a field in so many of a hundred cases to one of the values.
fn maybe(rng: &mut Rng, object: &mut Map<String, Value>, chance: usize, name: &str, values: Value) {
    if rng.percent(chance)
        && let Value::Array(values) = values
    {
        let value = values[rng.below(values.len())].clone();
        object.insert(name.to_owned(), value);
    }
}

/// Returns the object in a field, which is made if it is absent.
fn object<'a>(parent: &'a mut Map<String, Value>, name: &str) -> &'a mut Map<String, Value> {
    let value = parent.entry(name).or_insert_with(|| json!({}));
    value.as_object_mut().unwrap()
}

fn scalars(rng: &mut Rng, spec: &mut Map<String, Value>) {
    for (chance, name, values) in [
        (
            30,
            "terminationGracePeriodSeconds",
            json!([-1, -30, 0, i64::MIN]),
        ),
        (40, "serviceAccount", json!(["old", "sa", "default", ""])),
        (30, "hostUsers", json!([true, false])),
        (20, "hostnameOverride", json!(["h", ""])),
        (
            20,
            "resourceClaims",
            json!([[], [{ "name": "r", "resourceClaimName": "mine" }]]),
        ),
        (10, "schedulingGates", json!([[{ "name": "a.b/c" }]])),
        (
            10,
            "os",
            json!([{ "name": "windows" }, { "name": "linux" }]),
        ),
    ] {
        maybe(rng, spec, chance, name, values);
    }
    if rng.percent(40) {
        let context = object(spec, "securityContext");
        maybe(rng, context, 50, "appArmorProfile", app_armor_profiles());
        maybe(
            rng,
            context,
            50,
            "supplementalGroupsPolicy",
            json!(["Merge", "Strict"]),
        );
        maybe(
            rng,
            context,
            50,
            "seLinuxChangePolicy",
            json!(["MountOption", "Recursive"]),
        );
    }
}

fn app_armor_profiles() -> Value {
    json!([
        { "type": "RuntimeDefault" },
        { "type": "Unconfined" },
        { "type": "Localhost", "localhostProfile": "p" },
        { "type": "Localhost" },
        { "type": "Unknown" },
    ])
}

/// Annotations of old, and the labels that `matchLabelKeys` name.
fn metadata(rng: &mut Rng, metadata: &mut Value) {
    if rng.percent(60) {
        metadata["labels"]["app"] = json!("web");
    }
    for number in [0, 1, 10, 20] {
        if rng.percent(15) {
            let key = format!("{APP_ARMOR}c{number}");
            metadata["annotations"][key] = json!(rng.pick(&[
                "runtime/default",
                "unconfined",
                "localhost/p",
                "localhost/ p",
                "localhost/",
                "unknown",
            ]));
        }
    }
    for key in ["alpha", "beta"] {
        if rng.percent(10) {
            let key = format!("pod.{key}.kubernetes.io/init-containers");
            metadata["annotations"][key] = json!("[]");
        }
    }
}

fn volumes(rng: &mut Rng, spec: &mut Map<String, Value>) {
    for volume in spec.get_mut("volumes").into_iter().flat_map(elements) {
        let Some(name) = volume.get("name").filter(|_| rng.percent(30)).cloned() else {
            continue;
        };
        let certificate = json!({ "signerName": "a.b/c", "keyType": "ED25519", "keyPath": "k" });
        let (source, content) = if rng.percent(50) {
            ("image", json!({ "reference": "i" }))
        } else {
            (
                "projected",
                json!({ "sources": [{ "podCertificate": certificate }] }),
            )
        };
        *volume = Map::from_iter([("name".to_owned(), name), (source.to_owned(), content)]);
    }
}

fn placement(rng: &mut Rng, spec: &mut Map<String, Value>) {
    let keys = json!([["app"], ["app", "tier"], ["none"], []]);
    for constraint in spec
        .get_mut("topologySpreadConstraints")
        .into_iter()
        .flat_map(elements)
    {
        maybe(rng, constraint, 60, "matchLabelKeys", keys.clone());
        maybe(
            rng,
            constraint,
            30,
            "nodeAffinityPolicy",
            json!(["Honor", "Ignore"]),
        );
    }
    for _ in 0..2 {
        if rng.percent(80) {
            continue;
        }
        let mut term = Map::from_iter([("topologyKey".to_owned(), json!("zone"))]);
        let selectors = json!([{}, { "matchLabels": { "a": "b" } }]);
        maybe(rng, &mut term, 80, "labelSelector", selectors);
        maybe(rng, &mut term, 70, "matchLabelKeys", keys.clone());
        maybe(rng, &mut term, 50, "mismatchLabelKeys", keys.clone());
        let kind = rng.pick(&["podAffinity", "podAntiAffinity"]);
        let terms = if rng.percent(50) {
            json!({ "requiredDuringSchedulingIgnoredDuringExecution": [term] })
        } else {
            json!({ "preferredDuringSchedulingIgnoredDuringExecution":
                [{ "weight": 1, "podAffinityTerm": term }] })
        };
        object(spec, "affinity").insert(kind.to_owned(), terms);
    }
}

fn of_container(rng: &mut Rng, container: &mut Map<String, Value>, limited: &[&str]) {
    if rng.percent(80) {
        let mut resources = resources(rng, 40, 40);
        for name in limited {
            if rng.percent(95) {
                resources["limits"][name] = json!(quantity(rng));
            }
        }
        maybe(
            rng,
            resources.as_object_mut().unwrap(),
            10,
            "claims",
            json!([[{ "name": "r" }], []]),
        );
        container.insert("resources".to_owned(), resources);
    }
    maybe(
        rng,
        container,
        15,
        "restartPolicy",
        json!(["Always", "Never", "OnFailure"]),
    );
    maybe(
        rng,
        container,
        15,
        "restartPolicyRules",
        json!([[], [{ "action": "Restart", "exitCodes": { "operator": "In", "values": [1] } }]]),
    );
    if rng.percent(20) {
        let context = object(container, "securityContext");
        maybe(rng, context, 60, "appArmorProfile", app_armor_profiles());
    }
    maybe(
        rng,
        container,
        5,
        "lifecycle",
        json!([{ "stopSignal": "SIGTERM" }]),
    );
}

fn resources(rng: &mut Rng, limits: usize, requests: usize) -> Value {
    let mut resources = json!({});
    for (list, chance) in [("limits", limits), ("requests", requests)] {
        if rng.percent(chance) {
            resources[list] = json!({});
            for _ in 0..rng.below(4) {
                resources[list][rng.pick(&RESOURCES)] = json!(quantity(rng));
            }
        }
    }
    resources
}
