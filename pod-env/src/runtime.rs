//! What the container runtime adds to what the kubelet hands it.
//!
//! Upstream: `GeneratePodHostNameAndDomain` in pkg/kubelet/kubelet_pods.go,
//! `GetNodenameForKernel` in pkg/kubelet/util, `generatePodSandboxConfig` in
//! pkg/kubelet/kuberuntime; and containerd's `buildLinuxSpec`
//! (internal/cri/server/container_create.go), which starts from PATH, TERM and
//! HOSTNAME, puts the image's variables over them and the kubelet's over those.

use pod_model::KubernetesVersion;

use crate::downward::{is_dns1123_label, is_dns1123_subdomain};
use crate::subject::{Options, Subject};

/// The PATH of a container whose image names none (containerd's
/// `WithDefaultPathEnv`).
pub(crate) const DEFAULT_PATH: &str =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The longest host name that a Pod gets, in bytes.
const HOSTNAME_MAX: usize = 63;
/// The longest name that Linux holds, in bytes.
const NODENAME_MAX: usize = 64;

/// The host name of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostName {
    /// The name.
    Known(String),
    /// Why it is not known, to follow "the value is …".
    Unknown(String),
    /// Why the Pod's sandbox cannot be made, with the field that is wrong.
    Invalid(&'static str, String),
}

/// The name that the kubelet gives a Pod's sandbox, which the runtime sets as
/// HOSTNAME in each container.
pub(crate) fn host_name(subject: &Subject<'_>, options: &Options) -> HostName {
    let spec = subject.spec;
    if spec.host_network == Some(true) {
        return HostName::Unknown("the node's host name, as the Pod uses its network".into());
    }
    // `HostnameOverride`: on by default from 1.35. It has no domain.
    if let Some(name) = &spec.hostname_override
        && options.version >= KubernetesVersion::V1_35
    {
        return if is_dns1123_subdomain(name) {
            HostName::Known(truncate(name).to_owned())
        } else {
            let why = format!("`{name}` is not a DNS subdomain");
            HostName::Invalid("hostnameOverride", why)
        };
    }
    let own = spec.hostname.as_deref().filter(|name| !name.is_empty());
    if let Some(name) = own.filter(|name| !is_dns1123_label(name)) {
        return HostName::Invalid("hostname", format!("`{name}` is not a DNS label"));
    }
    let sub = spec.subdomain.as_deref().filter(|name| !name.is_empty());
    if let Some(name) = sub.filter(|name| !is_dns1123_label(name)) {
        return HostName::Invalid("subdomain", format!("`{name}` is not a DNS label"));
    }
    let Some(name) = own.or(subject.name) else {
        return HostName::Unknown("the Pod's name, which is made when the Pod is".into());
    };
    let name = truncate(name);
    let (Some(sub), Some(true)) = (sub, spec.set_hostname_as_fqdn) else {
        return HostName::Known(name.to_owned());
    };
    let services = format!("{name}.{sub}.{}.svc", subject.namespace);
    let Some(domain) = options.cluster_domain.as_deref() else {
        return HostName::Unknown(format!("`{services}.` and the cluster's DNS domain"));
    };
    let fqdn = format!("{services}.{domain}");
    if fqdn.len() > NODENAME_MAX {
        let length = fqdn.len();
        let why = format!("`{fqdn}` has {length} characters, and a host name holds {NODENAME_MAX}");
        return HostName::Invalid("setHostnameAsFQDN", why);
    }
    HostName::Known(fqdn)
}

/// Upstream: `truncatePodHostnameIfNeeded`.
fn truncate(name: &str) -> &str {
    if name.len() <= HOSTNAME_MAX {
        return name;
    }
    let head = name.get(..HOSTNAME_MAX).unwrap_or(name);
    head.trim_end_matches(['-', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::PodSpec;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use pod_model::FieldPath;
    use serde_json::{Value, json};

    use crate::subject::Stage;

    fn of(name: Option<&str>, spec: &Value, options: &Options) -> HostName {
        let mut spec = spec.clone();
        spec["containers"] = json!([]);
        let spec: PodSpec = serde_json::from_value(spec).unwrap();
        let metadata = ObjectMeta::default();
        let subject = Subject {
            name,
            namespace: "ns",
            metadata: &metadata,
            spec: &spec,
            status: None,
            base: FieldPath::parse("spec"),
            stage: Stage::File,
            indexed_job: false,
        };
        host_name(&subject, options)
    }

    fn known(name: &str) -> HostName {
        HostName::Known(name.to_owned())
    }

    #[test]
    fn where_the_host_name_comes_from() {
        let options = Options {
            cluster_domain: Some("cluster.local".into()),
            ..Options::default()
        };
        let fqdn = json!({"hostname": "h", "subdomain": "s", "setHostnameAsFQDN": true});
        let table = [
            (json!({}), known("p")),
            (json!({"hostname": "h"}), known("h")),
            (json!({"hostname": "h", "subdomain": "s"}), known("h")),
            (fqdn.clone(), known("h.s.ns.svc.cluster.local")),
            (json!({"setHostnameAsFQDN": true}), known("p")),
            (
                json!({"hostnameOverride": "a.b", "hostname": "h"}),
                known("a.b"),
            ),
        ];
        for (spec, expected) in table {
            assert_eq!(of(Some("p"), &spec, &options), expected, "{spec}");
        }
        let got = of(Some("p"), &fqdn, &Options::default());
        assert!(matches!(got, HostName::Unknown(_)), "{got:?}");
        let got = of(Some("p"), &json!({"hostNetwork": true}), &options);
        assert!(matches!(got, HostName::Unknown(_)), "{got:?}");
        let got = of(None, &json!({}), &options);
        assert!(matches!(got, HostName::Unknown(_)), "{got:?}");
    }

    #[test]
    fn a_long_name_is_cut_at_63_and_never_ends_in_a_dash_or_dot() {
        let exact = "a".repeat(63);
        let table = [
            (exact.clone(), exact.clone()),
            (format!("{exact}b"), exact),
            (format!("{}-.b", "a".repeat(61)), "a".repeat(61)),
        ];
        for (name, expected) in table {
            let got = of(Some(&name), &json!({}), &Options::default());
            assert_eq!(got, known(&expected));
        }
    }

    #[test]
    fn an_override_counts_from_1_35() {
        let options = Options {
            version: KubernetesVersion::V1_34,
            ..Options::default()
        };
        let got = of(Some("p"), &json!({"hostnameOverride": "o"}), &options);
        assert_eq!(got, known("p"));
    }

    #[test]
    fn names_that_no_sandbox_can_have() {
        let options = Options {
            cluster_domain: Some("cluster.local".into()),
            ..Options::default()
        };
        let long = json!({"hostname": "h".repeat(60), "subdomain": "s", "setHostnameAsFQDN": true});
        let table = [
            (json!({"hostname": "a.b"}), "hostname"),
            (json!({"subdomain": "A"}), "subdomain"),
            (json!({"hostnameOverride": ""}), "hostnameOverride"),
            (long, "setHostnameAsFQDN"),
        ];
        for (spec, field) in table {
            let got = of(Some("p"), &spec, &options);
            assert!(
                matches!(&got, HostName::Invalid(at, _) if *at == field),
                "{got:?}"
            );
        }
    }
}
