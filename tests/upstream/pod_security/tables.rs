//! The names that checks have tables of.

use serde_json::{Value, json};

/// The capabilities of Linux (include/uapi/linux/capability.h), and words that are none.
const CAPABILITIES: &str = "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE \
     DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN \
     NET_BIND_SERVICE NET_BROADCAST NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYSLOG SYS_ADMIN SYS_BOOT SYS_CHROOT \
     SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM \
     ALL all chown CAP_CHOWN CAP_NET_BIND_SERVICE";
const SE_LINUX_TYPES: &str = "container_t container_init_t container_kvm_t container_engine_t container_device_t \
     container_logreader_t spc_t svirt_lxc_net_t";
/// Those that the kubelet calls safe in some version, and others of the same families.
const SYSCTLS: &str = "kernel.shm_rmid_forced kernel/shm_rmid_forced net.ipv4.ip_local_port_range \
     net.ipv4.ip_local_reserved_ports net.ipv4.ip_unprivileged_port_start net.ipv4.tcp_syncookies net.ipv4.ping_group_range \
     net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl net.ipv4.tcp_keepalive_probes net.ipv4.tcp_fin_timeout \
     net.ipv4.tcp_rmem net.ipv4.tcp_wmem net.ipv4.tcp_mem net.ipv4.tcp_slow_start_after_idle net.ipv4.tcp_notsent_lowat \
     net.ipv4.tcp_timestamps net.core.somaxconn kernel.msgmax kernel.shmmax fs.mqueue.msg_max";
/// The sources of volumes of the API.
const VOLUMES: &str = "awsElasticBlockStore azureDisk azureFile cephfs cinder configMap csi downwardAPI emptyDir ephemeral fc \
     flexVolume flocker gcePersistentDisk gitRepo glusterfs hostPath image iscsi nfs persistentVolumeClaim \
     photonPersistentDisk portworxVolume projected quobyte rbd scaleIO secret storageos vsphereVolume";

/// A Pod for each name that a check may have in a table, alone in a Pod that meets each level.
pub(crate) fn pods() -> Vec<Value> {
    let usual = json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": {
        "securityContext": { "runAsNonRoot": true, "seccompProfile": { "type": "RuntimeDefault" } },
        "containers": [{ "name": "c", "image": "a", "securityContext": {
            "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] },
        } }],
    } });
    let mut pods = vec![usual.clone()];
    let mut with = |path: &str, value: Value| {
        let mut pod = usual.clone();
        let (parent, field) = path.rsplit_once('/').unwrap();
        pod.pointer_mut(parent).unwrap()[field] = value;
        pods.push(pod);
    };
    for name in CAPABILITIES.split_whitespace() {
        let path = "/spec/containers/0/securityContext/capabilities";
        with(&format!("{path}/add"), json!([name]));
        with(&format!("{path}/drop"), json!([name]));
    }
    for name in SE_LINUX_TYPES.split_whitespace() {
        with(
            "/spec/securityContext/seLinuxOptions",
            json!({ "type": name }),
        );
    }
    for name in SYSCTLS.split_whitespace() {
        with(
            "/spec/securityContext/sysctls",
            json!([{ "name": name, "value": "1" }]),
        );
    }
    for source in VOLUMES.split_whitespace() {
        with("/spec/volumes", json!([{ "name": "v", source: {} }]));
    }
    pods
}
