//! Groups and lists that Kubernetes itself defines.

use super::builtin::KindRow;
use super::embedded::builtin;

/// Returns whether Kubernetes defines all of a group's kinds: its groups have no dot,
/// or are named in the schema. Other groups below `k8s.io` (such as
/// `gateway.networking.k8s.io`) are of custom resources.
pub(crate) fn is_builtin_group(group: &str) -> bool {
    let known = |row: &KindRow| {
        let known = row.api_version.split_once('/').map_or("", |(g, _)| g);
        known == group
    };
    !group.contains('.') || builtin().kinds.iter().any(known)
}

/// Returns whether what has `items` is a list to kubectl, which looks the kind up before it takes
/// the items apart: of Kubernetes' own groups it knows each kind, that of its list, and
/// `List` (cli-runtime's `mapper`, client-go's `NewDiscoveryRESTMapper`).
pub(crate) fn may_be_a_list(api_version: &str, kind: &str) -> bool {
    let (group, _) = api_version.split_once('/').unwrap_or_default();
    let one = kind.strip_suffix("List").unwrap_or(kind);
    let has_rows = |kind: &str| builtin().rows(kind).next().is_some();
    kind == "List" || has_rows(one) || has_rows(kind) || !is_builtin_group(group)
}
