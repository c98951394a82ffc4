//! The variables that tell a container of the Services around it.
//!
//! Upstream: `FromServices` in pkg/kubelet/envvars, and `getServiceEnvVarMap`
//! in pkg/kubelet/kubelet_pods.go, which chooses the Services.

use std::collections::{BTreeMap, HashMap};

use crate::subject::{Completeness, Found, FoundService, Subject};

/// One variable of a Service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceVar {
    /// Its name.
    pub name: String,
    /// Its value; none where the cluster IP is not given yet or not known, or
    /// where two Services make the name and chance decides.
    pub value: Option<String>,
    /// The Service that it is of.
    pub service: String,
    /// Where the Service was read; none for one that must be there unread.
    pub origin: Option<String>,
    /// Another Service that makes a variable of the same name: which of the
    /// two wins is random in the kubelet.
    pub collides_with: Option<String>,
}

/// The variables of all Services that a Pod sees.
#[derive(Clone, Debug, Default)]
pub struct ServiceEnv {
    vars: Vec<ServiceVar>,
    index: HashMap<String, usize>,
    /// Whether there could be more than we know of, and why.
    pub known: Completeness,
}

/// The one Service that every container is told of (`masterServices`).
const MASTER: &str = "kubernetes";
/// Where it is (`metav1.NamespaceDefault`).
const MASTER_NAMESPACE: &str = "default";

impl ServiceEnv {
    /// What a Pod sees.
    pub fn of(subject: &Subject<'_>, found: &Found<'_>) -> Self {
        let links = subject.spec.enable_service_links.unwrap_or(true);
        let mut env = Self {
            // With no links, only the one master Service can be there.
            known: if links {
                found.services_are
            } else {
                Completeness::Complete
            },
            ..Self::default()
        };
        let chosen = choose(&found.services, subject.namespace, links);
        let master_is_known =
            chosen.contains_key(MASTER) || found.services_are == Completeness::Complete;
        for service in chosen.values() {
            from_service(service, &mut env);
        }
        if !master_is_known {
            env.master();
        }
        env
    }

    /// The variables, by Service name.
    pub fn vars(&self) -> &[ServiceVar] {
        &self.vars
    }

    /// The variable of a name, and its place among [`ServiceEnv::vars`].
    pub fn get(&self, name: &str) -> Option<(usize, &ServiceVar)> {
        let at = *self.index.get(name)?;
        Some((at, self.vars.get(at)?))
    }

    /// Whether a name that is not known could be a variable of a Service that
    /// was not read.
    pub fn could_have(&self, name: &str) -> bool {
        self.known != Completeness::Complete && looks_like_a_link(name)
    }

    fn push(&mut self, var: ServiceVar) {
        if let Some(&at) = self.index.get(&var.name) {
            let earlier = &mut self.vars[at];
            let other = std::mem::replace(earlier, var);
            if other.service != earlier.service {
                if other.value != earlier.value {
                    earlier.value = None;
                }
                earlier.collides_with = Some(other.service);
            }
        } else {
            self.index.insert(var.name.clone(), self.vars.len());
            self.vars.push(var);
        }
    }

    /// The variables that the API server's own Service always makes: it has
    /// the one port 443 with the name `https`
    /// (pkg/controlplane/controller/kubernetesservice).
    fn master(&mut self) {
        for (name, value) in [
            ("KUBERNETES_SERVICE_HOST", None),
            ("KUBERNETES_SERVICE_PORT", Some("443")),
            ("KUBERNETES_SERVICE_PORT_HTTPS", Some("443")),
            ("KUBERNETES_PORT", None),
            ("KUBERNETES_PORT_443_TCP", None),
            ("KUBERNETES_PORT_443_TCP_PROTO", Some("tcp")),
            ("KUBERNETES_PORT_443_TCP_PORT", Some("443")),
            ("KUBERNETES_PORT_443_TCP_ADDR", None),
        ] {
            self.push(ServiceVar {
                name: name.to_owned(),
                value: value.map(str::to_owned),
                service: MASTER.to_owned(),
                origin: None,
                collides_with: None,
            });
        }
    }
}

/// The Services that a Pod is told of, by name. One called `kubernetes` in the
/// Pod's own namespace hides the cluster's.
fn choose<'s, 'a>(
    services: &'s [FoundService<'a>],
    namespace: &str,
    links: bool,
) -> BTreeMap<&'a str, &'s FoundService<'a>> {
    let mut chosen: BTreeMap<&str, &FoundService<'_>> = BTreeMap::new();
    for found in services {
        let meta = &found.service.metadata;
        let name = meta.name.as_deref().unwrap_or_default();
        let at = meta.namespace.as_deref().unwrap_or(namespace);
        if !has_ip(found) {
            continue;
        }
        if at == MASTER_NAMESPACE && name == MASTER {
            chosen.entry(name).or_insert(found);
        } else if at == namespace && links {
            chosen.insert(name, found);
        }
    }
    chosen
}

