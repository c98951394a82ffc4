//! As whom the containers run: upstream's rules, with what is known of images and of the node.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Node, PodSpec};
use pod_model::ContainerView;
use pod_model::lookup::{Answer, Answers};
use pod_model::security::{ImageUser, Runtime};

use super::report::ObservedUser;
use crate::explain::image_config::ImageConfigs;

/// The users of images by the names of containers, as far as they are known.
pub(super) type ImageUsers<'a> = BTreeMap<&'a str, ImageUser>;

/// Returns the user of a container's image.
pub(super) fn image_user(users: &ImageUsers<'_>, own: &ContainerView<'_>) -> ImageUser {
    users.get(own.name).cloned().unwrap_or(ImageUser::Unknown)
}

/// Returns the user of the image of each container, as far as a config or a status tells it. Containers of one image
/// may have several: a config may be given for one of them.
pub(super) fn image_users<'a>(
    views: &[ContainerView<'a>],
    spec: &PodSpec,
    images: &ImageConfigs,
    observed: &BTreeMap<&str, ObservedUser>,
) -> ImageUsers<'a> {
    let of_pod = spec.security_context.as_ref();
    let of_pod = of_pod.and_then(|context| context.run_as_user);
    let mut users = BTreeMap::new();
    for view in views {
        if let Some(config) = images.of(view.name) {
            users.insert(view.name, ImageUser::parse(config.user()));
            continue;
        }
        // The user of the first process is that of the image if nothing else names one.
        let own = view.security_context.and_then(|own| own.run_as_user);
        if own.or(of_pod).is_none()
            && let Some(user) = observed.get(view.name)
        {
            users.insert(view.name, ImageUser::Uid(user.uid));
        }
    }
    users
}

/// Returns the runtime of a Pod's node, as far as the node is known.
pub(super) fn runtime(spec: &PodSpec, answers: &Answers) -> Runtime {
    let node = spec.node_name.as_deref().filter(|node| !node.is_empty());
    let Some(Answer::Found(found)) = node.map(|node| answers.one::<Node>("", node)) else {
        return Runtime::Unknown;
    };
    let info = found.object.status.as_ref();
    let info = info.and_then(|status| status.node_info.as_ref());
    info.map_or(Runtime::Unknown, |info| {
        Runtime::of_node(&info.container_runtime_version)
    })
}
