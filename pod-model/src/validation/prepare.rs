//! Changes of a server to an object before its validation: defaults, disabled fields, and
//! annotations that became fields.
//!
//! Upstream: `PrepareForCreate` of the strategies in
//! `k8s.io/kubernetes/pkg/registry/{core/pod,batch/job}`, `dropDisabledFields`
//! in `…/pkg/api/pod`, and the conversions of `…/pkg/apis/core/v1`.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{
    AppArmorProfile, Container, Pod, PodAffinityTerm, PodSpec, ResourceRequirements,
    SecurityContext,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{
    LabelSelector, LabelSelectorRequirement, ObjectMeta,
};

use super::annotations::{APP_ARMOR_CONTAINER, LOCALHOST, RUNTIME_DEFAULT, UNCONFINED};
use super::profiles::app_armor_profile_is_sound;
use crate::defaults;
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// Annotations of old that a conversion drops.
const INIT_CONTAINERS: [&str; 4] = [
    "pod.beta.kubernetes.io/init-containers",
    "pod.alpha.kubernetes.io/init-containers",
    "pod.beta.kubernetes.io/init-container-statuses",
    "pod.alpha.kubernetes.io/init-container-statuses",
];

/// A Pod as its validation sees it.
pub(crate) fn pod(mut pod: Pod, version: KubernetesVersion) -> Pod {
    pod.status = None;
    defaults::created_pod(&mut pod, version);
    defaulted_pod(pod, version)
}

/// A Pod that has its defaults, as its validation sees it.
pub(crate) fn defaulted_pod(mut pod: Pod, version: KubernetesVersion) -> Pod {
    annotations(&mut pod.metadata);
    let spec = pod.spec.get_or_insert_default();
    if spec
        .termination_grace_period_seconds
        .is_some_and(|seconds| seconds < 0)
    {
        spec.termination_grace_period_seconds = Some(1);
    }
    convert(spec);
    drop_disabled(spec, version);
    let labels = pod.metadata.labels.unwrap_or_default();
    merge_label_keys(spec, &labels, version);
    pod.metadata.labels = Some(labels);
    app_armor_fields(&pod.metadata, spec);
    pod
}

/// Prepares a template, which has its defaults already.
pub(super) fn template(spec: &mut PodSpec, version: KubernetesVersion) {
    convert(spec);
    drop_disabled(spec, version);
}

/// Upstream: `dropInitContainerAnnotations`.
pub(super) fn annotations(metadata: &mut ObjectMeta) {
    if let Some(annotations) = &mut metadata.annotations {
        for key in INIT_CONTAINERS {
            annotations.remove(key);
        }
    }
}

/// Upstream: `Convert_v1_PodSpec_To_core_PodSpec`.
fn convert(spec: &mut PodSpec) {
    if spec
        .service_account_name
        .as_deref()
        .is_none_or(str::is_empty)
    {
        spec.service_account_name = spec.service_account.clone();
    }
}

