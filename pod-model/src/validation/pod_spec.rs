//! The spec of a Pod or a template.
//!
//! Upstream: `ValidatePodSpec` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{PodSpec, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::annotations::MIRROR_POD;
use super::changes::Change;
use super::containers::Containers;
use super::errors::Errors;
use super::mounts::Mountable;
use super::path::Path;
use super::scope::Scope;
use super::volume::{self, Owner};
use super::{
    affinity, claims, env, kinds_of_containers, metadata, names, network, pod_resources, ports,
    resources, security, selectors, spread, tolerations, windows,
};
use crate::features::Gate;
use crate::version::KubernetesVersion;

const RESTART_POLICIES: [&str; 3] = ["Always", "OnFailure", "Never"];
const DNS_POLICIES: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PREEMPTION_POLICIES: [&str; 2] = ["PreemptLowerPriority", "Never"];

/// `pod` is the metadata of a Pod; a template has none.
pub(super) fn pod_spec(
    spec: &PodSpec,
    pod: Option<&ObjectMeta>,
    containers: &Containers<'_>,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let name = pod.and_then(|metadata| metadata.name.clone());
    let name = name.filter(|name| !name.is_empty());
    let name = name.or_else(|| {
        let prefix = pod.and_then(|metadata| metadata.generate_name.as_deref());
        prefix
            .filter(|prefix| !prefix.is_empty())
            .map(metadata::generated)
    });
    let owner = Owner {
        is_pod: pod.is_some(),
        name: name.as_deref(),
        version,
    };
    let volumes = Mountable {
        all: spec
            .volumes
            .iter()
            .flatten()
            .map(|own| own.name.as_str())
            .collect(),
        sound: volume::volumes(spec, owner, path, errors),
    };
    let own_claims = spec.resource_claims.as_deref().unwrap_or_default();
    let annotations = pod.and_then(|metadata| metadata.annotations.as_ref());
    let is_mirror = annotations.is_some_and(|own| own.contains_key(MIRROR_POD));
    claims::of_pod(own_claims, is_mirror, &path.field("resourceClaims"), errors);
    let scope = Scope {
        version,
        spec,
        containers,
        volumes,
        claims: claims::names_of(own_claims),
    };
    kinds_of_containers::app(&scope, path, errors);
    kinds_of_containers::init(&scope, path, errors);
    kinds_of_containers::ephemeral(&scope, path, errors);
    if Gate::PodLevelResources.is_on(version) {
        pod_resources::of_pod(spec, &scope.claims, path, errors);
    }
    ports::host_network(spec, pod.is_some(), path, errors);
    words(spec, path, errors);
    security::of_pod(spec, version, path, errors);
    placement(spec, version, path, errors);
    windows::host_processes(spec, containers, path, errors);
    host_users(spec, containers, version, path, errors);
    network::dns(spec, version, path, errors);
    network::hostname_override(spec, path, errors);
    let aliases = spec.host_aliases.as_deref().unwrap_or_default();
    network::host_aliases(aliases, version, &path.field("hostAliases"), errors);
    let seconds = spec.active_deadline_seconds;
    if let Some(seconds) = seconds.filter(|own| !(1..=i64::from(i32::MAX)).contains(own)) {
        errors.invalid(
            &path.field("activeDeadlineSeconds"),
            format!(
                "`activeDeadlineSeconds` must be from 1 to {}, found {seconds}",
                i32::MAX
            ),
        );
    }
    if let Some(overhead) = &spec.overhead {
        let overhead = ResourceRequirements {
            limits: Some(overhead.clone()),
            ..Default::default()
        };
        let of = resources::Of::Container;
        // Upstream looks at it as if it were limits.
        let before = errors.len();
        let at = path.field("overhead");
        resources::requirements(&overhead, of, &claims::ClaimNames::new(), &at, errors);
        errors.set_display_path_since(before, &at);
    }
    windows::system(spec, containers, path, errors);
    env::file_volumes(spec, containers, path, errors);
}

/// Fields that are words or names.
fn words(spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    let policy = spec.restart_policy.as_deref().unwrap_or_default();
    errors.one_of(
        &path.field("restartPolicy"),
        policy,
        "restart policy",
        &RESTART_POLICIES,
    );
    let policy = spec.dns_policy.as_deref().unwrap_or_default();
    errors.one_of(
        &path.field("dnsPolicy"),
        policy,
        "DNS policy",
        &DNS_POLICIES,
    );
    if let Some(policy) = &spec.preemption_policy {
        let path = path.field("preemptionPolicy");
        if policy.is_empty() {
            errors.required(&path, "the preemption policy is required");
        } else {
            errors.one_of(&path, policy, "preemption policy", &PREEMPTION_POLICIES);
        }
    }
    let names: [(&str, &Option<String>, &str, names::Check); 5] = [
        (
            "serviceAccountName",
            &spec.service_account_name,
            "ServiceAccount name",
            names::dns_subdomain,
        ),
        (
            "nodeName",
            &spec.node_name,
            "node name",
            names::dns_subdomain,
        ),
        ("hostname", &spec.hostname, "hostname", names::dns_label),
        ("subdomain", &spec.subdomain, "subdomain", names::dns_label),
        (
            "priorityClassName",
            &spec.priority_class_name,
            "PriorityClass name",
            names::dns_subdomain,
        ),
    ];
    for (field, value, what, check) in names {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            errors.syntax(&path.field(field), value, what, check);
        }
    }
    if let Some(name) = &spec.runtime_class_name {
        let path = path.field("runtimeClassName");
        errors.syntax(&path, name, "RuntimeClass name", names::dns_subdomain);
    }
}

/// Checks the fields of the scheduler.
fn placement(spec: &PodSpec, version: KubernetesVersion, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("nodeSelector");
    selectors::labels(spec.node_selector.as_ref(), &at, &at, errors);
    if let Some(own) = &spec.affinity {
        affinity::affinity(own, &path.field("affinity"), errors);
    }
    let own = spec.readiness_gates.as_deref().unwrap_or_default();
    spread::readiness_gates(own, &path.field("readinessGates"), errors);
    let own = spec.scheduling_gates.as_deref().unwrap_or_default();
    spread::scheduling_gates(own, &path.field("schedulingGates"), errors);
    let own = spec
        .topology_spread_constraints
        .as_deref()
        .unwrap_or_default();
    spread::constraints(
        own,
        version,
        &path.field("topologySpreadConstraints"),
        errors,
    );
    let own = spec.tolerations.as_deref().unwrap_or_default();
    tolerations::tolerations(own, &path.field("tolerations"), errors);
}

/// Users of a Pod's own go with namespaces of its own.
///
/// Upstream: `validateHostUsers`.
fn host_users(
    spec: &PodSpec,
    containers: &Containers<'_>,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    if spec.host_users != Some(false) {
        return;
    }
    // Two of the names begin with a capital letter there.
    for (named, field, value) in [
        ("hostNetwork", "hostNetwork", spec.host_network),
        ("HostPID", "hostPID", spec.host_pid),
        ("HostIPC", "hostIPC", spec.host_ipc),
    ] {
        if value == Some(true) {
            errors
                .forbidden(
                    &path.field(named),
                    format!("cannot combine `{field}` and `hostUsers: false`"),
                )
                .help("remove one of them")
                .display_path(&path.field(field));
        }
    }
    if !Change::DevicesInUserNamespaces.is_in(version) {
        return;
    }
    containers.visit(path, |container, path| {
        if container
            .volume_devices
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            errors.forbidden(
                &path.field("volumeDevices"),
                "cannot combine volume devices and `hostUsers: false`",
            );
        }
    });
}
