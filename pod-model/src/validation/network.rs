//! Names and addresses of the Pod and of its neighbours.
//!
//! Upstream: `validatePodDNSConfig`, `ValidateHostAliases`,
//! `validatePodHostName` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{HostAlias, PodDNSConfig, PodSpec};

use super::errors::{Errors, quoted};
use super::path::Path;
use super::{ip, names};
use crate::features::Gate;
use crate::version::KubernetesVersion;

const SERVERS_MOST: usize = 3;
const SEARCHES_MOST: usize = 32;
const SEARCHES_LENGTH_MOST: usize = 2048;
const HOSTNAME_MOST: usize = 64;

pub(super) fn dns(
    spec: &PodSpec,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let path = path.field("dnsConfig");
    let config = spec.dns_config.as_ref();
    let servers = config
        .and_then(|config| config.nameservers.as_deref())
        .unwrap_or_default();
    let servers_path = path.field("nameservers");
    if spec.dns_policy.as_deref() == Some("None") && servers.is_empty() {
        let path = if config.is_some() {
            &servers_path
        } else {
            &path
        };
        errors
            .required(path, "`dnsPolicy: None` requires a name server")
            .help("set `dnsConfig.nameservers`, or choose another `dnsPolicy`");
        return;
    }
    let Some(config) = config else { return };
    if servers.len() > SERVERS_MOST {
        errors.invalid(
            &servers_path,
            format!(
                "expected at most {SERVERS_MOST} name servers, found {}",
                servers.len()
            ),
        );
    }
    for (i, server) in servers.iter().enumerate() {
        address(server, version, &servers_path.index(i), errors);
    }
    searches(config, version, &path.field("searches"), errors);
    let options = path.field("options");
    for (i, option) in config.options.iter().flatten().enumerate() {
        if option.name.as_deref().is_none_or(str::is_empty) {
            errors.required(&options.index(i), "the name of the DNS option is required");
        }
    }
}

fn searches(
    config: &PodDNSConfig,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let searches = config.searches.as_deref().unwrap_or_default();
    if searches.len() > SEARCHES_MOST {
        errors.invalid(
            path,
            format!(
                "expected at most {SEARCHES_MOST} search domains, found {}",
                searches.len()
            ),
        );
    }
    let length = searches.join(" ").len();
    if length > SEARCHES_LENGTH_MOST {
        errors.invalid(path, format!("search domains must be no more than {SEARCHES_LENGTH_MOST} characters in total, found {length}"));
    }
    let relaxed = Gate::RelaxedDNSSearchValidation.is_on(version);
    for (i, search) in searches.iter().enumerate() {
        if relaxed && search == "." {
            continue;
        }
        let check = if relaxed {
            names::dns_search
        } else {
            names::dns_subdomain
        };
        let search = search.strip_suffix('.').unwrap_or(search);
        errors.syntax(&path.index(i), search, "search domain", check);
    }
}

fn address(text: &str, version: KubernetesVersion, path: &Path<'_>, errors: &mut Errors) {
    let wrong = if !ip::is_address(text) {
        ""
    } else if Gate::StrictIPCIDRValidation.is_on(version) && !ip::is_unambiguous(text) {
        ": must not have leading zeros, or an IPv4 address in an IPv6 one"
    } else {
        return;
    };
    errors
        .invalid(path, format!("invalid IP address {}{wrong}", quoted(text)))
        .help("use an address such as `10.9.8.7` or `2001:db8::ffff`");
}

pub(super) fn host_aliases(
    aliases: &[HostAlias],
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    for (i, alias) in aliases.iter().enumerate() {
        let path = path.index(i);
        address(&alias.ip, version, &path.field("ip"), errors);
        let list = path.field("hostnames");
        for (i, name) in alias.hostnames.iter().flatten().enumerate() {
            errors.syntax(&list.index(i), name, "hostname", names::dns_subdomain);
        }
    }
}

/// Upstream: `validatePodHostName`.
pub(super) fn hostname_override(spec: &PodSpec, path: &Path<'_>, errors: &mut Errors) {
    let Some(name) = &spec.hostname_override else {
        return;
    };
    let path = path.field("hostnameOverride");
    for (field, is_set) in [
        ("setHostnameAsFQDN", spec.set_hostname_as_fqdn == Some(true)),
        ("hostNetwork", spec.host_network == Some(true)),
    ] {
        if is_set {
            errors
                .forbidden(
                    &path,
                    format!("cannot combine `hostnameOverride` and `{field}`"),
                )
                .help("remove one of them");
        }
    }
    if name.len() > HOSTNAME_MOST {
        errors.too_long(
            &path,
            format!(
                "a hostname must be no more than {HOSTNAME_MOST} characters, found {}",
                name.len()
            ),
        );
    }
    errors.syntax(&path, name, "hostname", names::dns_subdomain);
}
