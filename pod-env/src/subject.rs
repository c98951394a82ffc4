//! The Pod or template in question, and the options of its resolution.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::{FieldPath, KubernetesVersion};

/// A Pod, or the template of one, and what is known of it.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The Pod's name; none where a controller or the API server makes it up.
    pub name: Option<&'a str>,
    /// The namespace that it is in, or will be in.
    pub namespace: &'a str,
    /// The Pod's metadata, or the template's.
    pub metadata: &'a ObjectMeta,
    /// The Pod's spec, or the template's.
    pub spec: &'a PodSpec,
    /// The status of a live Pod.
    pub status: Option<&'a PodStatus>,
    /// The path of `spec` in the object: `spec` or `spec.template.spec`.
    pub base: FieldPath,
    /// The stage of which the Pod's metadata is.
    pub stage: Stage,
    /// The controller of the template, if it gives its Pods more than the template
    /// says.
    pub controller: &'a Controller,
}

/// A controller, as far as it gives its Pods an environment that their template
/// does not have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Controller {
    /// It leaves host name and variables as they are in the template, or there
    /// is none.
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
        /// The Job's name; none where it is still to be made, as by a CronJob.
        name: Option<String>,
    },
}

/// Progress of a Pod towards running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The template of a Pod, which a controller will fill in.
    Template,
    /// A Pod that the API server has not seen.
    File,
    /// A Pod as the API server gives it.
    Live,
}

/// Options of the resolution.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The Kubernetes version whose rules apply.
    pub version: KubernetesVersion,
    /// Names of the containers to resolve, or empty for all.
    pub containers: Vec<String>,
    /// Whether Secrets are shown as they are.
    pub show_secrets: bool,
    /// The `Env` of the image's config, by container name.
    pub image_env: BTreeMap<String, Vec<String>>,
    /// The cluster's DNS domain, for a host name that is an FQDN.
    pub cluster_domain: Option<String>,
}
