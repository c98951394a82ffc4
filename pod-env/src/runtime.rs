//! The variables that the container runtime adds to those of the kubelet.
//!
//! Upstream: `GeneratePodHostNameAndDomain` in pkg/kubelet/kubelet_pods.go,
//! `GetNodenameForKernel` in pkg/kubelet/util, `generatePodSandboxConfig` in
//! pkg/kubelet/kuberuntime; and containerd's `buildLinuxSpec`
//! (internal/cri/server/container_create.go), which starts from PATH, TERM and
//! HOSTNAME, puts the image's variables over them and the kubelet's over those.

use pod_model::features::Gate;
use pod_model::{FieldPath, names};

use crate::subject::{Controller, Options, Stage, Subject};

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
    /// The reason why it is not known, as a phrase.
    Unknown(String),
    /// The Pod cannot have the name that its spec gives it.
    Invalid {
        /// The invalid field, from the object's root.
        path: FieldPath,
        /// The reason, as a sentence.
        why: String,
        /// The consequence, as a sentence.
        so: &'static str,
    },
}

const REFUSED: &str = "the API server refuses the Pod";
const WAITS: &str = "the Pod waits with FailedCreatePodSandBox";

/// The name that the kubelet gives a Pod's sandbox, which the runtime sets as
/// HOSTNAME in each container.
pub(crate) fn host_name(subject: &Subject<'_>, options: &Options) -> HostName {
    let spec = subject.spec;
    let invalid = |path: FieldPath, why: String, so| HostName::Invalid { path, why, so };
    if spec.host_network == Some(true) {
        return HostName::Unknown("the host name of the node (`hostNetwork`)".into());
    }
    // It has no domain.
    if let Some(name) = &spec.hostname_override
        && overrides_count(options)
    {
        return if names::dns_subdomain(name).is_none() {
            HostName::Known(truncate(name).to_owned())
        } else {
            // The findings of the Pod have the reason.
            HostName::Unknown("the API server refuses `hostnameOverride`".into())
        };
    }
    // Of a template, too, although its controller may not use it.
    for (field, name) in [("hostname", &spec.hostname), ("subdomain", &spec.subdomain)] {
        let given = name.as_deref().filter(|name| !name.is_empty());
        if let Some(why) = given.and_then(|name| not_a_label(name, field)) {
            return invalid(subject.base.field(field), why, REFUSED);
        }
    }
    let name = own_name(subject);
    let (sub, sub_path) = match subject.controller {
        Controller::StatefulSet { service_name, .. } if subject.stage == Stage::Template => {
            let path = FieldPath::parse("spec.serviceName");
            (service_name.as_deref(), path)
        }
        _ => (spec.subdomain.as_deref(), subject.base.field("subdomain")),
    };
    let sub = sub.filter(|name| !name.is_empty());
    if let Some(why) = sub.and_then(|name| not_a_label(name, "subdomain")) {
        return invalid(sub_path, why, REFUSED);
    }
    let (Some(sub), Some(true)) = (sub, spec.set_hostname_as_fqdn) else {
        return match name {
            Name::Known(name) => HostName::Known(name.to_owned()),
            Name::Generated { why, .. } => HostName::Unknown(why),
        };
    };
    let domain = options.cluster_domain.as_deref();
    let tail = format!(
        ".{sub}.{}.svc.{}",
        subject.namespace,
        domain.unwrap_or_default()
    );
    let (shown, least) = match &name {
        Name::Known(name) => (format!("`{name}{tail}`"), name.len()),
        Name::Generated { why, least } => (format!("{why}, followed by `{tail}`"), *least),
    };
    let length = least + tail.len();
    if length > NODENAME_MAX {
        let at_least = match (&name, domain) {
            (Name::Known(_), Some(_)) => "",
            _ => "at least ",
        };
        let why = format!(
            "{shown} has {at_least}{length} characters, and a host name has at most {NODENAME_MAX}"
        );
        return invalid(subject.base.field("setHostnameAsFQDN"), why, WAITS);
    }
    match (name, domain) {
        (Name::Known(name), Some(_)) => HostName::Known(format!("{name}{tail}")),
        (Name::Generated { .. }, Some(_)) => HostName::Unknown(shown),
        (_, None) => HostName::Unknown(format!(
            "{shown}, followed by the cluster's DNS domain (`--cluster-domain`)"
        )),
    }
}

/// Returns why a host name or subdomain is not a DNS label, or `None` if it is one.
fn not_a_label(name: &str, field: &str) -> Option<String> {
    let what = match field {
        "hostname" => "hostname",
        _ => "subdomain",
    };
    let wrong = names::dns_label(name)?;
    Some(names::invalid_message(name, what, &wrong))
}

/// Returns whether `hostnameOverride` has an effect by default.
pub(crate) fn overrides_count(options: &Options) -> bool {
    Gate::HostnameOverride.is_on(options.version)
}

/// A host name without its domain.
enum Name<'a> {
    Known(&'a str),
    /// It is generated with the Pod.
    Generated {
        /// The value, in words.
        why: String,
        /// Its minimum length, in bytes.
        least: usize,
    },
}

