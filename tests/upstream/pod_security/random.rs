//! Random Pods and Jobs of which some meet each level: most fields are as
//! `restricted` wants them, each is something else now and then.

use serde_json::{Value, json};

use crate::random::Rng;

/// Values of annotations: good ones, and texts that Go's `%q` writes in another way.
const VALUES: &[&str] = &[
    "",
    "runtime/default",
    "docker/default",
    "localhost/a",
    "localhost",
    "unconfined",
    "unconfined",
    "a\"b\\c\n\t\r\u{7}\u{8}\u{b}\u{c}",
    "\u{0}\u{1f}\u{7f}\u{80}\u{a0}\u{ad}",
    "\u{e9}\u{301}\u{20ac}\u{200b}\u{2028}\u{feff}\u{1f600}\u{e0001}\u{fffd}'",
];

/// A value that is usual, or one of the others in so many of a hundred cases.
fn mostly(rng: &mut Rng, chance: usize, usual: Value, others: &[Value]) -> Option<Value> {
    let value = if rng.percent(chance) {
        others[rng.below(others.len())].clone()
    } else {
        usual
    };
    (!value.is_null()).then_some(value)
}

fn set(object: &mut Value, field: &str, value: Option<Value>) {
    if let Some(value) = value {
        object[field] = value;
    }
}

fn profile(rng: &mut Rng, chance: usize, usual: &str) -> Option<Value> {
    let usual = match usual {
        "" => Value::Null,
        usual => json!({ "type": usual }),
    };
    mostly(
        rng,
        chance,
        usual,
        &[
            Value::Null,
            json!({ "type": "Localhost", "localhostProfile": "a" }),
            json!({ "type": "Unconfined" }),
            json!({ "type": "" }),
        ],
    )
}

fn se_linux(rng: &mut Rng) -> Option<Value> {
    mostly(
        rng,
        6,
        Value::Null,
        &[
            json!({}),
            json!({ "level": "s0" }),
            json!({ "type": "container_engine_t" }),
            json!({ "type": "container_kvm_t", "user": "" }),
            json!({ "type": "spc_t" }),
            json!({ "user": "u" }),
            json!({ "role": "r" }),
        ],
    )
}

fn windows(rng: &mut Rng) -> Option<Value> {
    let options = [true, false].map(|is| json!({ "hostProcess": is }));
    mostly(rng, 3, Value::Null, &options)
}

fn user(rng: &mut Rng) -> Option<Value> {
    mostly(rng, 10, Value::Null, &[json!(0), json!(0), json!(1000)])
}

fn host(rng: &mut Rng) -> Value {
    rng.pick(&["", "", "a", "b", "A"]).into()
}

/// Returns a random handler of a probe or a hook.
fn handler(rng: &mut Rng) -> Value {
    match rng.below(3) {
        0 => json!({ "httpGet": { "port": 1, "host": host(rng) } }),
        1 => json!({ "tcpSocket": { "port": 1, "host": host(rng) } }),
        _ => json!({ "exec": { "command": ["a"] } }),
    }
}

fn container(rng: &mut Rng, name: &str) -> Value {
    let mut own = json!({});
    let bools = [Value::Null, json!(true), json!(false)];
    set(
        &mut own,
        "allowPrivilegeEscalation",
        mostly(rng, 6, json!(false), &bools),
    );
    set(&mut own, "privileged", mostly(rng, 6, Value::Null, &bools));
    set(
        &mut own,
        "runAsNonRoot",
        mostly(rng, 20, Value::Null, &bools),
    );
    set(&mut own, "runAsUser", user(rng));
    let mounts = ["Default", "Unmasked", ""].map(Value::from);
    set(&mut own, "procMount", mostly(rng, 5, Value::Null, &mounts));
    set(&mut own, "seccompProfile", profile(rng, 10, ""));
    set(&mut own, "appArmorProfile", profile(rng, 6, ""));
    set(&mut own, "seLinuxOptions", se_linux(rng));
    set(&mut own, "windowsOptions", windows(rng));
    let capabilities = [
        Value::Null,
        json!({}),
        json!({ "drop": ["CHOWN"] }),
        json!({ "drop": ["all"] }),
        json!({ "drop": ["NET_RAW", "ALL"], "add": ["NET_BIND_SERVICE"] }),
        json!({ "drop": ["ALL"], "add": ["CHOWN"] }),
        json!({ "drop": ["ALL"], "add": ["SYS_CHROOT", "SYS_TIME"] }),
        json!({ "add": ["ALL"] }),
    ];
    let usual = json!({ "drop": ["ALL"] });
    set(
        &mut own,
        "capabilities",
        mostly(rng, 15, usual, &capabilities),
    );
    let mut container = json!({ "name": name, "image": "a" });
    if own != json!({}) || rng.percent(50) {
        container["securityContext"] = own;
    }
    let ports = [&[0][..], &[80], &[9, 0, 80], &[80, 8080]];
    let ports = ports.map(|ports| {
        let ports = ports.iter();
        ports
            .map(|port| json!({ "containerPort": 80, "hostPort": port }))
            .collect()
    });
    set(&mut container, "ports", mostly(rng, 6, Value::Null, &ports));
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if rng.percent(5) {
            container[probe] = handler(rng);
        }
    }
    for hook in ["postStart", "preStop"] {
        if rng.percent(4) {
            container["lifecycle"][hook] = handler(rng);
        }
    }
    container
}

