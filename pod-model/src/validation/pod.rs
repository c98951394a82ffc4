//! Pods and Pod templates as a whole.
//!
//! Upstream: `ValidatePodCreate`, `ValidatePodTemplateSpec`, `ValidatePodSpec`
//! in `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{Pod, PodSpec, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::annotations::{self, Annotations, MIRROR_POD};
use super::containers::{APP, Containers, EPHEMERAL, INIT};
use super::errors::Errors;
use super::gates::Gate;
use super::mounts::Mountable;
use super::path::Path;
use super::scope::Scope;
use super::volume::{self, Owner};
use super::{
    affinity, claims, container, env, kinds_of_containers, metadata, names, network, ports,
    prepare, resources, security, selectors, spread, tolerations, windows,
};
use crate::defaults;
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

const RESTART_POLICIES: [&str; 3] = ["Always", "OnFailure", "Never"];
const DNS_POLICIES: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const PREEMPTION_POLICIES: [&str; 2] = ["PreemptLowerPriority", "Never"];

/// What a server of this version refuses to create, though its schema allows
/// it. The Pod is as it was written; defaults are filled in here.
///
/// The rules are those of 1.35, with the feature gates that the version has on
/// by default.
pub fn validate_pod(pod: &Pod, version: KubernetesVersion) -> Vec<Finding> {
    let pod = prepare::pod(pod, version);
    let mut errors = Errors::default();
    let root = FieldPath::root();
    let root = Path::base(&root);
    let none = Annotations::new();
    let annotations = pod.metadata.annotations.as_ref().unwrap_or(&none);
    let default = PodSpec::default();
    let spec = pod.spec.as_ref().unwrap_or(&default);
    let containers = Containers::of(spec);
    let path = root.field("spec");

    let at = root.field("metadata");
    metadata::object_meta(&pod.metadata, &at, &mut errors);
    let at = at.field("annotations");
    annotations::annotations(annotations, spec, &containers, &at, &at, &mut errors);
    pod_spec(
        spec,
        Some(&pod.metadata),
        &containers,
        version,
        &path,
        &mut errors,
    );
    tokens_without_account(spec, &path, &mut errors);
    for kind in [APP, INIT] {
        let list = path.field(kind);
        for (i, own) in containers.of_kind(kind) {
            container::only_for_pod(own, &list.index(i), &mut errors);
        }
    }
    if containers.of_kind(EPHEMERAL).next().is_some() {
        errors
            .forbidden(
                &path.field(EPHEMERAL),
                "a Pod cannot be created with ephemeral containers",
            )
            .help("add them to the running Pod: `kubectl debug`");
    }
    let gates = spec.scheduling_gates.as_deref().unwrap_or_default();
    if !gates.is_empty()
        && spec
            .node_name
            .as_deref()
            .is_some_and(|name| !name.is_empty())
    {
        errors
            .forbidden(
                &path.field("nodeName"),
                "a Pod with scheduling gates is not on a node yet",
            )
            .help("leave `nodeName` or the gates out");
    }
    security::annotations_match(annotations, spec, &containers, &path, &mut errors);
    errors.into_findings()
}

/// What a server of this version refuses of a Pod template at `path`, whatever
/// object it is a part of. The template is as it was written.
///
/// The rules are those of 1.35, with the feature gates that the version has on
/// by default.
pub fn validate_template(
    template: &PodTemplateSpec,
    path: &FieldPath,
    version: KubernetesVersion,
) -> Vec<Finding> {
    let mut template = template.clone();
    defaults::pod_template_spec(&mut template, version);
    let mut errors = Errors::default();
    prepared_template(&mut template, version, &Path::base(path), &mut errors);
    errors.into_findings()
}

/// As [`validate_template`], of one that has its defaults.
pub(super) fn prepared_template(
    template: &mut PodTemplateSpec,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let metadata = template.metadata.get_or_insert_default();
    prepare::annotations(metadata);
    let none = Annotations::new();
    let annotations = metadata.annotations.as_ref().unwrap_or(&none);
    let spec = template.spec.get_or_insert_default();
    prepare::template(spec, version);
    let spec = &*spec;
    let containers = Containers::of(spec);
    // Upstream leaves the `metadata` out of these paths.
    let at = path.field("metadata");
    selectors::labels(
        metadata.labels.as_ref(),
        &path.field("labels"),
        &at.field("labels"),
        errors,
    );
    let (named, at) = (path.field("annotations"), at.field("annotations"));
    metadata::annotations(annotations, &named, &at, errors);
    annotations::annotations(annotations, spec, &containers, &named, &at, errors);
    let path = path.field("spec");
    pod_spec(spec, None, &containers, version, &path, errors);
    security::annotations_match(annotations, spec, &containers, &path, errors);
    if containers.of_kind(EPHEMERAL).next().is_some() {
        errors
            .forbidden(
                &path.field(EPHEMERAL),
                "a template cannot have ephemeral containers",
            )
            .help("add them to a running Pod: `kubectl debug`");
    }
}