/// Returns the host name: that of the controller, of the spec, or of the Pod.
fn own_name<'a>(subject: &'a Subject<'_>) -> Name<'a> {
    let made = |head: &Option<String>, nameless: &str, tail: &str| {
        let (why, length) = match head {
            Some(head) => (format!("`{head}-` followed by {tail}"), head.len()),
            None => (format!("{nameless}, `-` and {tail}"), 1),
        };
        // A dash and a digit.
        let least = (length + 2).min(HOSTNAME_MAX);
        Name::Generated { why, least }
    };
    match subject.controller {
        Controller::StatefulSet { name, .. } if subject.stage == Stage::Template => {
            return made(name, "the StatefulSet's name", "the Pod's ordinal");
        }
        Controller::IndexedJob { name } if subject.stage == Stage::Template => {
            return made(name, "the Job's name", "the Pod's completion index");
        }
        _ => {}
    }
    let own = subject.spec.hostname.as_deref();
    match own.filter(|name| !name.is_empty()).or(subject.name) {
        Some(name) => Name::Known(truncate(name)),
        None => Name::Generated {
            why: "the Pod's generated name".to_owned(),
            least: 1,
        },
    }
}

/// Returns the fields of the host name that the template's controller replaces, each with
/// the replacement in words.
pub(crate) fn unused_names(subject: &Subject<'_>) -> Vec<(&'static str, &'static str)> {
    let given = |name: &Option<String>| name.as_ref().is_some_and(|name| !name.is_empty());
    let spec = subject.spec;
    let mut unused = Vec::new();
    if subject.stage != Stage::Template {
        return unused;
    }
    match subject.controller {
        Controller::StatefulSet { .. } => {
            if given(&spec.hostname) {
                unused.push((
                    "hostname",
                    "the StatefulSet sets it to the name of each Pod",
                ));
            }
            if given(&spec.subdomain) {
                unused.push(("subdomain", "the StatefulSet sets it to its `serviceName`"));
            }
        }
        Controller::IndexedJob { .. } if given(&spec.hostname) => {
            unused.push((
                "hostname",
                "the Job sets it to its name and the index of each Pod",
            ));
        }
        Controller::IndexedJob { .. } | Controller::Other => {}
    }
    unused
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
    use serde_json::{Value, json};

    fn of(name: Option<&str>, spec: &Value, options: &Options) -> HostName {
        made(name, spec, options, Stage::File, &Controller::Other)
    }

    fn made(
        name: Option<&str>,
        spec: &Value,
        options: &Options,
        stage: Stage,
        controller: &Controller,
    ) -> HostName {
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
            stage,
            controller,
        };
        host_name(&subject, options)
    }

    fn known(name: &str) -> HostName {
        HostName::Known(name.to_owned())
    }

    #[test]
    fn host_name_is_that_of_the_spec_or_the_pod() {
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
            version: pod_model::KubernetesVersion::V1_34,
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
            (long, "setHostnameAsFQDN"),
        ];
        for (spec, field) in table {
            let got = of(Some("p"), &spec, &options);
            assert!(
                matches!(&got, HostName::Invalid { path, .. } if path.to_string() == format!("spec.{field}")),
                "{got:?}"
            );
        }
    }

    #[test]
    fn a_controller_that_names_its_pods_uses_no_name_of_the_template() {
        let set = Controller::StatefulSet {
            name: Some("db".into()),
            service_name: Some("dbs".into()),
        };
        let job = |name: Option<&str>| Controller::IndexedJob {
            name: name.map(str::to_owned),
        };
        let spec = json!({"hostname": "h", "subdomain": "s"});
        let fqdn = json!({"hostname": "h", "subdomain": "s", "setHostnameAsFQDN": true});
        let options = Options {
            cluster_domain: Some("x.org".into()),
            ..Options::default()
        };
        let table = [
            (&spec, &set, "`db-` followed by the Pod's ordinal"),
            (
                &fqdn,
                &set,
                "`db-` followed by the Pod's ordinal, followed by `.dbs.ns.svc.x.org`",
            ),
            (
                &spec,
                &job(Some("work")),
                "`work-` followed by the Pod's completion index",
            ),
            (
                &fqdn,
                &job(None),
                "the Job's name, `-` and the Pod's completion index, followed by `.s.ns.svc.x.org`",
            ),
        ];
        for (spec, controller, expected) in table {
            let got = made(None, spec, &options, Stage::Template, controller);
            assert_eq!(
                got,
                HostName::Unknown(expected.into()),
                "{spec} {controller:?}"
            );
            // On the Pod itself they stand as the controller has set them.
            let got = made(
                Some("p"),
                &json!({"hostname": "h"}),
                &options,
                Stage::Live,
                controller,
            );
            assert_eq!(got, known("h"));
        }
        let got = made(None, &spec, &options, Stage::Template, &Controller::Other);
        assert_eq!(got, known("h"));
    }

    #[test]
    fn fqdn_without_a_domain_can_be_too_long() {
        let spec = |length: usize| json!({"hostname": "h".repeat(length), "subdomain": "s", "setHostnameAsFQDN": true});
        let options = Options::default();
        // `.s.ns.svc.` are ten characters.
        let got = of(Some("p"), &spec(54), &options);
        assert!(matches!(got, HostName::Unknown(_)), "{got:?}");
        let got = of(Some("p"), &spec(55), &options);
        assert!(
            matches!(&got, HostName::Invalid { why, .. } if why.contains("at least 65")),
            "{got:?}"
        );
    }
}
