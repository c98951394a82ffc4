//! Checks of the user of a container: root where none is allowed, and ports that root alone may open.

use pod_model::security::{ContainerSecurity, LowPorts, NonRoot, User};
use pod_model::{ContainerView, Finding, rules};

use super::subject::Subject;

pub(super) fn check(
    subject: &Subject<'_>,
    own: &ContainerSecurity,
    view: &ContainerView<'_>,
    found: &mut Vec<Finding>,
) {
    non_root(subject, own, found);
    low_ports(subject, own, view, found);
}

fn non_root(subject: &Subject<'_>, own: &ContainerSecurity, found: &mut Vec<Finding>) {
    let path = match (&own.run_as_user.path, &own.run_as_non_root.path) {
        (Some(path), _) | (None, Some(path)) => subject.path(path),
        (None, None) => subject.path(&own.path),
    };
    match &own.non_root_verdict {
        NonRoot::Refused { message } => {
            let message = format!(
                "container `{}` does not start: CreateContainerConfigError: {message}",
                own.name
            );
            found.push(
                Finding::new(&rules::NON_ROOT_REFUSED, path, message)
                    .help("set `runAsUser` to a number above 0, which the image's files allow"),
            );
        }
        NonRoot::DependsOnImage => {
            let message = format!(
                "container `{}` starts only if the image's user is a number above 0; a name is refused like root",
                own.name
            );
            found.push(
                Finding::new(&rules::UNKNOWN_IMAGE_USER, path, message)
                    .help("set `runAsUser`, or give the image's config with `--image-config FILE`"),
            );
        }
        NonRoot::NotRequired | NonRoot::Met => {}
    }
}

fn low_ports(
    subject: &Subject<'_>,
    own: &ContainerSecurity,
    view: &ContainerView<'_>,
    found: &mut Vec<Finding>,
) {
    let LowPorts { first, reason } = &own.low_ports;
    let has_none = own
        .capabilities
        .effective
        .as_ref()
        .is_some_and(Vec::is_empty);
    let is_of_node = subject.spec.host_network == Some(true) && has_none;
    for (at, port) in view.ports.iter().enumerate() {
        let number = port.container_port;
        let Some(low) = u32::try_from(number)
            .ok()
            .filter(|own| (1..1024).contains(own))
        else {
            continue;
        };
        if !first.map_or(is_of_node, |first| low < first) {
            continue;
        }
        let user = match &own.run_as_user.value {
            User::Id(id) => format!("user {id}"),
            User::Name(name) => format!("user `{name}`"),
            User::Unknown => "its user".to_owned(),
        };
        let path = subject.path(&own.path).field("ports").index(at);
        let message = format!(
            "container `{}` cannot listen on port {number} as {user}: {reason}",
            own.name
        );
        found.push(
            Finding::new(&rules::LOW_PORT, path.field("containerPort"), message).help(format!(
                "listen on a port from {} on; a Service can still have the low one",
                first.unwrap_or(1024)
            )),
        );
    }
}
