//! `ImageLocality`: nodes that have the Pod's images.
//!
//! Upstream: pkg/scheduler/framework/plugins/imagelocality.

use k8s_openapi::api::core::v1::PodSpec;

use super::normalize::{MAX, fraction, truncated};
use crate::scheduling::{ImageId, NodeInfo, Snapshot};
use crate::version::KubernetesVersion;

const MIB: i64 = 1 << 20;
/// Images of this size together score 0.
const LEAST: i64 = 23 * MIB;
/// An image of this size in each container scores 100.
const MOST: i64 = 1000 * MIB;

pub(super) fn scores(spec: &PodSpec, nodes: &[&NodeInfo], snapshot: &Snapshot) -> Vec<i64> {
    let version = snapshot.version();
    let init = spec.init_containers.iter().flatten();
    let containers = init.chain(&spec.containers);
    let mut names: Vec<&str> = containers
        .map(|container| container.image.as_deref().unwrap_or_default())
        .collect();
    let mut count = names.len();
    if version >= KubernetesVersion::V1_36 {
        let volumes = spec.volumes.iter().flatten();
        let images = volumes.filter_map(|volume| volume.image.as_ref());
        names.extend(images.map(|image| image.reference.as_deref().unwrap_or_default()));
    }
    // 1.36 adds the sizes of such volumes without counting them.
    if version >= KubernetesVersion::V1_37 {
        count = names.len();
    }
    let images: Vec<ImageId> = names
        .into_iter()
        .filter_map(|name| snapshot.image(&normalized(name)))
        .collect();
    let most = MOST.saturating_mul(i64::try_from(count).unwrap_or(i64::MAX).max(1));
    let score = |node: &&NodeInfo| {
        let sizes = images.iter().map(|image| size(node, *image, snapshot));
        let sum = sizes.fold(0_i64, i64::saturating_add);
        let part = i128::from(sum.clamp(LEAST, most) - LEAST);
        i64::try_from(i128::from(MAX) * part / i128::from(most - LEAST)).unwrap_or(0)
    };
    nodes.iter().map(score).collect()
}

/// The size of an image on a node, smaller if few nodes have it. Upstream: `scaledImageScore`.
fn size(node: &NodeInfo, image: ImageId, snapshot: &Snapshot) -> i64 {
    let found = node.images().binary_search_by_key(&image, |(id, _)| *id);
    let Some((_, size)) = found.ok().and_then(|at| node.images().get(at)) else {
        return 0;
    };
    let all = i128::try_from(snapshot.nodes().len()).unwrap_or(1);
    let spread = fraction(snapshot.nodes_with_image(image).into()) / fraction(all);
    truncated(fraction((*size).into()) * spread)
}

/// Adds the tag that is meant where none is given. Upstream: `normalizedImageName`.
fn normalized(name: &str) -> String {
    let has_tag = name.rfind(':').is_some_and(|at| Some(at) > name.rfind('/'));
    if has_tag {
        name.to_owned()
    } else {
        format!("{name}:latest")
    }
}
