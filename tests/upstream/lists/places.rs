//! Every list and map of the schema, and an object of each kind to put them into.

use pod_model::KubernetesVersion;
use pod_model::schema::{DefinitionId, ListType, Type, builtin};
use serde_json::{Map, Value, json};

const VERSION: KubernetesVersion = KubernetesVersion::V1_37;

/// A step down an object.
#[derive(Clone, Debug)]
pub enum Step {
    Field(&'static str),
    /// The first item of a list.
    Item,
    /// The value of a map's one key.
    Key,
}

/// A list or a map of a kind.
#[derive(Clone, Debug)]
pub struct Place {
    pub steps: Vec<Step>,
    pub is_list: bool,
    pub list: ListType,
}

/// The key of a map that has none.
pub const KEY: &str = "cpu";

/// All lists and maps of a kind, but for those of its status.
pub fn places(api_version: &str, kind: &str) -> Vec<Place> {
    let root = builtin().definition(api_version, kind, VERSION).unwrap();
    let mut found = Vec::new();
    object(root, &mut Vec::new(), &mut vec![root], &mut found);
    found
}

fn object(
    id: DefinitionId,
    steps: &mut Vec<Step>,
    open: &mut Vec<DefinitionId>,
    found: &mut Vec<Place>,
) {
    for field in builtin().fields(id, VERSION) {
        if steps.is_empty() && field.name == "status" || field.name == "managedFields" {
            continue;
        }
        steps.push(Step::Field(field.name));
        value(field.kind, field.list, steps, open, found);
        steps.pop();
    }
}

fn value(
    kind: Type,
    list: ListType,
    steps: &mut Vec<Step>,
    open: &mut Vec<DefinitionId>,
    found: &mut Vec<Place>,
) {
    let (inner, step) = match kind {
        Type::Object(id) if !open.contains(&id) => {
            open.push(id);
            object(id, steps, open, found);
            open.pop();
            return;
        }
        Type::List(inner) => (inner, Step::Item),
        Type::Map(inner) => (inner, Step::Key),
        _ => return,
    };
    found.push(Place {
        steps: steps.clone(),
        is_list: matches!(step, Step::Item),
        list,
    });
    steps.push(step);
    value(builtin().inner(inner), ListType::Atomic, steps, open, found);
    steps.pop();
}

impl Place {
    /// The list or map in the object, made where it is not there, and the path
    /// of one more item in it.
    pub fn within<'a>(&self, object: &'a mut Value) -> (&'a mut Value, String) {
        let mut path: Vec<String> = Vec::new();
        let mut at = object;
        for step in &self.steps {
            at = match step {
                Step::Field(name) => {
                    path.push((*name).to_owned());
                    as_map(at).entry(*name).or_insert(Value::Null)
                }
                Step::Key => {
                    path.push(KEY.to_owned());
                    as_map(at).entry(KEY).or_insert(Value::Null)
                }
                Step::Item => {
                    path.push("0".to_owned());
                    let items = as_list(at);
                    if items.is_empty() {
                        items.push(Value::Null);
                    }
                    &mut items[0]
                }
            };
        }
        if self.is_list {
            path.push(as_list(at).len().to_string());
        } else {
            path.push(KEY.to_owned());
            as_map(at);
        }
        (at, path.join("."))
    }

    /// Returns its path without indices.
    pub fn name(&self) -> String {
        let steps = self.steps.iter().map(|step| match step {
            Step::Field(name) => *name,
            Step::Item => "[]",
            Step::Key => "{}",
        });
        steps.collect::<Vec<_>>().join(".").replace(".[]", "[]")
    }
}

fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = json!({});
    }
    value.as_object_mut().unwrap()
}

fn as_list(value: &mut Value) -> &mut Vec<Value> {
    if !value.is_array() {
        *value = json!([]);
    }
    value.as_array_mut().unwrap()
}

