//! The fields of Pods and nodes that the scheduler looks at: a cluster has many of them, and
//! most of their text is of no use here.

use pod_model::Fields;

type Rows = &'static [(&'static str, Fields)];

const ALL: Fields = Fields::ALL;

/// The fields of a Pod that count for other Pods.
pub(super) const POD: Fields = Fields::of(&[
    ("apiVersion", ALL),
    ("kind", ALL),
    ("metadata", METADATA),
    ("spec", Fields::of(POD_SPEC)),
    ("status", Fields::of(POD_STATUS)),
]);

/// The fields of a node that count for Pods.
pub(super) const NODE: Fields = Fields::of(&[
    ("apiVersion", ALL),
    ("kind", ALL),
    ("metadata", METADATA),
    ("spec", ALL),
    ("status", Fields::of(NODE_STATUS)),
]);

const METADATA: Fields = Fields::of(&[
    ("name", ALL),
    ("namespace", ALL),
    ("uid", ALL),
    ("labels", ALL),
    ("ownerReferences", ALL),
    ("deletionTimestamp", ALL),
]);

const POD_SPEC: Rows = &[
    ("nodeName", ALL),
    ("containers", CONTAINERS),
    ("initContainers", CONTAINERS),
    ("overhead", ALL),
    ("resources", ALL),
    ("resourceClaims", ALL),
    ("affinity", ALL),
    ("volumes", VOLUMES),
    ("hostNetwork", ALL),
    ("priority", ALL),
    ("priorityClassName", ALL),
    ("preemptionPolicy", ALL),
];

const CONTAINERS: Fields = Fields::of(&[
    ("name", ALL),
    ("ports", ALL),
    ("resources", ALL),
    ("restartPolicy", ALL),
]);

const VOLUMES: Fields = Fields::of(&[
    ("name", ALL),
    ("awsElasticBlockStore", ALL),
    ("csi", ALL),
    ("ephemeral", ALL),
    ("gcePersistentDisk", ALL),
    ("iscsi", ALL),
    ("persistentVolumeClaim", ALL),
    ("rbd", ALL),
]);

const POD_STATUS: Rows = &[
    ("phase", ALL),
    ("nominatedNodeName", ALL),
    ("resize", ALL),
    ("allocatedResources", ALL),
    ("resources", ALL),
    ("conditions", ALL),
    ("containerStatuses", CONTAINER_STATUSES),
    ("initContainerStatuses", CONTAINER_STATUSES),
];

const CONTAINER_STATUSES: Fields = Fields::of(&[
    ("name", ALL),
    ("allocatedResources", ALL),
    ("resources", ALL),
]);

const NODE_STATUS: Rows = &[
    ("allocatable", ALL),
    ("capacity", ALL),
    ("declaredFeatures", ALL),
    ("features", ALL),
    ("images", ALL),
    ("nodeInfo", ALL),
    ("runtimeHandlers", ALL),
];
