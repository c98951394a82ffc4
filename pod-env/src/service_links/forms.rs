//! The names and values of one Service's variables.

use k8s_openapi::api::core::v1::Service;
use pod_model::lookup::Found;

use super::choose::cluster_ip;

/// One variable of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceVar {
    /// Its name.
    pub name: String,
    /// Its value, or `None` if the cluster IP is not assigned or unknown, or if two Services
    /// set the name in random order.
    pub value: Option<String>,
    /// The name of its Service.
    pub service: String,
    /// The place where the Service was read, or `None` if it was not read but must exist.
    pub origin: Option<String>,
    /// Another Service that sets a variable of the same name: which of the two wins is
    /// random in the kubelet.
    pub collides_with: Option<String>,
}

/// Makes the variables of a Service.
///
/// Upstream: `FromServices` and `makeLinkVariables`.
pub(super) fn from_service(found: &Found<'_, Service>, mut push: impl FnMut(ServiceVar)) {
    let service = found.object.metadata.name.clone().unwrap_or_default();
    let Some(spec) = &found.object.spec else {
        return;
    };
    let ip = cluster_ip(found);
    let ports = spec.ports.as_deref().unwrap_or_default();
    let prefix = variable_name(&service);
    let mut add = |name: String, value: Option<String>| {
        push(ServiceVar {
            name,
            value,
            service: service.clone(),
            origin: Some(found.origin.object().to_owned()),
            collides_with: None,
        });
    };
    // The API server lets no Service with an address be without ports.
    let Some(first) = ports.first() else { return };
    add(format!("{prefix}_SERVICE_HOST"), ip.map(str::to_owned));
    add(
        format!("{prefix}_SERVICE_PORT"),
        Some(first.port.to_string()),
    );
    for port in ports {
        if let Some(name) = port.name.as_deref().filter(|name| !name.is_empty()) {
            let name = variable_name(name);
            add(
                format!("{prefix}_SERVICE_PORT_{name}"),
                Some(port.port.to_string()),
            );
        }
    }
    for (i, port) in ports.iter().enumerate() {
        let protocol = match port.protocol.as_deref() {
            None | Some("") => "TCP",
            Some(protocol) => protocol,
        };
        let lower = protocol.to_lowercase();
        let url = ip.map(|ip| format!("{lower}://{}", join_host_port(ip, port.port)));
        if i == 0 {
            add(format!("{prefix}_PORT"), url.clone());
        }
        let one = format!("{prefix}_PORT_{}_{}", port.port, protocol.to_uppercase());
        add(one.clone(), url);
        add(format!("{one}_PROTO"), Some(lower));
        add(format!("{one}_PORT"), Some(port.port.to_string()));
        add(format!("{one}_ADDR"), ip.map(str::to_owned));
    }
}

/// Upstream: `makeEnvVariableName`.
fn variable_name(name: &str) -> String {
    name.replace('-', "_").to_uppercase()
}

/// Go's `net.JoinHostPort`.
fn join_host_port(host: &str, port: i32) -> String {
    if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    }
}

/// Returns whether a name has the form of a Service variable.
pub fn is_link_name(name: &str) -> bool {
    let is_head = |head: &str| {
        !head.is_empty()
            && head
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    };
    name.strip_suffix("_SERVICE_HOST").is_some_and(is_head)
        || name
            .split_once("_SERVICE_PORT")
            .is_some_and(|(head, _)| is_head(head))
        || name.strip_suffix("_PORT").is_some_and(is_head)
        || name.split_once("_PORT_").is_some_and(|(head, tail)| {
            is_head(head) && tail.starts_with(|c: char| c.is_ascii_digit())
        })
}