/// `pod` is the metadata of a Pod; a template has none.
fn pod_spec(
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
        attributes_class: Gate::VolumeAttributesClass.is_on(version),
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
        resources::of_pod(spec, &scope.claims, path, errors);
    }
    ports::host_network(spec, pod.is_some(), path, errors);
    words(spec, path, errors);
    security::of_pod(spec, path, errors);
    placement(spec, version, path, errors);
    windows::host_processes(spec, containers, path, errors);
    host_users(spec, containers, path, errors);
    network::dns(spec, version, path, errors);
    network::hostname_override(spec, path, errors);
    let aliases = spec.host_aliases.as_deref().unwrap_or_default();
    network::host_aliases(aliases, &path.field("hostAliases"), errors);
    let seconds = spec.active_deadline_seconds;
    if let Some(seconds) = seconds.filter(|own| !(1..=i64::from(i32::MAX)).contains(own)) {
        errors.invalid(
            &path.field("activeDeadlineSeconds"),
            format!(
                "`activeDeadlineSeconds` goes from 1 to {}, and is {seconds}",
                i32::MAX
            ),
        );
    }
    if let Some(overhead) = &spec.overhead {
        let overhead = k8s_openapi::api::core::v1::ResourceRequirements {
            limits: Some(overhead.clone()),
            ..Default::default()
        };
        let of = resources::Of::Container;
        // Upstream looks at it as if it were limits.
        let before = errors.len();
        let at = path.field("overhead");
        resources::requirements(&overhead, of, &claims::ClaimNames::new(), &at, errors);
        errors.since_stands_at(before, &at);
    }
    windows::system(spec, containers, path, errors);
    env::file_volumes(spec, containers, path, errors);
}

/// Fields that are words or names.
fn words(spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    let text = |field: &'_ Option<String>| field.clone().unwrap_or_default();
    let policy = text(&spec.restart_policy);
    errors.one_of(
        &path.field("restartPolicy"),
        &policy,
        "a restart policy",
        &RESTART_POLICIES,
    );
    let policy = text(&spec.dns_policy);
    errors.one_of(
        &path.field("dnsPolicy"),
        &policy,
        "a policy for DNS",
        &DNS_POLICIES,
    );
    if let Some(policy) = &spec.preemption_policy {
        let path = path.field("preemptionPolicy");
        if policy.is_empty() {
            errors.required(&path, "the preemption policy is empty");
        } else {
            errors.one_of(&path, policy, "a preemption policy", &PREEMPTION_POLICIES);
        }
    }
    let names: [(&str, &Option<String>, &str, names::Check); 5] = [
        (
            "serviceAccountName",
            &spec.service_account_name,
            "the name of a service account",
            names::dns_subdomain,
        ),
        (
            "nodeName",
            &spec.node_name,
            "the name of a node",
            names::dns_subdomain,
        ),
        (
            "hostname",
            &spec.hostname,
            "the name of a host",
            names::dns_label,
        ),
        (
            "subdomain",
            &spec.subdomain,
            "a subdomain",
            names::dns_label,
        ),
        (
            "priorityClassName",
            &spec.priority_class_name,
            "the name of a priority class",
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
        errors.syntax(
            &path,
            name,
            "the name of a runtime class",
            names::dns_subdomain,
        );
    }
}

/// What the scheduler looks at.
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
fn host_users(spec: &PodSpec, containers: &Containers<'_>, path: &Path<'_>, errors: &mut Errors) {
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
                    format!("`{field}` and `hostUsers: false` exclude each other"),
                )
                .help("leave one of them out")
                .stands_at(&path.field(field));
        }
    }
    containers.visit(path, |container, path| {
        if container
            .volume_devices
            .as_ref()
            .is_some_and(|list| !list.is_empty())
        {
            errors.forbidden(
                &path.field("volumeDevices"),
                "devices and `hostUsers: false` exclude each other",
            );
        }
    });
}

/// A token is one of an account.
fn tokens_without_account(spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    if spec
        .service_account_name
        .as_deref()
        .is_some_and(|name| !name.is_empty())
    {
        return;
    }
    let list = path.field("volumes");
    for (i, volume) in spec.volumes.iter().flatten().enumerate() {
        let path = list.index(i);
        let path = path.field("projected");
        let path = path.field("sources");
        let sources = volume
            .projected
            .as_ref()
            .and_then(|own| own.sources.as_ref());
        for (i, source) in sources.into_iter().flatten().enumerate() {
            if source.service_account_token.is_some() {
                let path = path.index(i);
                errors
                    .forbidden(
                        &path.field("serviceAccountToken"),
                        "a token needs the name of its account in the Pod",
                    )
                    .help("set `serviceAccountName`");
            }
        }
    }
}