/// The kinds whose creation the oracle judges, each with a small sound object.
#[expect(clippy::too_many_lines, reason = "it is one table")]
pub fn bases() -> Vec<Value> {
    let pod = json!({ "containers": [{ "name": "a", "image": "a" }] });
    let template = json!({ "metadata": { "labels": { "a": "b" } }, "spec": pod });
    let once = json!({ "spec": { "restartPolicy": "Never", "containers": [{ "name": "a", "image": "a" }] } });
    let selector = json!({ "matchLabels": { "a": "b" } });
    let workload = json!({ "selector": selector, "template": template });
    let object = |api_version: &str, kind: &str, rest: Value| {
        let mut object =
            json!({ "apiVersion": api_version, "kind": kind, "metadata": { "name": "a" } });
        let rest = rest.as_object().unwrap().clone();
        object.as_object_mut().unwrap().extend(rest);
        object
    };
    let rbac = "rbac.authorization.k8s.io";
    vec![
        object("v1", "Pod", json!({ "spec": pod })),
        object("batch/v1", "Job", json!({ "spec": { "template": once } })),
        object(
            "batch/v1",
            "CronJob",
            json!({ "spec": { "schedule": "* * * * *", "jobTemplate": { "spec": { "template": once } } } }),
        ),
        object("apps/v1", "Deployment", json!({ "spec": workload })),
        object("apps/v1", "ReplicaSet", json!({ "spec": workload })),
        object("apps/v1", "DaemonSet", json!({ "spec": workload })),
        object("apps/v1", "StatefulSet", json!({ "spec": workload })),
        object(
            "v1",
            "ReplicationController",
            json!({ "spec": { "selector": { "a": "b" }, "template": template } }),
        ),
        object("v1", "PodTemplate", json!({ "template": template })),
        object(
            "v1",
            "Service",
            json!({ "spec": { "ports": [{ "port": 80, "name": "a" }] } }),
        ),
        object("v1", "ConfigMap", json!({})),
        object("v1", "Secret", json!({})),
        object("v1", "ServiceAccount", json!({})),
        object("v1", "Namespace", json!({})),
        object("v1", "LimitRange", json!({ "spec": { "limits": [] } })),
        object("v1", "ResourceQuota", json!({ "spec": {} })),
        object("v1", "Endpoints", json!({})),
        object(
            "v1",
            "PersistentVolume",
            json!({ "spec": { "capacity": { "storage": "1Gi" }, "accessModes": ["ReadWriteOnce"], "hostPath": { "path": "/a" } } }),
        ),
        object(
            "v1",
            "PersistentVolumeClaim",
            json!({ "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } } }),
        ),
        object(
            "discovery.k8s.io/v1",
            "EndpointSlice",
            json!({ "addressType": "IPv4", "endpoints": [{ "addresses": ["10.0.0.1"] }] }),
        ),
        object(
            "networking.k8s.io/v1",
            "Ingress",
            json!({ "spec": { "defaultBackend": { "service": { "name": "a", "port": { "number": 80 } } } } }),
        ),
        object(
            "networking.k8s.io/v1",
            "NetworkPolicy",
            json!({ "spec": { "podSelector": {} } }),
        ),
        object(
            "policy/v1",
            "PodDisruptionBudget",
            json!({ "spec": { "selector": selector, "minAvailable": 1 } }),
        ),
        object(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            json!({ "spec": { "maxReplicas": 2, "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "a" } } }),
        ),
        object(&format!("{rbac}/v1"), "Role", json!({ "rules": [] })),
        object(&format!("{rbac}/v1"), "ClusterRole", json!({ "rules": [] })),
        object(
            &format!("{rbac}/v1"),
            "RoleBinding",
            json!({ "roleRef": { "apiGroup": rbac, "kind": "Role", "name": "a" } }),
        ),
        object(
            &format!("{rbac}/v1"),
            "ClusterRoleBinding",
            json!({ "roleRef": { "apiGroup": rbac, "kind": "ClusterRole", "name": "a" } }),
        ),
        object(
            "scheduling.k8s.io/v1",
            "PriorityClass",
            json!({ "value": 1 }),
        ),
        object(
            "storage.k8s.io/v1",
            "StorageClass",
            json!({ "provisioner": "a.b/c" }),
        ),
    ]
}