/// Upstream: `IsServiceIPSet`; a Service that no API server has seen gets its
/// address on creation, unless it is headless or only a name.
fn has_ip(found: &FoundService<'_>) -> bool {
    let Some(spec) = &found.service.spec else {
        return false;
    };
    match spec.cluster_ip.as_deref() {
        Some("None") => false,
        Some("") | None => !found.live && spec.type_.as_deref() != Some("ExternalName"),
        Some(_) => true,
    }
}

/// Upstream: `FromServices` and `makeLinkVariables`.
fn from_service(found: &FoundService<'_>, env: &mut ServiceEnv) {
    let service = found.service.metadata.name.clone().unwrap_or_default();
    let Some(spec) = &found.service.spec else {
        return;
    };
    let ip = spec.cluster_ip.as_deref().filter(|ip| !ip.is_empty());
    let ports = spec.ports.as_deref().unwrap_or_default();
    let prefix = variable_name(&service);
    let mut add = |name: String, value: Option<String>| {
        env.push(ServiceVar {
            name,
            value,
            service: service.clone(),
            origin: Some(found.origin.clone()),
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

/// Whether a name has one of the forms of this module.
fn looks_like_a_link(name: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::{PodSpec, Service};
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
    use pod_model::FieldPath;
    use serde_json::{Value, json};

    use crate::subject::Stage;

    fn service(name: &str, namespace: &str, spec: &Value) -> Service {
        serde_json::from_value(json!({
            "metadata": {"name": name, "namespace": namespace}, "spec": spec,
        }))
        .unwrap()
    }

    fn env_of(
        services: &[Service],
        live: bool,
        links: Option<bool>,
        known: Completeness,
    ) -> ServiceEnv {
        let metadata = ObjectMeta::default();
        let spec = PodSpec {
            enable_service_links: links,
            ..PodSpec::default()
        };
        let subject = Subject {
            name: Some("p"),
            namespace: "shop",
            metadata: &metadata,
            spec: &spec,
            status: None,
            base: FieldPath::parse("spec"),
            stage: Stage::File,
            indexed_job: false,
        };
        let found = Found {
            services: services
                .iter()
                .map(|service| FoundService {
                    service,
                    origin: "cluster".into(),
                    live,
                })
                .collect(),
            services_are: known,
            ..Found::default()
        };
        ServiceEnv::of(&subject, &found)
    }

    fn pairs(env: &ServiceEnv) -> Vec<(&str, &str)> {
        env.vars()
            .iter()
            .map(|v| (v.name.as_str(), v.value.as_deref().unwrap_or("?")))
            .collect()
    }

    #[test]
    fn every_form_of_a_service_with_two_ports() {
        let web = service(
            "my-web",
            "shop",
            &json!({"clusterIP": "10.0.0.7", "ports": [
                {"name": "http-alt", "port": 80},
                {"name": "dns", "port": 53, "protocol": "UDP"}]}),
        );
        let env = env_of(&[web], true, None, Completeness::Complete);
        assert_eq!(
            pairs(&env),
            [
                ("MY_WEB_SERVICE_HOST", "10.0.0.7"),
                ("MY_WEB_SERVICE_PORT", "80"),
                ("MY_WEB_SERVICE_PORT_HTTP_ALT", "80"),
                ("MY_WEB_SERVICE_PORT_DNS", "53"),
                ("MY_WEB_PORT", "tcp://10.0.0.7:80"),
                ("MY_WEB_PORT_80_TCP", "tcp://10.0.0.7:80"),
                ("MY_WEB_PORT_80_TCP_PROTO", "tcp"),
                ("MY_WEB_PORT_80_TCP_PORT", "80"),
                ("MY_WEB_PORT_80_TCP_ADDR", "10.0.0.7"),
                ("MY_WEB_PORT_53_UDP", "udp://10.0.0.7:53"),
                ("MY_WEB_PORT_53_UDP_PROTO", "udp"),
                ("MY_WEB_PORT_53_UDP_PORT", "53"),
                ("MY_WEB_PORT_53_UDP_ADDR", "10.0.0.7"),
            ]
        );
    }

    #[test]
    fn an_ipv6_address_stands_in_brackets_in_urls_only() {
        let web = service(
            "w",
            "shop",
            &json!({"clusterIP": "fd00::1", "ports": [{"port": 80}]}),
        );
        let env = env_of(&[web], true, None, Completeness::Complete);
        assert!(pairs(&env).contains(&("W_PORT", "tcp://[fd00::1]:80")));
        assert!(pairs(&env).contains(&("W_SERVICE_HOST", "fd00::1")));
    }

    #[test]
    fn which_services_a_pod_is_told_of() {
        let spec = json!({"clusterIP": "10.0.0.1", "ports": [{"port": 443}]});
        let all = [
            service("kubernetes", "default", &spec),
            service("other", "default", &spec),
            service("own", "shop", &spec),
            service(
                "headless",
                "shop",
                &json!({"clusterIP": "None", "ports": [{"port": 1}]}),
            ),
            service(
                "named",
                "shop",
                &json!({"type": "ExternalName", "externalName": "x.org"}),
            ),
        ];
        let names = |links| {
            let env = env_of(&all, true, links, Completeness::Complete);
            let mut names: Vec<String> = env.vars().iter().map(|v| v.service.clone()).collect();
            names.dedup();
            names
        };
        assert_eq!(names(None), ["kubernetes", "own"]);
        assert_eq!(names(Some(true)), ["kubernetes", "own"]);
        assert_eq!(names(Some(false)), ["kubernetes"]);
    }

    #[test]
    fn a_service_of_the_namespace_called_kubernetes_hides_the_clusters() {
        let own = service(
            "kubernetes",
            "shop",
            &json!({"clusterIP": "10.9.9.9", "ports": [{"port": 1}]}),
        );
        let clusters = service(
            "kubernetes",
            "default",
            &json!({"clusterIP": "10.0.0.1", "ports": [{"port": 443}]}),
        );
        for services in [
            [own.clone(), clusters.clone()],
            [clusters.clone(), own.clone()],
        ] {
            let env = env_of(&services, true, None, Completeness::Complete);
            let (_, var) = env.get("KUBERNETES_SERVICE_HOST").unwrap();
            assert_eq!(var.value.as_deref(), Some("10.9.9.9"));
        }
    }

    #[test]
    fn an_address_that_is_still_to_be_given_is_unknown_and_not_empty() {
        let web = service("web", "shop", &json!({"ports": [{"port": 80}]}));
        let env = env_of(
            std::slice::from_ref(&web),
            false,
            None,
            Completeness::Complete,
        );
        assert_eq!(
            env.get("WEB_SERVICE_HOST").map(|(_, v)| v.value.clone()),
            Some(None)
        );
        assert_eq!(
            env.get("WEB_SERVICE_PORT").map(|(_, v)| v.value.clone()),
            Some(Some("80".to_owned()))
        );
        // Live and without an address, it has none for good.
        let env = env_of(&[web], true, None, Completeness::Complete);
        assert!(env.get("WEB_SERVICE_HOST").is_none());
    }

    #[test]
    fn the_api_servers_service_is_there_even_unread() {
        let env = env_of(&[], false, Some(false), Completeness::NotAsked);
        assert_eq!(env.vars().len(), 8);
        assert!(
            env.get("KUBERNETES_SERVICE_HOST")
                .unwrap()
                .1
                .value
                .is_none()
        );
        // Listed and not there: then it is not there.
        assert!(
            env_of(&[], false, None, Completeness::Complete)
                .vars()
                .is_empty()
        );
    }

    #[test]
    fn two_services_that_make_one_name_are_told() {
        let spec = json!({"clusterIP": "10.0.0.1", "ports": [{"port": 80}]});
        let env = env_of(
            &[
                service("web", "shop", &spec),
                service("web-service", "shop", &spec),
            ],
            true,
            None,
            Completeness::Complete,
        );
        let (_, var) = env.get("WEB_SERVICE_PORT").unwrap();
        assert_eq!(var.collides_with.as_deref(), Some("web"));
        assert_eq!(var.value, None, "chance decides");
    }

    #[test]
    fn a_name_that_an_unread_service_could_make() {
        let env = env_of(&[], false, None, Completeness::NotAsked);
        for name in [
            "WEB_SERVICE_HOST",
            "WEB_SERVICE_PORT_HTTP",
            "WEB_PORT",
            "WEB_PORT_80_TCP_ADDR",
        ] {
            assert!(env.could_have(name), "{name}");
        }
        for name in ["PROTOCAL", "web_service_host", "_x", "PORT"] {
            assert!(!env.could_have(name), "{name}");
        }
    }
}
