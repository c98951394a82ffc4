//! The table of fields: what becomes of a string, by the field that has it.

use super::pseudonyms::{Class, IP, UID};

/// A rule for the strings of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Indexes, a schedule: it stays if it has the form of one.
    Keep,
    /// A quantity or a percentage: it stays if it is one.
    Quantity,
    /// The name of an object, or of a part of one.
    Name(Class),
    /// The value of a label: a pseudonym, which selectors share.
    Label,
    /// Words: those of Kubernetes stay, others get pseudonyms.
    Text,
    /// Output of a program: as words, and without numbers.
    Output,
    /// A command, a path: a pseudonym, which messages share.
    Shared(Class),
    /// A value: a pseudonym.
    Value,
}

/// A rule for a whole field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// It is left out.
    Drop,
    /// A map from labels, to [`Rule::Label`].
    Labels,
    /// A map from annotations.
    Annotations,
    /// A map from resources to quantities.
    Resources,
    /// A map from keys to values; of a Secret in base64.
    Data {
        /// True for values in base64.
        is_encoded: bool,
    },
    /// A map from words to values.
    Parameters,
}

/// The place of a value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    /// The field that has it, also for the items of a list.
    pub key: &'a str,
    /// The field that has the object with that field.
    pub parent: &'a str,
    /// The kind that the object with that field names, as a reference does.
    pub kind: Option<&'a str>,
}

/// Numbers of indexes and times of the day.
const KEEP: &[&str] = &[
    "completedIndexes",
    "failedIndexes",
    "schedule",
    "succeededIndexes",
    "timeZone",
];

const QUANTITIES: &[&str] = &[
    "divisor",
    "maxSurge",
    "maxUnavailable",
    "minAvailable",
    "podFixed",
    "sizeLimit",
    "storage",
];

/// Messages, keys and enumerations: those of the API are made of its words.
const TEXTS: &[&str] = &[
    "accessModes",
    "action",
    "add",
    "allowedTopologies",
    "apiVersion",
    "backoffLimitPerIndex",
    "completionMode",
    "component",
    "concurrencyPolicy",
    "conditionType",
    "controllerName",
    "dnsPolicy",
    "driver",
    "drop",
    "effect",
    "fieldPath",
    "finalizers",
    "fsType",
    "handler",
    "host",
    "image",
    "imageID",
    "imagePullPolicy",
    "key",
    "kind",
    "kubeletVersion",
    "managedBy",
    "matchLabelKeys",
    "message",
    "mismatchLabelKeys",
    "mountPropagation",
    "nodeAffinityPolicy",
    "nodeTaintsPolicy",
    "note",
    "operator",
    "path",
    "persistentVolumeReclaimPolicy",
    "phase",
    "podManagementPolicy",
    "podReplacementPolicy",
    "preemptionPolicy",
    "procMount",
    "propagationPolicy",
    "protocol",
    "provisioner",
    "qosClass",
    "reason",
    "recursiveReadOnly",
    "reportingComponent",
    "reportingController",
    "resize",
    "resizePolicy",
    "resource",
    "resourceName",
    "resources",
    "restartPolicy",
    "scheme",
    "scope",
    "seccompProfileType",
    "status",
    "stopSignal",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "topologyKey",
    "type",
    "volumeBindingMode",
    "volumeMode",
    "whenUnsatisfiable",
];

const DROPPED: &[&str] = &[
    "containerID",
    "generateName",
    "images",
    "managedFields",
    "nodeInfo",
    "resourceVersion",
    "selfLink",
    "volumesAttached",
    "volumesInUse",
];

/// Fields with the name of an object, with its class.
const NAMES: &[(&str, Class)] = &[
    ("claimName", Class("claim")),
    ("configMapName", Class("configmap")),
    ("containerName", Class("container")),
    ("externalName", Class("host")),
    ("hostIP", IP),
    ("hostname", Class("host")),
    ("ip", IP),
    ("namespace", Class("namespace")),
    ("nodeName", Class("node")),
    ("nominatedNodeName", Class("node")),
    ("persistentVolumeName", Class("volume")),
    ("podIP", IP),
    ("priorityClassName", Class("priorityclass")),
    ("reportingInstance", Class("node")),
    ("runtimeClassName", Class("runtimeclass")),
    ("schedulerName", Class("scheduler")),
    ("secretName", Class("secret")),
    ("serviceAccount", Class("serviceaccount")),
    ("serviceAccountName", Class("serviceaccount")),
    ("serviceName", Class("service")),
    ("storageClassName", Class("storageclass")),
    ("subdomain", Class("host")),
    ("uid", UID),
    ("volumeName", Class("volume")),
];

/// Fields with commands and paths.
const SHARED: &[(&str, Class)] = &[
    ("args", Class("arg")),
    ("command", Class("arg")),
    ("localhostProfile", Class("path")),
    ("mountPath", Class("path")),
    ("subPath", Class("path")),
    ("workingDir", Class("path")),
];

