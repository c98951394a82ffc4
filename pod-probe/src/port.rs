//! Ports by number or by name.

use k8s_openapi::api::core::v1::ContainerPort;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::KubernetesVersion;

/// A port that cannot be resolved. The kubelet reports each attempt as an event
/// and counts it neither as a success nor as a failure: the container never
/// becomes ready or started, and is never killed for it.
///
/// Upstream: `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortError {
    /// No port of the container has this name.
    NotFound(String),
    /// The number is not between 1 and 65535.
    Invalid(i64),
}

impl std::fmt::Display for PortError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFound(name) => write!(f, "the container has no port named `{name}`"),
            Self::Invalid(number) => write!(f, "{number} is not a port: use 1 to 65535"),
        }
    }
}

impl std::error::Error for PortError {}

/// The first version that does not read a name as a number.
const LOOKED_UP_ONLY: KubernetesVersion = KubernetesVersion::V1_37;

/// The number of a port. A name is looked up in the container; before 1.37 it is read as a number
/// if no port has it.
///
/// Upstream: `ResolveContainerPort` in `k8s.io/kubernetes/pkg/probe/util.go`.
pub fn resolve_port(
    port: &IntOrString,
    ports: &[ContainerPort],
    version: KubernetesVersion,
) -> Result<u16, PortError> {
    let number = match port {
        IntOrString::Int(number) => i64::from(*number),
        IntOrString::String(name) => ports
            .iter()
            .find(|port| port.name.as_deref().unwrap_or_default() == name)
            .map(|port| i64::from(port.container_port))
            .or_else(|| name.parse().ok().filter(|_| version < LOOKED_UP_ONLY))
            .ok_or_else(|| PortError::NotFound(name.clone()))?,
    };
    match u16::try_from(number) {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(PortError::Invalid(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_up_and_before_1_37_read_as_a_number() {
        let port = |name: &str, container_port| ContainerPort {
            name: Some(name.to_owned()),
            container_port,
            ..ContainerPort::default()
        };
        let ports = [port("http", 8080), port("90", 91), port("bad", 0)];
        let of = |version, name: &str| {
            resolve_port(&IntOrString::String(name.to_owned()), &ports, version)
        };
        let resolve = |name| of(KubernetesVersion::V1_36, name);
        assert_eq!(resolve("http"), Ok(8080));
        assert_eq!(resolve("90"), Ok(91));
        assert_eq!(resolve("92"), Ok(92));
        assert_eq!(resolve("bad"), Err(PortError::Invalid(0)));
        assert_eq!(resolve("nope"), Err(PortError::NotFound("nope".into())));
        let latest = |name| of(KubernetesVersion::V1_37, name);
        assert_eq!(latest("90"), Ok(91));
        assert_eq!(latest("92"), Err(PortError::NotFound("92".into())));
        let version = KubernetesVersion::V1_37;
        let number = |number| resolve_port(&IntOrString::Int(number), &ports, version);
        assert_eq!(number(65535), Ok(65535));
        assert_eq!(number(65536), Err(PortError::Invalid(65536)));
    }
}
