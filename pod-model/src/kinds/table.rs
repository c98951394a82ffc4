//! The table of kinds.
//!
//! Sources: the paths of upstream's OpenAPI, `ShortNames` of the registries in
//! k8s.io/kubernetes/pkg/registry, and for templates `podtemplatespec` fields
//! of k8s.io/api. The schema's test compares it with what was generated.

use crate::path::{FieldPath, Segment};

/// A kind that is stored by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// `apps`; empty for the core group.
    pub group: &'static str,
    /// `v1`.
    pub version: &'static str,
    /// `Deployment`.
    pub kind: &'static str,
    /// `deployments`, as in URLs.
    pub plural: &'static str,
    /// `deploy`.
    pub short_names: &'static [&'static str],
    /// True if its objects live in namespaces.
    pub namespaced: bool,
    /// The fields that lead to the Pod's template; none for a Pod itself.
    pub pod_template: Option<&'static [&'static str]>,
}

impl KindInfo {
    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        match self.group {
            "" => self.version.to_owned(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// `deployment`.
    pub fn singular(&self) -> String {
        self.kind.to_ascii_lowercase()
    }

    /// Returns whether this is the kind of an `apiVersion` and `kind`.
    pub fn is(&self, api_version: &str, kind: &str) -> bool {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        // Few rows share a kind, and most a version.
        (self.kind, self.group, self.version) == (kind, group, version)
    }

    /// The path of the Pod's template in an object of this kind, as
    /// [`pod_template_path`](super::pod_template_path) finds it.
    pub fn pod_template_path(&self) -> Option<FieldPath> {
        let mut path = FieldPath::root();
        for step in self.pod_template? {
            path.push(Segment::Field((*step).into()));
        }
        Some(path)
    }

    const fn short(mut self, names: &'static [&'static str]) -> Self {
        self.short_names = names;
        self
    }

    const fn template(mut self, path: &'static [&'static str]) -> Self {
        self.pod_template = Some(path);
        self
    }
}

const fn cluster(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
) -> KindInfo {
    KindInfo {
        group,
        version,
        kind,
        plural,
        short_names: &[],
        namespaced: false,
        pod_template: None,
    }
}

const fn namespaced(
    group: &'static str,
    version: &'static str,
    kind: &'static str,
    plural: &'static str,
) -> KindInfo {
    let mut row = cluster(group, version, kind, plural);
    row.namespaced = true;
    row
}

const TEMPLATE: &[&str] = &["template"];
const SPEC_TEMPLATE: &[&str] = &["spec", "template"];
const JOB_TEMPLATE: &[&str] = &["spec", "jobTemplate", "spec", "template"];

