//! The targets: what of the cluster they need.

use std::collections::BTreeSet;
use std::convert::Infallible;

use k8s_openapi::api::core::v1::{ContainerImage, Pod};
use pod_model::KubernetesVersion;

use super::wanted::Wanted;
use crate::explain::read::{CHUNK, InputFindings, read_targets};
use crate::explain::scheduling::subject::shape_of;
use crate::parallel::in_order;
use crate::targets::{Candidate, LookupContext, Target};

/// Number of targets whose selectors choose the labels that are kept; for more, all are kept.
pub(super) const FEW: usize = 1000;

/// The needs of the targets.
#[derive(Default)]
pub(super) struct Targets {
    pub are_meant: bool,
    pub wanted: Wanted,
    /// Their Pods, for their selectors, unless there are too many.
    pub pods: Vec<Pod>,
    images: BTreeSet<String>,
}

impl Targets {
    fn add(&mut self, other: Self) {
        self.are_meant |= other.are_meant;
        self.wanted.volumes |= other.wanted.volumes;
        self.wanted.device_classes |= other.wanted.device_classes;
        self.images.extend(other.images);
        if self.pods.len() <= FEW {
            self.pods.extend(other.pods);
        }
    }

    pub(super) fn has_image(&self, image: &ContainerImage) -> bool {
        let mut names = image.names.iter().flatten();
        names.any(|name| self.images.contains(name))
    }
}

/// Looks at the targets that are meant.
pub(super) fn survey(
    candidates: &[Candidate],
    context: &LookupContext,
    version: KubernetesVersion,
    is_meant: &(impl Fn(&Target) -> bool + Sync),
) -> Targets {
    let mut all = Targets::default();
    let read = |some: &[Candidate]| {
        let mut part = Targets::default();
        for candidate in some {
            let mut targets = read_targets(candidate, context, &mut InputFindings::default());
            targets.retain(is_meant);
            for target in targets {
                part.are_meant = true;
                part.images.extend(images(&target));
                let shape = shape_of(&target, version);
                part.wanted.add(shape.spec.as_ref().unwrap_or(&target.spec));
                part.pods.push(shape);
            }
        }
        part
    };
    let Ok(()) = in_order(candidates, CHUNK, read, |part| {
        all.add(part);
        Ok::<(), Infallible>(())
    });
    all
}

/// Returns the images of a target as nodes name them (`normalizedImageName` in
/// pkg/scheduler/framework/plugins/imagelocality).
fn images(target: &Target) -> impl Iterator<Item = String> {
    let spec = &target.spec;
    let containers = spec
        .containers
        .iter()
        .chain(spec.init_containers.iter().flatten());
    containers.filter_map(|own| {
        let image = own.image.as_deref()?;
        let has_tag = image.rfind(':') > image.rfind('/');
        Some(if has_tag {
            image.to_owned()
        } else {
            format!("{image}:latest")
        })
    })
}
