//! All objects of the cluster at one time, and those of a situation among them.

use serde_json::Value;

use crate::support::cluster::cluster;

/// Types that are recorded.
const TYPES: &str = "pods,events,nodes,namespaces,replicasets,deployments,statefulsets,daemonsets,jobs,cronjobs,\
    persistentvolumeclaims,persistentvolumes,storageclasses,runtimeclasses,priorityclasses,resourcequotas,limitranges,\
    serviceaccounts,configmaps,secrets";

/// Every object, and the time at which they were read.
pub(crate) struct Snapshot {
    objects: Vec<Value>,
    pub(crate) now: jiff::Timestamp,
}

impl Snapshot {
    /// Reads them.
    pub(crate) fn take() -> Self {
        let text = cluster().kubectl(&["get", TYPES, "-A", "-o", "json"]);
        let mut list: Value = serde_json::from_str(&text).unwrap();
        Self {
            objects: serde_json::from_value(list["items"].take()).unwrap(),
            // To the second, as the API's own times are.
            now: jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap(),
        }
    }

    /// Returns the objects of a situation among all of those that share the namespace: whatever begins with its
    /// name, the nodes, the namespace, and the namespace's default ServiceAccount.
    pub(crate) fn objects_of(
        &self,
        situation: &str,
        namespace: &str,
        others: &[&str],
    ) -> Vec<Value> {
        let is_member = |object: &&Value| {
            let is_in = object["metadata"]["namespace"]
                .as_str()
                .is_none_or(|own| own == namespace);
            is_in && belongs(object, situation, namespace, others)
        };
        self.objects.iter().filter(is_member).cloned().collect()
    }
}

fn belongs(object: &Value, situation: &str, namespace: &str, others: &[&str]) -> bool {
    let name = match object["kind"].as_str() {
        Some("Event") => &object["involvedObject"]["name"],
        _ => &object["metadata"]["name"],
    };
    let name = name.as_str().unwrap_or_default();
    match object["kind"].as_str() {
        Some("Node") => true,
        Some("Namespace") => name == namespace,
        Some("ServiceAccount") if name == "default" => true,
        _ => {
            let begins = |own: &&&str| is_named_after(name, own);
            let longest = others.iter().filter(begins).max_by_key(|own| own.len());
            longest.is_some_and(|own| *own == situation)
        }
    }
}

/// Returns whether a name is that of a situation, or that with a suffix.
fn is_named_after(name: &str, situation: &str) -> bool {
    let rest = name.strip_prefix(situation);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-') || rest.starts_with('.'))
}