/// Drops the fields of [`gated_fields`](crate::gated_fields) whose gates are off, but for those that
/// no check looks at, which the tests of that module list.
fn drop_disabled(spec: &mut PodSpec, version: KubernetesVersion) {
    let off = |gate: Gate| !gate.is_on(version);
    if off(Gate::UserNamespacesSupport) {
        spec.host_users = None;
    }
    if off(Gate::PodLevelResources) {
        spec.resources = None;
    }
    if off(Gate::HostnameOverride) {
        spec.hostname_override = None;
    }
    if off(Gate::DynamicResourceAllocation) {
        spec.resource_claims = None;
    }
    if let Some(context) = &mut spec.security_context {
        if off(Gate::SupplementalGroupsPolicy) {
            context.supplemental_groups_policy = None;
        }
        if off(Gate::SELinuxChangePolicy) {
            context.se_linux_change_policy = None;
        }
    }
    let images = if off(Gate::ImageVolume) {
        image_volumes(spec)
    } else {
        BTreeSet::new()
    };
    let volumes = spec.volumes.iter_mut().flatten();
    let projected = volumes.filter_map(|volume| volume.projected.as_mut());
    for source in projected.flat_map(|own| own.sources.iter_mut().flatten()) {
        if off(Gate::ClusterTrustBundleProjection) {
            source.cluster_trust_bundle = None;
        }
        if off(Gate::PodCertificateRequest) {
            source.pod_certificate = None;
        }
    }
    // 1.34 has the field for the first time, and drops it; before that
    // validation refuses it where there is no sidecar.
    let rules = Gate::ContainerRestartRules;
    let drops_restart_policy = off(rules) && rules.is_known(version);
    for container in spec.init_containers.iter_mut().flatten() {
        let sidecar = container.restart_policy.as_deref() == Some("Always");
        if drops_restart_policy && !sidecar {
            container.restart_policy = None;
        }
        drop_of_container(container, version, &images);
    }
    for container in &mut spec.containers {
        if drops_restart_policy {
            container.restart_policy = None;
        }
        drop_of_container(container, version, &images);
    }
    // Ephemeral containers are refused altogether; what else they hold is judged as
    // it is written.
    for container in spec.ephemeral_containers.iter_mut().flatten() {
        if off(Gate::ContainerStopSignals) {
            drop_stop_signal(&mut container.lifecycle);
        }
        if off(rules) {
            container.restart_policy_rules = None;
        }
        if drops_restart_policy {
            container.restart_policy = None;
        }
        if off(Gate::DynamicResourceAllocation)
            && let Some(resources) = &mut container.resources
        {
            resources.claims = None;
            if *resources == ResourceRequirements::default() {
                container.resources = None;
            }
        }
        if off(Gate::EnvFiles) {
            let env = container.env.iter_mut().flatten();
            for source in env.filter_map(|var| var.value_from.as_mut()) {
                source.file_key_ref = None;
            }
        }
    }
}

/// Upstream: `dropImageVolumes`. The names of the volumes that are gone.
fn image_volumes(spec: &mut PodSpec) -> BTreeSet<String> {
    let Some(volumes) = &mut spec.volumes else {
        return BTreeSet::new();
    };
    let gone = volumes.iter().filter(|volume| volume.image.is_some());
    let gone = gone.map(|volume| volume.name.clone()).collect();
    volumes.retain(|volume| volume.image.is_none());
    gone
}

fn drop_of_container(
    container: &mut Container,
    version: KubernetesVersion,
    images: &BTreeSet<String>,
) {
    let off = |gate: Gate| !gate.is_on(version);
    if off(Gate::ContainerStopSignals) {
        drop_stop_signal(&mut container.lifecycle);
    }
    if off(Gate::ContainerRestartRules) {
        container.restart_policy_rules = None;
    }
    if off(Gate::InPlacePodVerticalScaling) {
        container.resize_policy = None;
    }
    if off(Gate::DynamicResourceAllocation)
        && let Some(resources) = &mut container.resources
    {
        resources.claims = None;
    }
    if off(Gate::ProcMountType)
        && let Some(context) = &mut container.security_context
        && context.proc_mount.is_some()
    {
        context.proc_mount = Some("Default".to_owned());
    }
    if off(Gate::EnvFiles) {
        let env = container.env.iter_mut().flatten();
        for source in env.filter_map(|var| var.value_from.as_mut()) {
            source.file_key_ref = None;
        }
    }
    if let Some(mounts) = &mut container.volume_mounts {
        mounts.retain(|mount| !images.contains(&mount.name));
    }
}

/// Upstream: `dropContainerStopSignals`; with nothing else, the hooks are gone.
fn drop_stop_signal(lifecycle: &mut Option<k8s_openapi::api::core::v1::Lifecycle>) {
    let Some(hooks) = lifecycle else { return };
    if hooks.stop_signal.take().is_some() && hooks.post_start.is_none() && hooks.pre_stop.is_none()
    {
        *lifecycle = None;
    }
}

type Labels = BTreeMap<String, String>;

