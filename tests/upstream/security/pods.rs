//! Random Pods with security contexts that the API accepts.

use serde_json::{Value, json};

use crate::random::Rng;

/// Users of images.
pub(crate) const IMAGE_USERS: &[&str] = &[
    "",
    "0",
    "1000",
    "1000:2000",
    "www-data",
    "root",
    "65534",
    "4294967296",
    "a:b",
    "-1",
];

fn some(rng: &mut Rng, chance: usize, object: &mut Value, field: &str, values: &[Value]) {
    if rng.percent(chance) {
        object[field] = values[rng.below(values.len())].clone();
    }
}

fn profiles() -> [Value; 3] {
    [
        json!({ "type": "RuntimeDefault" }),
        json!({ "type": "Unconfined" }),
        json!({ "type": "Localhost", "localhostProfile": "a/b.json" }),
    ]
}

fn se_linux() -> [Value; 3] {
    [
        json!({}),
        json!({ "level": "s0:c1,c2" }),
        json!({ "user": "u", "role": "r", "type": "t", "level": "s0" }),
    ]
}

fn bools() -> [Value; 2] {
    [json!(true), json!(false)]
}

fn users() -> [Value; 3] {
    [json!(0), json!(1000), json!(2_147_483_647)]
}

fn container(rng: &mut Rng, name: &str) -> Value {
    let mut own = json!({});
    some(rng, 35, &mut own, "runAsUser", &users());
    some(rng, 35, &mut own, "runAsGroup", &users());
    some(rng, 35, &mut own, "runAsNonRoot", &bools());
    some(rng, 15, &mut own, "privileged", &bools());
    some(rng, 35, &mut own, "allowPrivilegeEscalation", &bools());
    some(rng, 35, &mut own, "readOnlyRootFilesystem", &bools());
    let mounts = [json!("Default"), json!("Unmasked")];
    some(rng, 25, &mut own, "procMount", &mounts);
    some(rng, 35, &mut own, "seccompProfile", &profiles());
    some(rng, 35, &mut own, "appArmorProfile", &profiles());
    some(rng, 25, &mut own, "seLinuxOptions", &se_linux());
    let capabilities = [
        json!({}),
        json!({ "drop": ["ALL"] }),
        json!({ "add": ["NET_ADMIN", "CAP_KILL"], "drop": ["all"] }),
        json!({ "add": ["ALL"] }),
    ];
    some(rng, 35, &mut own, "capabilities", &capabilities);
    let mut container = json!({ "name": name, "image": "i" });
    if rng.percent(80) {
        container["securityContext"] = own;
    }
    container
}

fn context(rng: &mut Rng) -> Value {
    let mut own = json!({});
    some(rng, 35, &mut own, "runAsUser", &users());
    some(rng, 35, &mut own, "runAsGroup", &users());
    some(rng, 35, &mut own, "runAsNonRoot", &bools());
    some(rng, 35, &mut own, "fsGroup", &users());
    let groups = [json!([]), json!([1]), json!([3, 0, 3])];
    some(rng, 35, &mut own, "supplementalGroups", &groups);
    let policies = [json!("Merge"), json!("Strict")];
    some(rng, 35, &mut own, "supplementalGroupsPolicy", &policies);
    some(rng, 35, &mut own, "seccompProfile", &profiles());
    some(rng, 35, &mut own, "appArmorProfile", &profiles());
    some(rng, 25, &mut own, "seLinuxOptions", &se_linux());
    let names = [
        "kernel.shm_rmid_forced",
        "kernel/shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ping_group_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net/ipv4/tcp_fin_timeout",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_mem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_notsent_lowat",
        "net.ipv4.conf.eth0/1.forwarding",
        "net.core.somaxconn",
        "kernel.msgmax",
        "kernel.domainname",
        "fs.mqueue.msg_max",
        "user.max_user_namespaces",
        "vm.swappiness",
        "a",
    ];
    if rng.percent(40) {
        let sysctls = (0..=rng.below(3)).map(|_| json!({ "name": rng.pick(&names), "value": "1" }));
        own["sysctls"] = sysctls.collect();
    }
    own
}

/// A Pod, as it is sent.
pub(crate) fn pod(rng: &mut Rng) -> Value {
    let mut spec = json!({});
    if rng.percent(85) {
        spec["securityContext"] = context(rng);
    }
    let count = 1 + rng.below(2);
    spec["containers"] = (0..count)
        .map(|i| container(rng, &format!("c{i}")))
        .collect();
    if rng.percent(30) {
        spec["initContainers"] = json!([container(rng, "init")]);
    }
    for field in ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"] {
        some(rng, 20, &mut spec, field, &bools());
    }
    let mut metadata = json!({ "name": "a" });
    if rng.percent(25) {
        let key = "container.apparmor.security.beta.kubernetes.io/c0";
        let values = [
            "runtime/default",
            "unconfined",
            "localhost/a",
            "localhost/",
            "other",
        ];
        metadata["annotations"] = json!({ key: rng.pick(&values) });
    }
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec })
}
