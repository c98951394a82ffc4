//! The subject of the checks.

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::{ContainerView, FieldPath, KubernetesVersion};
use pod_probe::{DeletionGrace, Handler};

use super::super::events::SeenHook;
use super::super::report::ContainerHooks;
use crate::targets::Target;

/// A Pod whose hooks are checked.
pub(in super::super) struct Subject<'a> {
    pub target: &'a Target,
    /// With defaults filled in.
    pub spec: &'a PodSpec,
    pub version: KubernetesVersion,
    /// Those that are explained.
    pub containers: &'a [ContainerHooks],
    /// All containers of the Pod.
    pub all: &'a [ContainerView<'a>],
    pub grace: &'a DeletionGrace,
    pub observed: &'a [SeenHook],
}

impl<'a> Subject<'a> {
    /// Returns a container in the spec.
    pub(super) fn view(&self, own: &ContainerHooks) -> Option<&'a ContainerView<'a>> {
        self.all.iter().find(|view| view.path == own.path)
    }
}

/// A hook that is checked.
pub(super) struct DeclaredHook<'a> {
    pub container: &'a ContainerHooks,
    pub handler: &'a Handler,
    pub is_post_start: bool,
    pub path: FieldPath,
}

impl DeclaredHook<'_> {
    /// Returns `postStart` or `preStop`.
    pub(super) fn name(&self) -> &'static str {
        if self.is_post_start {
            "postStart"
        } else {
            "preStop"
        }
    }
}

/// Returns the hooks of a container.
pub(super) fn own_hooks(own: &ContainerHooks) -> Vec<DeclaredHook<'_>> {
    let lifecycle = own.path.field("lifecycle");
    let post_start = own.post_start.as_ref().map(|hook| (hook, true));
    let pre_stop = own.pre_stop.as_ref().map(|hook| (hook, false));
    let all = [post_start, pre_stop].into_iter().flatten();
    all.map(|(hook, is_post_start)| DeclaredHook {
        container: own,
        handler: &hook.handler,
        is_post_start,
        path: lifecycle.field(if is_post_start {
            "postStart"
        } else {
            "preStop"
        }),
    })
    .collect()
}