/// `matchLabelKeys` and `mismatchLabelKeys` become part of the selectors beside
/// them.
///
/// Upstream: `mutatePodAffinity`, `mutateTopologySpreadConstraints`.
fn merge_label_keys(spec: &mut PodSpec, labels: &Labels, version: KubernetesVersion) {
    if let Some(affinity) = &mut spec.affinity {
        if let Some(affinity) = &mut affinity.pod_affinity {
            let preferred = affinity
                .preferred_during_scheduling_ignored_during_execution
                .iter_mut();
            preferred
                .flatten()
                .for_each(|term| merge_into_term(&mut term.pod_affinity_term, labels));
            let required = affinity
                .required_during_scheduling_ignored_during_execution
                .iter_mut();
            required
                .flatten()
                .for_each(|term| merge_into_term(term, labels));
        }
        if let Some(affinity) = &mut affinity.pod_anti_affinity {
            let preferred = affinity
                .preferred_during_scheduling_ignored_during_execution
                .iter_mut();
            preferred
                .flatten()
                .for_each(|term| merge_into_term(&mut term.pod_affinity_term, labels));
            let required = affinity
                .required_during_scheduling_ignored_during_execution
                .iter_mut();
            required
                .flatten()
                .for_each(|term| merge_into_term(term, labels));
        }
    }
    if Gate::MatchLabelKeysInPodTopologySpreadSelectorMerge.is_on(version) {
        for constraint in spec.topology_spread_constraints.iter_mut().flatten() {
            if let Some(selector) = &mut constraint.label_selector {
                let keys = constraint.match_label_keys.as_deref();
                merge_keys(selector, keys.unwrap_or_default(), "In", labels);
            }
        }
    }
}

fn merge_into_term(term: &mut PodAffinityTerm, labels: &Labels) {
    let Some(selector) = &mut term.label_selector else {
        return;
    };
    let keys = term.match_label_keys.as_deref();
    merge_keys(selector, keys.unwrap_or_default(), "In", labels);
    let keys = term.mismatch_label_keys.as_deref();
    merge_keys(selector, keys.unwrap_or_default(), "NotIn", labels);
}

/// Upstream: `applyLabelKeysToLabelSelector`.
fn merge_keys(selector: &mut LabelSelector, keys: &[String], operator: &str, labels: &Labels) {
    for key in keys {
        if let Some(value) = labels.get(key) {
            let expressions = selector.match_expressions.get_or_insert_default();
            expressions.push(LabelSelectorRequirement {
                key: key.clone(),
                operator: operator.to_owned(),
                values: Some(vec![value.clone()]),
            });
        }
    }
}

/// The annotation of a container becomes its field, where it has none.
///
/// Upstream: `applyAppArmorVersionSkew`.
fn app_armor_fields(metadata: &ObjectMeta, spec: &mut PodSpec) {
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return;
    }
    let Some(annotations) = &metadata.annotations else {
        return;
    };
    let pods = spec.security_context.as_ref();
    let pods = pods.and_then(|context| context.app_armor_profile.clone());
    let sync = |name: &str, context: &mut Option<SecurityContext>| {
        let Some(annotation) = annotations.get(&format!("{APP_ARMOR_CONTAINER}{name}")) else {
            return;
        };
        let own = context
            .as_ref()
            .and_then(|own| own.app_armor_profile.as_ref());
        if own.is_some() {
            return;
        }
        let profile = profile_of(annotation).filter(app_armor_profile_is_sound);
        if profile.is_some() && profile != pods {
            context.get_or_insert_default().app_armor_profile = profile;
        }
    };
    let init = spec.init_containers.iter_mut().flatten();
    for container in init.chain(&mut spec.containers) {
        sync(&container.name, &mut container.security_context);
    }
    for container in spec.ephemeral_containers.iter_mut().flatten() {
        sync(&container.name, &mut container.security_context);
    }
}

/// Upstream: `ApparmorFieldForAnnotation`.
fn profile_of(annotation: &str) -> Option<AppArmorProfile> {
    let named = |type_: &str| AppArmorProfile {
        localhost_profile: None,
        type_: type_.to_owned(),
    };
    match annotation {
        UNCONFINED => Some(named("Unconfined")),
        RUNTIME_DEFAULT => Some(named("RuntimeDefault")),
        _ => {
            let profile = annotation.strip_prefix(LOCALHOST)?;
            (!profile.is_empty()).then(|| AppArmorProfile {
                localhost_profile: Some(profile.to_owned()),
                ..named("Localhost")
            })
        }
    }
}
