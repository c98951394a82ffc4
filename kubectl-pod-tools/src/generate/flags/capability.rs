//! Names of Linux capabilities.

use super::super::fragment::{Fragment, ValueError};

/// Capabilities of the kernel (`include/uapi/linux/capability.h`), and ALL. A container with
/// another one does not start.
const KNOWN: &[&str] = &[
    "ALL",
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// Parses comma-separated names to the API's form: capitals, without the prefix `CAP_`.
pub(super) fn capabilities(list: Fragment<'_>) -> Result<Vec<String>, ValueError> {
    let names = list.split(",").into_iter().map(|fragment| {
        let fragment = fragment.trim();
        let capitals = fragment.text().to_ascii_uppercase();
        let name = capitals.strip_prefix("CAP_").unwrap_or(&capitals);
        if KNOWN.contains(&name) {
            return Ok(name.to_owned());
        }
        let near: Vec<&str> = KNOWN
            .iter()
            .copied()
            .filter(|known| !name.is_empty() && (known.contains(name) || name.contains(known)))
            .collect();
        if fragment.is_empty() {
            return Err(fragment.error("expected a capability, found nothing"));
        }
        let error = fragment.error(format!("unknown capability `{}`", fragment.text()));
        Err(match near.as_slice() {
            [] => error.help(match pod_model::nearest(name, KNOWN.iter().copied()) {
                Some(near) => format!("did you mean {near}?"),
                None => {
                    "see capabilities(7) for all, such as NET_BIND_SERVICE or SYS_TIME".to_owned()
                }
            }),
            near => error.help(format!("did you mean {}?", near.join(" or "))),
        })
    });
    names.collect()
}
