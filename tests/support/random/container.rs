//! Containers of each kind, with their probes and hooks.

use serde_json::{Value, json};

use super::Rng;
use super::parts::{
    Object, count, field_ref, flag, image, key_ref, list, name, pick, resource_field_ref,
    resource_list,
};

const RESOURCES: [&str; 6] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "hugepages-2Mi",
    "example.com/gpu",
    "cpu",
];

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    App,
    Init,
    Ephemeral,
}

pub fn container(rng: &mut Rng, kind: Kind, number: usize) -> Value {
    let mut c = Object::new();
    c.set("name", Value::from(format!("c{number}")));
    c.maybe(rng, 95, "image", image);
    c.maybe(rng, 20, "imagePullPolicy", |rng| {
        pick(rng, &["Always", "Never", "IfNotPresent", ""])
    });
    c.maybe(rng, 30, "command", |rng| {
        list(rng, 3, |rng| {
            pick(rng, &["sh", "-c", "echo $(A) $$(B)", ""])
        })
    });
    c.maybe(rng, 30, "args", |rng| {
        list(rng, 3, |rng| pick(rng, &["$(A)", "x", "$(UNDEFINED)"]))
    });
    c.maybe(rng, 10, "workingDir", |rng| pick(rng, &["/w", ""]));
    c.maybe(rng, 50, "env", |rng| list(rng, 4, env_var));
    c.maybe(rng, 20, "envFrom", |rng| list(rng, 2, env_from));
    c.maybe(rng, 40, "ports", |rng| list(rng, 3, port));
    c.maybe(rng, 60, "resources", resources);
    c.maybe(rng, 25, "livenessProbe", probe);
    c.maybe(rng, 25, "readinessProbe", probe);
    c.maybe(rng, 25, "startupProbe", probe);
    c.maybe(rng, 25, "lifecycle", lifecycle);
    c.maybe(rng, 20, "securityContext", security_context);
    c.maybe(rng, 20, "volumeMounts", |rng| list(rng, 2, volume_mount));
    c.maybe(rng, 10, "stdin", flag);
    c.maybe(rng, 10, "tty", flag);
    c.maybe(rng, 10, "terminationMessagePath", |rng| {
        pick(rng, &["/log", ""])
    });
    c.maybe(rng, 10, "terminationMessagePolicy", |rng| {
        pick(rng, &["File", "FallbackToLogsOnError", ""])
    });
    c.maybe(rng, 10, "resizePolicy", |rng| {
        list(rng, 2, |rng| {
            let policy = pick(rng, &["NotRequired", "RestartContainer"]);
            json!({ "resourceName": pick(rng, &["cpu", "memory"]), "restartPolicy": policy })
        })
    });
    if kind == Kind::Init {
        c.maybe(rng, 40, "restartPolicy", |_| Value::from("Always"));
    }
    if kind == Kind::Ephemeral {
        c.maybe(rng, 40, "targetContainerName", |_| Value::from("c0"));
    }
    c.value()
}

pub fn resources(rng: &mut Rng) -> Value {
    let mut resources = Object::new();
    resources.maybe(rng, 70, "limits", |rng| resource_list(rng, &RESOURCES));
    resources.maybe(rng, 60, "requests", |rng| resource_list(rng, &RESOURCES));
    resources.maybe(rng, 5, "claims", |rng| {
        list(rng, 1, |rng| json!({ "name": name(rng) }))
    });
    resources.value()
}

fn env_var(rng: &mut Rng) -> Value {
    let mut var = Object::new();
    var.set("name", pick(rng, &["A", "B", "C", "D_E"]));
    if rng.percent(50) {
        var.maybe(rng, 90, "value", |rng| {
            pick(rng, &["", "v", "$(A)", "$$(A)", "$(B)-$(A)", "$("])
        });
        return var.value();
    }
    let (source, value) = match rng.below(5) {
        0 => ("fieldRef", field_ref(rng)),
        1 => ("resourceFieldRef", resource_field_ref(rng)),
        2 => ("configMapKeyRef", key_ref(rng)),
        3 => ("secretKeyRef", key_ref(rng)),
        _ => {
            let mut file = Object::new();
            file.set("volumeName", name(rng));
            file.set("path", pick(rng, &["env", "a/env"]));
            file.set("key", pick(rng, &["K", "L"]));
            file.maybe(rng, 40, "optional", flag);
            ("fileKeyRef", file.value())
        }
    };
    let empty = rng.percent(3);
    var.set(
        "valueFrom",
        if empty {
            json!({})
        } else {
            json!({ source: value })
        },
    );
    var.value()
}

fn env_from(rng: &mut Rng) -> Value {
    let mut from = Object::new();
    from.maybe(rng, 40, "prefix", |rng| pick(rng, &["P_", ""]));
    let source = rng.pick(&["configMapRef", "secretRef"]);
    let mut reference = Object::new();
    reference.set("name", name(rng));
    reference.maybe(rng, 40, "optional", flag);
    from.set(source, reference.value());
    from.value()
}

fn port(rng: &mut Rng) -> Value {
    let mut port = Object::new();
    port.set("containerPort", Value::from(1 + rng.below(65535)));
    port.maybe(rng, 40, "name", |rng| pick(rng, &["http", "metrics", ""]));
    port.maybe(rng, 30, "hostPort", |rng| count(rng, 65535));
    port.maybe(rng, 30, "protocol", |rng| {
        pick(rng, &["TCP", "UDP", "SCTP", ""])
    });
    port.maybe(rng, 10, "hostIP", |rng| pick(rng, &["127.0.0.1", ""]));
    port.value()
}

