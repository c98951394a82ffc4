//! The security contexts of the Pod and of a container.

use k8s_openapi::api::core::v1::{PodSecurityContext, SecurityContext};

use super::super::draft::Draft;

/// Sets a field that both the Pod and a container have.
pub(super) fn set<T>(
    draft: &mut Draft,
    value: T,
    of_container: fn(&mut SecurityContext) -> &mut Option<T>,
    of_pod: fn(&mut PodSecurityContext) -> &mut Option<T>,
) {
    let has_own = draft
        .container()
        .security_context
        .as_mut()
        .is_some_and(|own| of_container(own).is_some());
    if draft.in_main() && !has_own {
        *of_pod(pod_context(draft)) = Some(value);
    } else {
        *of_container(context(draft)) = Some(value);
    }
}

pub(super) fn context(draft: &mut Draft) -> &mut SecurityContext {
    draft.container().security_context.get_or_insert_default()
}

pub(super) fn pod_context(draft: &mut Draft) -> &mut PodSecurityContext {
    draft.pod.security_context.get_or_insert_default()
}