/// All kinds of stable versions. Where a name fits two, the first is meant: the
/// core group comes first, and a preferred version before the other.
pub const KINDS: &[KindInfo] = &[
    cluster("", "v1", "ComponentStatus", "componentstatuses").short(&["cs"]),
    namespaced("", "v1", "ConfigMap", "configmaps").short(&["cm"]),
    namespaced("", "v1", "Endpoints", "endpoints").short(&["ep"]),
    namespaced("", "v1", "Event", "events").short(&["ev"]),
    namespaced("", "v1", "LimitRange", "limitranges").short(&["limits"]),
    cluster("", "v1", "Namespace", "namespaces").short(&["ns"]),
    cluster("", "v1", "Node", "nodes").short(&["no"]),
    cluster("", "v1", "PersistentVolume", "persistentvolumes").short(&["pv"]),
    namespaced("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims").short(&["pvc"]),
    namespaced("", "v1", "Pod", "pods")
        .short(&["po"])
        .template(&[]),
    namespaced("", "v1", "PodTemplate", "podtemplates").template(TEMPLATE),
    namespaced("", "v1", "ReplicationController", "replicationcontrollers")
        .short(&["rc"])
        .template(SPEC_TEMPLATE),
    namespaced("", "v1", "ResourceQuota", "resourcequotas").short(&["quota"]),
    namespaced("", "v1", "Secret", "secrets"),
    namespaced("", "v1", "Service", "services").short(&["svc"]),
    namespaced("", "v1", "ServiceAccount", "serviceaccounts").short(&["sa"]),
    namespaced("apps", "v1", "ControllerRevision", "controllerrevisions"),
    namespaced("apps", "v1", "DaemonSet", "daemonsets")
        .short(&["ds"])
        .template(SPEC_TEMPLATE),
    namespaced("apps", "v1", "Deployment", "deployments")
        .short(&["deploy"])
        .template(SPEC_TEMPLATE),
    namespaced("apps", "v1", "ReplicaSet", "replicasets")
        .short(&["rs"])
        .template(SPEC_TEMPLATE),
    namespaced("apps", "v1", "StatefulSet", "statefulsets")
        .short(&["sts"])
        .template(SPEC_TEMPLATE),
    namespaced("batch", "v1", "CronJob", "cronjobs")
        .short(&["cj"])
        .template(JOB_TEMPLATE),
    namespaced("batch", "v1", "Job", "jobs").template(SPEC_TEMPLATE),
    namespaced(
        "autoscaling",
        "v2",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
    )
    .short(&["hpa"]),
    namespaced(
        "autoscaling",
        "v1",
        "HorizontalPodAutoscaler",
        "horizontalpodautoscalers",
    )
    .short(&["hpa"]),
    namespaced(
        "policy",
        "v1",
        "PodDisruptionBudget",
        "poddisruptionbudgets",
    )
    .short(&["pdb"]),
    cluster("networking.k8s.io", "v1", "IPAddress", "ipaddresses").short(&["ip"]),
    namespaced("networking.k8s.io", "v1", "Ingress", "ingresses").short(&["ing"]),
    cluster("networking.k8s.io", "v1", "IngressClass", "ingressclasses"),
    namespaced(
        "networking.k8s.io",
        "v1",
        "NetworkPolicy",
        "networkpolicies",
    )
    .short(&["netpol"]),
    cluster("networking.k8s.io", "v1", "ServiceCIDR", "servicecidrs"),
    cluster(
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRole",
        "clusterroles",
    ),
    cluster(
        "rbac.authorization.k8s.io",
        "v1",
        "ClusterRoleBinding",
        "clusterrolebindings",
    ),
    namespaced("rbac.authorization.k8s.io", "v1", "Role", "roles"),
    namespaced(
        "rbac.authorization.k8s.io",
        "v1",
        "RoleBinding",
        "rolebindings",
    ),
    cluster("storage.k8s.io", "v1", "CSIDriver", "csidrivers"),
    cluster("storage.k8s.io", "v1", "CSINode", "csinodes"),
    namespaced(
        "storage.k8s.io",
        "v1",
        "CSIStorageCapacity",
        "csistoragecapacities",
    ),
    cluster("storage.k8s.io", "v1", "StorageClass", "storageclasses").short(&["sc"]),
    cluster(
        "storage.k8s.io",
        "v1",
        "VolumeAttachment",
        "volumeattachments",
    ),
    cluster(
        "storage.k8s.io",
        "v1",
        "VolumeAttributesClass",
        "volumeattributesclasses",
    )
    .short(&["vac"]),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingAdmissionPolicy",
        "mutatingadmissionpolicies",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingAdmissionPolicyBinding",
        "mutatingadmissionpolicybindings",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "MutatingWebhookConfiguration",
        "mutatingwebhookconfigurations",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingAdmissionPolicy",
        "validatingadmissionpolicies",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingAdmissionPolicyBinding",
        "validatingadmissionpolicybindings",
    ),
    cluster(
        "admissionregistration.k8s.io",
        "v1",
        "ValidatingWebhookConfiguration",
        "validatingwebhookconfigurations",
    ),
    cluster(
        "apiextensions.k8s.io",
        "v1",
        "CustomResourceDefinition",
        "customresourcedefinitions",
    )
    .short(&["crd", "crds"]),
    cluster("apiregistration.k8s.io", "v1", "APIService", "apiservices"),
    cluster(
        "certificates.k8s.io",
        "v1",
        "CertificateSigningRequest",
        "certificatesigningrequests",
    )
    .short(&["csr"]),
    cluster(
        "certificates.k8s.io",
        "v1",
        "ClusterTrustBundle",
        "clustertrustbundles",
    ),
    namespaced(
        "certificates.k8s.io",
        "v1",
        "PodCertificateRequest",
        "podcertificaterequests",
    ),
    namespaced("coordination.k8s.io", "v1", "Lease", "leases"),
    namespaced("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
    namespaced("events.k8s.io", "v1", "Event", "events").short(&["ev"]),
    cluster(
        "flowcontrol.apiserver.k8s.io",
        "v1",
        "FlowSchema",
        "flowschemas",
    ),
    cluster(
        "flowcontrol.apiserver.k8s.io",
        "v1",
        "PriorityLevelConfiguration",
        "prioritylevelconfigurations",
    ),
    cluster("node.k8s.io", "v1", "RuntimeClass", "runtimeclasses"),
    cluster("resource.k8s.io", "v1", "DeviceClass", "deviceclasses"),
    cluster(
        "resource.k8s.io",
        "v1",
        "DeviceTaintRule",
        "devicetaintrules",
    ),
    namespaced("resource.k8s.io", "v1", "ResourceClaim", "resourceclaims"),
    namespaced(
        "resource.k8s.io",
        "v1",
        "ResourceClaimTemplate",
        "resourceclaimtemplates",
    ),
    cluster("resource.k8s.io", "v1", "ResourceSlice", "resourceslices"),
    cluster(
        "scheduling.k8s.io",
        "v1",
        "PriorityClass",
        "priorityclasses",
    )
    .short(&["pc"]),
    cluster(
        "storagemigration.k8s.io",
        "v1",
        "StorageVersionMigration",
        "storageversionmigrations",
    ),
];