fn port_reference(rng: &mut Rng) -> Value {
    if rng.percent(60) {
        Value::from(rng.below(65536))
    } else {
        pick(rng, &["http", "metrics", "8080"])
    }
}

fn http_get(rng: &mut Rng) -> Value {
    let mut get = Object::new();
    get.set("port", port_reference(rng));
    get.maybe(rng, 50, "path", |rng| {
        pick(rng, &["/healthz", "", "/a?b=c", "x"])
    });
    get.maybe(rng, 30, "scheme", |rng| pick(rng, &["HTTP", "HTTPS", ""]));
    get.maybe(rng, 20, "host", |rng| pick(rng, &["127.0.0.1", ""]));
    get.maybe(rng, 30, "httpHeaders", |rng| {
        list(
            rng,
            2,
            |rng| json!({ "name": pick(rng, &["Host", "X-A"]), "value": pick(rng, &["a", ""]) }),
        )
    });
    get.value()
}

fn tcp_socket(rng: &mut Rng) -> Value {
    let mut socket = Object::new();
    socket.set("port", port_reference(rng));
    socket.maybe(rng, 20, "host", |rng| pick(rng, &["127.0.0.1", ""]));
    socket.value()
}

fn exec(rng: &mut Rng) -> Value {
    let mut exec = Object::new();
    exec.maybe(rng, 90, "command", |rng| {
        list(rng, 3, |rng| pick(rng, &["cat", "/tmp/x", ""]))
    });
    exec.value()
}

pub fn probe(rng: &mut Rng) -> Value {
    let mut probe = Object::new();
    match rng.below(9) {
        0 | 1 => probe.set("exec", exec(rng)),
        2..=4 => probe.set("httpGet", http_get(rng)),
        5 => probe.set("tcpSocket", tcp_socket(rng)),
        6 | 7 => {
            let mut grpc = Object::new();
            grpc.set("port", Value::from(rng.below(65536)));
            grpc.maybe(rng, 40, "service", |rng| pick(rng, &["live", ""]));
            probe.set("grpc", grpc.value());
        }
        _ => {}
    }
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
        "terminationGracePeriodSeconds",
    ] {
        probe.maybe(rng, 30, field, |rng| count(rng, 60));
    }
    probe.value()
}

fn lifecycle(rng: &mut Rng) -> Value {
    let mut lifecycle = Object::new();
    for hook in ["postStart", "preStop"] {
        lifecycle.maybe(rng, 60, hook, |rng| match rng.below(5) {
            0 => json!({ "exec": exec(rng) }),
            1 => json!({ "httpGet": http_get(rng) }),
            2 => json!({ "tcpSocket": tcp_socket(rng) }),
            3 => json!({ "sleep": { "seconds": count(rng, 9) } }),
            _ => json!({}),
        });
    }
    lifecycle.maybe(rng, 20, "stopSignal", |rng| {
        pick(rng, &["SIGTERM", "SIGUSR1"])
    });
    lifecycle.value()
}

fn security_context(rng: &mut Rng) -> Value {
    let mut context = Object::new();
    for field in [
        "privileged",
        "runAsNonRoot",
        "readOnlyRootFilesystem",
        "allowPrivilegeEscalation",
    ] {
        context.maybe(rng, 40, field, flag);
    }
    context.maybe(rng, 40, "runAsUser", |rng| count(rng, 2000));
    context.maybe(rng, 30, "runAsGroup", |rng| count(rng, 2000));
    context.maybe(rng, 30, "procMount", |rng| {
        pick(rng, &["Default", "Unmasked"])
    });
    context.maybe(rng, 40, "capabilities", |rng| {
        let mut capabilities = Object::new();
        for field in ["add", "drop"] {
            capabilities.maybe(rng, 60, field, |rng| {
                list(rng, 2, |rng| {
                    pick(rng, &["ALL", "NET_ADMIN", "NET_BIND_SERVICE"])
                })
            });
        }
        capabilities.value()
    });
    context.maybe(rng, 30, "seccompProfile", seccomp_profile);
    context.value()
}

pub fn seccomp_profile(rng: &mut Rng) -> Value {
    match rng.below(3) {
        0 => json!({ "type": "Localhost", "localhostProfile": "a.json" }),
        1 => json!({ "type": "Unconfined" }),
        _ => json!({ "type": "RuntimeDefault" }),
    }
}

fn volume_mount(rng: &mut Rng) -> Value {
    let mut mount = Object::new();
    mount.set("name", Value::from(format!("v{}", rng.below(3))));
    mount.set("mountPath", pick(rng, &["/a", "/b"]));
    mount.maybe(rng, 30, "readOnly", flag);
    mount.maybe(rng, 30, "subPath", |rng| pick(rng, &["s", ""]));
    mount.maybe(rng, 10, "mountPropagation", |rng| {
        pick(rng, &["None", "HostToContainer"])
    });
    mount.maybe(rng, 10, "recursiveReadOnly", |rng| {
        pick(rng, &["Disabled", "Enabled"])
    });
    mount.value()
}
