//! Which Services a Pod is told of.

use std::collections::BTreeMap;

use crate::subject::FoundService;

/// The one Service that every container is told of (`masterServices`).
pub(super) const MASTER: &str = "kubernetes";
/// Where it is (`metav1.NamespaceDefault`).
const MASTER_NAMESPACE: &str = "default";

/// The Services that a Pod is told of, by name. One called `kubernetes` in the
/// Pod's own namespace hides the cluster's.
pub(super) fn choose<'s, 'a>(
    services: &'s [FoundService<'a>],
    namespace: &str,
    links: bool,
) -> BTreeMap<&'a str, &'s FoundService<'a>> {
    let mut chosen: BTreeMap<&str, &FoundService<'_>> = BTreeMap::new();
    for found in services {
        let meta = &found.service.metadata;
        let name = meta.name.as_deref().unwrap_or_default();
        let at = meta.namespace.as_deref().unwrap_or(namespace);
        if !has_ip(found) {
            continue;
        }
        if at == MASTER_NAMESPACE && name == MASTER {
            chosen.entry(name).or_insert(found);
        } else if at == namespace && links {
            chosen.insert(name, found);
        }
    }
    chosen
}

/// Upstream: `IsServiceIPSet`; a Service that no API server has seen gets its
/// address on creation, unless it is headless or only a name.
fn has_ip(found: &FoundService<'_>) -> bool {
    let Some(spec) = &found.service.spec else {
        return false;
    };
    match spec.cluster_ip.as_deref() {
        Some("None") => false,
        Some("") | None => !found.live && spec.type_.as_deref() != Some("ExternalName"),
        Some(_) => true,
    }
}
