//! The users of a Pod of Windows, where `windowsOptions` name them.
//!
//! Upstream: `DetermineEffectiveSecurityContext` of pkg/securitycontext/util.go.

use k8s_openapi::api::core::v1::{PodSpec, WindowsSecurityContextOptions};
use pod_model::security::Origin;
use pod_model::{ContainerView, FieldPath};

use super::created::in_object;
use super::report::{FactValue, PodFact, WindowsUser};
use crate::targets::Target;

/// Returns the users of all containers as a fact.
pub(super) fn windows_users(
    target: &Target,
    spec: &PodSpec,
    views: &[ContainerView<'_>],
) -> PodFact {
    let users: Vec<WindowsUser> = views.iter().map(|own| user(target, spec, own)).collect();
    PodFact {
        name: "windowsUsers",
        label: "users",
        lines: users.iter().map(line).collect(),
        value: FactValue::WindowsUsers(users),
    }
}

fn user(target: &Target, spec: &PodSpec, own: &ContainerView<'_>) -> WindowsUser {
    let of_pod = spec.security_context.as_ref();
    let of_pod = of_pod.and_then(|own| own.windows_options.as_ref());
    let of_container = own.security_context;
    let of_container = of_container.and_then(|own| own.windows_options.as_ref());
    let pod_path = FieldPath::root().fields(&["spec", "securityContext", "windowsOptions"]);
    let places = [
        (
            of_container,
            Origin::Container,
            own.security_context_path("windowsOptions"),
        ),
        (of_pod, Origin::Pod, pod_path),
    ];
    let is_host =
        |own: Option<&WindowsSecurityContextOptions>| own.and_then(|own| own.host_process);
    let host_process = is_host(of_container).or(is_host(of_pod)) == Some(true);
    let set = places.into_iter().find_map(|(options, origin, path)| {
        let name = options?.run_as_user_name.clone()?;
        Some((name, origin, path.field("runAsUserName")))
    });
    let (value, origin, path) = match set {
        Some((name, origin, path)) => (Some(name), origin, Some(in_object(target, &path))),
        None => (None, Origin::Image, None),
    };
    WindowsUser {
        container: own.name.to_owned(),
        value,
        origin: origin.as_str(),
        path,
        host_process,
    }
}

fn line(own: &WindowsUser) -> String {
    let name = own.value.as_deref();
    let name = name.unwrap_or("that of the image");
    let process = if own.host_process {
        ", as a process of the node"
    } else {
        ""
    };
    format!("{}: {name} ({}){process}", own.container, own.origin)
}
