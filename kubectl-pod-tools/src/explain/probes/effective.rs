//! The effective probes of each container, with the origin of each number.

use std::collections::BTreeMap;

use pod_model::{ContainerType, FieldPath, KubernetesVersion, containers};
use pod_probe::{GracePeriodOrigin, Probe, ProbeKind, Probes};

use super::report::{ContainerProbes, EffectiveProbe, Origin, OriginKind};
use crate::targets::Target;

/// Returns the field that declares a kind of probe.
pub(super) fn field(kind: ProbeKind) -> &'static str {
    match kind {
        ProbeKind::Startup => "startupProbe",
        ProbeKind::Readiness => "readinessProbe",
        ProbeKind::Liveness => "livenessProbe",
    }
}

/// Returns whether the kubelet probes containers of this type.
pub(super) fn is_probed(container_type: ContainerType) -> bool {
    matches!(container_type, ContainerType::Sidecar | ContainerType::App)
}

/// Returns the probes of the sidecars and containers, sidecars first.
pub(super) fn effective(target: &Target, version: KubernetesVersion) -> Vec<ContainerProbes> {
    let grace = target.spec.termination_grace_period_seconds;
    let all = containers(&target.spec, &target.spec_path);
    let probed = all.iter().filter(|own| is_probed(own.container_type));
    probed
        .map(|container| {
            let declared = Probes::of(&container.to_container(), grace, version);
            let effective = declared.0.into_iter().map(|probe| {
                let path = container.path.field(field(probe.kind));
                EffectiveProbe {
                    origins: origins(&probe, &path, target),
                    probe,
                    path,
                }
            });
            ContainerProbes {
                name: container.name.to_owned(),
                container_type: container.container_type,
                probes: effective.collect(),
                path: container.path.clone(),
            }
        })
        .collect()
}

/// Returns the origin of each number. An API server has written its defaults into a live object,
/// so there a number that is the default's is called so.
fn origins(probe: &Probe, path: &FieldPath, target: &Target) -> BTreeMap<&'static str, Origin> {
    let of = |name: &'static str, value: i32, default: i32| {
        let field = path.field(name);
        let is_written = match &target.document {
            Some(document) => document.find(&field).is_some(),
            None => value != default,
        };
        let kind = if is_written {
            OriginKind::Written
        } else {
            OriginKind::Default
        };
        (name, placed(kind, &field, target))
    };
    let mut origins = BTreeMap::from([
        of("initialDelaySeconds", probe.initial_delay_seconds, 0),
        of("periodSeconds", probe.period_seconds, 10),
        of("timeoutSeconds", probe.timeout_seconds, 1),
        of("successThreshold", probe.success_threshold, 1),
        of("failureThreshold", probe.failure_threshold, 3),
    ]);
    let name = "terminationGracePeriodSeconds";
    let grace = match probe.termination_grace_period_origin {
        None => return origins,
        Some(GracePeriodOrigin::Probe) => placed(OriginKind::Written, &path.field(name), target),
        Some(GracePeriodOrigin::Pod) => {
            placed(OriginKind::Pod, &target.spec_path.field(name), target)
        }
    };
    origins.insert(name, grace);
    origins
}

fn placed(kind: OriginKind, path: &FieldPath, target: &Target) -> Origin {
    let document = target.document.as_ref();
    let document = document.filter(|_| kind != OriginKind::Default);
    let document = document.filter(|document| document.find(path).is_some());
    Origin {
        kind,
        location: document.and_then(|document| document.locate(path)),
    }
}
