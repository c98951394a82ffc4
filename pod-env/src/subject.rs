//! The input of a resolution: a Pod or template, and options.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::{FieldPath, KubernetesVersion};

/// A Pod or a Pod template.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The Pod's name, or `None` if it is generated.
    pub name: Option<&'a str>,
    /// The namespace of the Pod.
    pub namespace: &'a str,
    /// The Pod's metadata, or the template's.
    pub metadata: &'a ObjectMeta,
    /// The Pod's spec, or the template's.
    pub spec: &'a PodSpec,
    /// The status of a live Pod.
    pub status: Option<&'a PodStatus>,
    /// The path of `spec` in the object: `spec` or `spec.template.spec`.
    pub base: FieldPath,
    /// The stage of the Pod.
    pub stage: Stage,
    /// The controller of the template, if it changes the environment of its Pods.
    pub controller: &'a Controller,
}

/// A controller, by its changes to the environment of its Pods.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Controller {
    /// No controller, or one that changes neither host name nor variables.
    #[default]
    Other,
    /// It sets `hostname` to the Pod's own name, and `subdomain` to the
    /// StatefulSet's `serviceName` (`initIdentity` in pkg/controller/statefulset).
    StatefulSet {
        /// The StatefulSet's name.
        name: Option<String>,
        /// Its `serviceName`.
        service_name: Option<String>,
    },
    /// It sets `hostname` to the Job's name with the index, and adds
    /// `JOB_COMPLETION_INDEX` (`manageJob` in pkg/controller/job).
    IndexedJob {
        /// The Job's name, or `None` if it is generated, as by a CronJob.
        name: Option<String>,
    },
}

/// Progress of a Pod towards running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// A Pod template.
    Template,
    /// A Pod in a file.
    File,
    /// A Pod in the cluster.
    Live,
}

/// Options of the resolution.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Kubernetes version whose rules apply.
    pub version: KubernetesVersion,
    /// Names of the containers to resolve, or empty for all.
    pub containers: Vec<String>,
    /// Shows the values of Secrets if true.
    pub show_secrets: bool,
    /// The `Env` of the image's config, by container name.
    pub image_env: BTreeMap<String, Vec<String>>,
    /// The cluster's DNS domain, for a host name that is an FQDN.
    pub cluster_domain: Option<String>,
}
