//! Pods and Pod templates.

use serde_json::{Value, json};

use super::Rng;
use super::container::{Kind, container, resources, seccomp_profile};
use super::parts::{
    Object, count, flag, label_selector, labels, list, metadata, name, pick, resource_list,
};
use super::volume::volume;

/// A Pod that upstream can decode; it need not be valid.
pub fn pod(rng: &mut Rng) -> Value {
    let mut pod = Object::new();
    pod.set("apiVersion", Value::from("v1"));
    pod.set("kind", Value::from("Pod"));
    pod.set("metadata", metadata(rng, true));
    pod.maybe(rng, 99, "spec", pod_spec);
    pod.maybe(rng, 5, "status", status);
    pod.value()
}

fn numbered(
    rng: &mut Rng,
    least: usize,
    most: usize,
    mut element: impl FnMut(&mut Rng, usize) -> Value,
) -> Value {
    let length = least + rng.below(most + 1 - least);
    (0..length).map(|number| element(rng, number)).collect()
}

pub fn pod_spec(rng: &mut Rng) -> Value {
    let mut spec = Object::new();
    let containers = numbered(rng, 1, 3, |rng, n| container(rng, Kind::App, n));
    spec.set("containers", containers);
    spec.maybe(rng, 35, "initContainers", |rng| {
        numbered(rng, 0, 3, |rng, n| container(rng, Kind::Init, n + 10))
    });
    spec.maybe(rng, 10, "ephemeralContainers", |rng| {
        numbered(rng, 0, 2, |rng, n| container(rng, Kind::Ephemeral, n + 20))
    });
    spec.maybe(rng, 60, "volumes", |rng| numbered(rng, 0, 4, volume));
    spec.maybe(rng, 20, "resources", resources);
    spec.maybe(rng, 10, "overhead", |rng| {
        resource_list(rng, &["cpu", "memory"])
    });
    words(rng, &mut spec);
    for field in [
        "hostNetwork",
        "hostPID",
        "hostIPC",
        "hostUsers",
        "shareProcessNamespace",
        "enableServiceLinks",
        "automountServiceAccountToken",
        "setHostnameAsFQDN",
    ] {
        spec.maybe(rng, 15, field, flag);
    }
    spec.maybe(rng, 20, "terminationGracePeriodSeconds", |rng| {
        count(rng, 90)
    });
    spec.maybe(rng, 10, "activeDeadlineSeconds", |rng| count(rng, 90));
    spec.maybe(rng, 30, "securityContext", security_context);
    placement(rng, &mut spec);
    spec.value()
}

fn words(rng: &mut Rng, spec: &mut Object) {
    for (field, values) in [
        ("restartPolicy", ["Always", "OnFailure", "Never", ""]),
        ("dnsPolicy", ["Default", "None", "ClusterFirst", ""]),
        ("schedulerName", ["mine", "default-scheduler", "mine", ""]),
        ("serviceAccountName", ["sa", "default", "sa", ""]),
        ("nodeName", ["n1", "n2", "n1", ""]),
        ("hostname", ["h", "h", "i", ""]),
        ("subdomain", ["s", "s", "t", ""]),
        ("priorityClassName", ["high", "low", "high", ""]),
        (
            "preemptionPolicy",
            ["Never", "PreemptLowerPriority", "Never", "Never"],
        ),
    ] {
        spec.maybe(rng, 20, field, |rng| pick(rng, &values));
    }
}

fn placement(rng: &mut Rng, spec: &mut Object) {
    spec.maybe(rng, 20, "nodeSelector", labels);
    spec.maybe(rng, 20, "tolerations", |rng| {
        list(rng, 2, |rng| {
            let mut toleration = Object::new();
            toleration.maybe(rng, 70, "key", |rng| pick(rng, &["a", ""]));
            toleration.maybe(rng, 70, "operator", |rng| {
                pick(rng, &["Exists", "Equal", ""])
            });
            toleration.maybe(rng, 50, "effect", |rng| {
                pick(rng, &["NoSchedule", "NoExecute", ""])
            });
            toleration.maybe(rng, 20, "tolerationSeconds", |rng| count(rng, 60));
            toleration.value()
        })
    });
    spec.maybe(rng, 20, "topologySpreadConstraints", |rng| {
        list(rng, 2, |rng| {
            let mut constraint = Object::new();
            constraint.set("maxSkew", count(rng, 3));
            constraint.set("topologyKey", Value::from("zone"));
            let when = pick(rng, &["DoNotSchedule", "ScheduleAnyway"]);
            constraint.set("whenUnsatisfiable", when);
            constraint.maybe(rng, 60, "labelSelector", label_selector);
            constraint.maybe(rng, 20, "nodeTaintsPolicy", |rng| {
                pick(rng, &["Honor", "Ignore"])
            });
            constraint.value()
        })
    });
    spec.maybe(rng, 15, "affinity", |rng| {
        let term = json!({ "topologyKey": "zone", "labelSelector": label_selector(rng) });
        match rng.below(4) {
            0 => json!({}),
            1 => json!({ "podAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": [term] } }),
            2 => json!({ "podAntiAffinity": { "preferredDuringSchedulingIgnoredDuringExecution":
                [{ "weight": 1, "podAffinityTerm": term }] } }),
            _ => json!({ "nodeAffinity": { "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{ "matchExpressions":
                    [{ "key": "a", "operator": "In", "values": ["b"] }] }] } } }),
        }
    });
    spec.maybe(rng, 10, "imagePullSecrets", |rng| {
        list(rng, 2, |rng| json!({ "name": name(rng) }))
    });
    spec.maybe(rng, 10, "hostAliases", |rng| {
        list(rng, 1, |_| json!({ "ip": "127.0.0.1", "hostnames": ["a"] }))
    });
    spec.maybe(rng, 10, "dnsConfig", |rng| match rng.below(2) {
        0 => json!({}),
        _ => json!({ "nameservers": ["1.1.1.1"], "options": [{ "name": "ndots", "value": "2" }] }),
    });
}

fn security_context(rng: &mut Rng) -> Value {
    let mut context = Object::new();
    context.maybe(rng, 40, "runAsUser", |rng| count(rng, 2000));
    context.maybe(rng, 40, "runAsNonRoot", flag);
    context.maybe(rng, 30, "fsGroup", |rng| count(rng, 2000));
    context.maybe(rng, 30, "supplementalGroups", |rng| {
        list(rng, 2, |rng| count(rng, 9))
    });
    context.maybe(rng, 30, "seccompProfile", seccomp_profile);
    context.maybe(rng, 20, "sysctls", |rng| {
        list(
            rng,
            2,
            |_| json!({ "name": "net.ipv4.ip_forward", "value": "1" }),
        )
    });
    context.value()
}

fn status(rng: &mut Rng) -> Value {
    let mut status = Object::new();
    status.maybe(rng, 80, "phase", |rng| pick(rng, &["Pending", "Running"]));
    status.maybe(rng, 60, "containerStatuses", |rng| {
        numbered(rng, 0, 2, |rng, number| {
            let mut container = Object::new();
            container.set("name", Value::from(format!("c{number}")));
            container.set("image", Value::from("nginx"));
            container.set("imageID", Value::from("x"));
            container.set("ready", flag(rng));
            container.set("restartCount", count(rng, 3));
            container.maybe(rng, 50, "allocatedResources", |rng| {
                resource_list(rng, &["cpu", "memory"])
            });
            container.maybe(rng, 50, "resources", resources);
            container.value()
        })
    });
    status.value()
}