/// The classes of `name`, by the field that has the object.
const NAMED: &[(&str, Class)] = &[
    ("claimRef", Class("claim")),
    ("configMap", Class("configmap")),
    ("configMapKeyRef", Class("configmap")),
    ("configMapRef", Class("configmap")),
    ("containerStatuses", Class("container")),
    ("containers", Class("container")),
    ("env", Class("env")),
    ("ephemeralContainerStatuses", Class("container")),
    ("ephemeralContainers", Class("container")),
    ("imagePullSecrets", Class("secret")),
    ("initContainerStatuses", Class("container")),
    ("initContainers", Class("container")),
    ("ports", Class("port")),
    ("secret", Class("secret")),
    ("secretKeyRef", Class("secret")),
    ("secretRef", Class("secret")),
    ("volumeMounts", Class("volume")),
    ("volumes", Class("volume")),
];

/// The classes of `name` and of `metadata.name`, by the kind of the object.
const KINDS: &[(&str, Class)] = &[
    ("ConfigMap", Class("configmap")),
    ("CronJob", Class("cronjob")),
    ("DaemonSet", Class("daemonset")),
    ("Deployment", Class("deployment")),
    ("Event", Class("event")),
    ("Job", Class("job")),
    ("LimitRange", Class("limitrange")),
    ("Namespace", Class("namespace")),
    ("Node", Class("node")),
    ("PersistentVolume", Class("volume")),
    ("PersistentVolumeClaim", Class("claim")),
    ("Pod", Class("pod")),
    ("ReplicaSet", Class("replicaset")),
    ("ResourceQuota", Class("quota")),
    ("RuntimeClass", Class("runtimeclass")),
    ("Secret", Class("secret")),
    ("ServiceAccount", Class("serviceaccount")),
    ("StatefulSet", Class("statefulset")),
    ("StorageClass", Class("storageclass")),
];

fn class_in(table: &[(&str, Class)], key: &str) -> Option<Class> {
    let row = table.iter().find(|(own, _)| *own == key);
    row.map(|(_, class)| *class)
}

/// Returns the rule of the strings at a place.
pub(super) fn rule(place: Place<'_>) -> Rule {
    let Place { key, parent, kind } = place;
    match (parent, key) {
        ("terminated", "message") => return Rule::Output,
        ("configMapKeyRef" | "secretKeyRef" | "items", "key") => return Rule::Name(Class("key")),
        ("matchExpressions", "values") | ("taints" | "tolerations", "value") => return Rule::Label,
        ("httpGet" | "tcpSocket", "port") | ("ports", "targetPort") => {
            return Rule::Name(Class("port"));
        }
        ("source", "host") => return Rule::Name(Class("node")),
        // The uids of Pods that a Job has not counted yet.
        ("uncountedTerminatedPods", _) => return Rule::Name(UID),
        ("hostPath" | "nfs" | "local", "path") => return Rule::Shared(Class("path")),
        (_, "name") => {
            // The gates and finalizers of others are words with a domain in front.
            if matches!(parent, "schedulingGates" | "resourceClaims" | "features") {
                return Rule::Text;
            }
            let class = kind.and_then(|kind| class_in(KINDS, kind));
            let class = class.or_else(|| class_in(NAMED, parent));
            return Rule::Name(class.unwrap_or(Class("name")));
        }
        _ => {}
    }
    if KEEP.contains(&key) {
        Rule::Keep
    } else if QUANTITIES.contains(&key) {
        Rule::Quantity
    } else if TEXTS.contains(&key) {
        Rule::Text
    } else if let Some(class) = class_in(NAMES, key) {
        Rule::Name(class)
    } else if let Some(class) = class_in(SHARED, key) {
        Rule::Shared(class)
    } else {
        Rule::Value
    }
}

/// Returns the rule of a whole field, or `None` if its parts have rules of their own.
pub(super) fn shape(kind: &str, key: &str) -> Option<Shape> {
    Some(match key {
        _ if DROPPED.contains(&key) => Shape::Drop,
        "labels" | "matchLabels" | "nodeSelector" | "selector" => Shape::Labels,
        "annotations" => Shape::Annotations,
        "limits"
        | "requests"
        | "capacity"
        | "allocatable"
        | "hard"
        | "used"
        | "overhead"
        | "allocatedResources"
        | "default"
        | "defaultRequest"
        | "max"
        | "min"
        | "maxLimitRequestRatio" => Shape::Resources,
        "data" => Shape::Data {
            is_encoded: kind == "Secret",
        },
        "stringData" => Shape::Data { is_encoded: false },
        "binaryData" => Shape::Data { is_encoded: true },
        "attributes" | "options" | "parameters" | "volumeAttributes" => Shape::Parameters,
        _ => return None,
    })
}
