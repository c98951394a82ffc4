//! The Services whose variables a Pod gets.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Service;
use pod_model::lookup::{Answer, Answers, Completeness, Found};

/// Name of the one Service whose variables every container gets (`masterServices`).
pub(crate) const MASTER: &str = "kubernetes";
/// Its namespace (`metav1.NamespaceDefault`).
pub(crate) const MASTER_NAMESPACE: &str = "default";

/// The Services of a Pod.
pub(super) struct Chosen<'a> {
    /// By name.
    pub(super) services: BTreeMap<&'a str, Found<'a, Service>>,
    /// Completeness of the Services of the Pod's namespace.
    pub(super) services_completeness: Completeness,
    /// True if the look-up of the Service `kubernetes` was answered.
    pub(super) kubernetes_service_is_known: bool,
}

/// Chooses the Services whose variables a Pod gets. One called `kubernetes` in the
/// Pod's own namespace takes the place of the cluster's.
pub(super) fn choose<'a>(answers: &'a Answers, namespace: &str, links: bool) -> Chosen<'a> {
    let mut services = BTreeMap::new();
    let kubernetes = answers.one::<Service>(MASTER_NAMESPACE, MASTER);
    let kubernetes_service_is_known = matches!(kubernetes, Answer::Found(_) | Answer::Missing);
    if let Answer::Found(found) = kubernetes
        && has_ip(&found)
    {
        services.insert(MASTER, found);
    }
    // With no links, only that one Service can be there.
    let mut services_completeness = Completeness::Complete;
    if links {
        let list = answers.all::<Service>(namespace);
        services_completeness = list.completeness;
        for found in list.objects {
            let name = found.object.metadata.name.as_deref().unwrap_or_default();
            let is_master = namespace == MASTER_NAMESPACE && name == MASTER;
            if !is_master && has_ip(&found) {
                services.insert(name, found);
            }
        }
    }
    Chosen {
        services,
        services_completeness,
        kubernetes_service_is_known,
    }
}

/// Returns the cluster IP of a Service, or `None` if it has none yet.
///
/// The address stays when a Service of a file is applied again, unless it becomes
/// one that is only a name (`patchAllocatedValues` in
/// pkg/registry/core/service/storage).
pub(super) fn cluster_ip<'a>(found: &Found<'a, Service>) -> Option<&'a str> {
    let of = |service: &'a Service| {
        let ip = service.spec.as_ref()?.cluster_ip.as_deref();
        ip.filter(|ip| !ip.is_empty())
    };
    let keeps = || found.stored.filter(|_| !is_only_a_name(found.object));
    of(found.object).or_else(|| keeps().and_then(of))
}

fn is_only_a_name(service: &Service) -> bool {
    let spec = service.spec.as_ref();
    spec.and_then(|spec| spec.type_.as_deref()) == Some("ExternalName")
}

/// Upstream: `IsServiceIPSet`; a Service that no API server has seen gets its
/// address on creation, unless it is headless or only a name.
fn has_ip(found: &Found<'_, Service>) -> bool {
    if found.object.spec.is_none() {
        return false;
    }
    match cluster_ip(found) {
        Some("None") => false,
        None => found.is_written && !is_only_a_name(found.object),
        Some(_) => true,
    }
}
