//! Requests to the API server, from its audit log.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::cluster::cluster;
use crate::support::namespace::Namespace;

/// Prefix of our user agent.
pub(crate) const OURS: &str = "kubectl-pod_tools/";
/// Prefix of the user agent of kubectl, which is called `upstream` here.
pub(crate) const THEIRS: &str = "kubectl/";

/// Returns the number of lists and watches of a resource by a program, in a namespace, with this
/// text in the URL.
pub(crate) fn asked(
    namespace: &Namespace,
    agent: &str,
    resource: &str,
    url: &str,
) -> (usize, usize) {
    let log = std::fs::read_to_string(cluster().state().join("log/audit.log")).unwrap();
    let mut seen = BTreeSet::new();
    let (mut lists, mut watches) = (0, 0);
    for line in log.lines() {
        // The last line may be half there.
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            continue;
        };
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or("");
        let fits = text("/userAgent").starts_with(agent)
            && text("/objectRef/resource") == resource
            && text("/objectRef/namespace") == namespace.name()
            && text("/requestURI").contains(url);
        // A watch has an entry when it begins and one when it ends.
        if fits && seen.insert(text("/auditID").to_owned()) {
            match text("/verb") {
                "watch" => watches += 1,
                "list" => lists += 1,
                _ => {}
            }
        }
    }
    (lists, watches)
}