fn volume(rng: &mut Rng, name: &str) -> Value {
    let usual = rng.pick(&[
        "emptyDir",
        "configMap",
        "secret",
        "projected",
        "csi",
        "image",
    ]);
    let others = [
        "hostPath",
        "nfs",
        "iscsi",
        "fc",
        "rbd",
        "gitRepo",
        "ephemeral",
        "downwardAPI",
        "portworxVolume",
        "persistentVolumeClaim",
        "none",
    ];
    let source = if rng.percent(15) {
        rng.pick(&others)
    } else {
        usual
    };
    let mut volume = json!({ "name": name });
    match source {
        "none" => {}
        "hostPath" => volume[source] = json!({ "path": "/a" }),
        source => volume[source] = json!({}),
    }
    volume
}

fn spec(rng: &mut Rng) -> Value {
    let mut own = json!({});
    let bools = [Value::Null, json!(true), json!(false)];
    set(
        &mut own,
        "runAsNonRoot",
        mostly(rng, 15, json!(true), &bools),
    );
    set(&mut own, "runAsUser", user(rng));
    set(
        &mut own,
        "seccompProfile",
        profile(rng, 15, "RuntimeDefault"),
    );
    set(&mut own, "appArmorProfile", profile(rng, 6, ""));
    set(&mut own, "seLinuxOptions", se_linux(rng));
    set(&mut own, "windowsOptions", windows(rng));
    let sysctls = [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_notsent_lowat",
        "kernel.msgmax",
        "",
    ];
    let sysctls = sysctls.map(|name| json!([{ "name": name, "value": "1" }]));
    set(&mut own, "sysctls", mostly(rng, 10, Value::Null, &sysctls));
    let mut spec = json!({});
    if rng.percent(95) {
        spec["securityContext"] = own;
    }
    let containers = 1 + rng.below(3);
    spec["containers"] = (0..containers)
        .map(|i| {
            // A name that comes twice is a matter of validation.
            let name = if rng.percent(2) { 0 } else { i };
            container(rng, &format!("c{name}"))
        })
        .collect();
    for (field, chance) in [("initContainers", 30), ("ephemeralContainers", 10)] {
        if rng.percent(chance) {
            spec[field] = json!([container(rng, &format!("in-{chance}"))]);
        }
    }
    let volumes = rng.below(3);
    spec["volumes"] = (0..volumes)
        .map(|i| volume(rng, &format!("v{i}")))
        .collect();
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        set(&mut spec, field, mostly(rng, 4, Value::Null, &bools));
    }
    set(&mut spec, "hostUsers", mostly(rng, 15, Value::Null, &bools));
    let systems = ["windows", "linux"].map(|name| json!({ "name": name }));
    set(&mut spec, "os", mostly(rng, 8, Value::Null, &systems));
    spec
}

/// A Pod, as it is sent.
pub(crate) fn pod(rng: &mut Rng) -> Value {
    let mut metadata = json!({ "name": "a" });
    if rng.percent(10) {
        metadata["annotations"] = json!({ "example.com/a": "b" });
        for _ in 0..=rng.below(2) {
            let prefix = rng.pick(&[
                "container.apparmor.security.beta.kubernetes.io/",
                "container.seccomp.security.alpha.kubernetes.io/",
                "seccomp.security.alpha.kubernetes.io/pod",
            ]);
            let name = match prefix {
                "seccomp.security.alpha.kubernetes.io/pod" => "",
                _ => rng.pick(&["c0", "c1", "in-30", ""]),
            };
            let value = rng.pick(VALUES);
            metadata["annotations"][format!("{prefix}{name}")] = value.into();
        }
    }
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec(rng) })
}
