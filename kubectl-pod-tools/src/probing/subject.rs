//! The containers whose probes are run, with the way to each.

use std::net::IpAddr;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Container, EnvVar, PodSpec};
use pod_model::{KubernetesVersion, nearest};
use pod_probe::{Handler, Probe, Probes};

use super::attempt::{Direct, Executor, LocalExecutor, Way};
use super::forward::{Forward, PodExecutor};
use super::from_node::FromNode;
use super::node_helpers::Helpers;
use super::options::{Place, ProbeOptions};
use super::pods::ProbedPod;
use crate::cluster::Cluster;
use crate::error::Failure;
use crate::exit::Exit;

/// A container whose probes are run.
pub(super) struct Subject {
    /// Index of its Pod.
    pub(super) pod: usize,
    pub(super) container: String,
    /// Its name in messages: `container `app` of pod/web`.
    pub(super) shown: String,
    /// The probes to run.
    pub(super) probes: Vec<RunProbe>,
    /// True if it declares a readiness probe that is not run.
    pub(super) has_other_readiness: bool,
    pub(super) env: Vec<EnvVar>,
    pub(super) executor: Option<Arc<dyn Executor>>,
    pub(super) version: KubernetesVersion,
}

/// A probe to run, with the way to its target.
pub(super) struct RunProbe {
    pub(super) probe: Probe,
    pub(super) way: Arc<dyn Way>,
    /// Host of requests that declare none.
    pub(super) address: String,
    /// Port in place of the declared one.
    pub(super) port: Option<u16>,
}

/// The cluster of live Pods, with the helper Pods of `--from-node`.
pub(super) struct Access<'a> {
    pub(super) cluster: Option<&'a Cluster>,
    pub(super) helpers: Option<&'a Helpers>,
}

/// Returns the containers of Pods that declare a chosen probe.
///
/// # Errors
/// A container that does not exist, no probe, a probe that is not allowed to run.
pub(super) fn subjects(
    pods: &[ProbedPod],
    options: &ProbeOptions,
    version: KubernetesVersion,
    access: &Access<'_>,
) -> Result<Vec<Subject>, Failure> {
    check_containers(pods, options)?;
    let mut subjects = Vec::new();
    for (index, pod) in pods.iter().enumerate() {
        for container in probed_containers(&pod.spec) {
            let is_chosen =
                options.containers.is_empty() || options.containers.contains(&container.name);
            if !is_chosen {
                continue;
            }
            let subject = subject(index, pod, container, options, version, access)?;
            subjects.extend(subject);
        }
    }
    if subjects.is_empty() {
        return Err(no_probe(pods, options));
    }
    Ok(subjects)
}

/// The containers whose probes the kubelet runs: sidecars and app containers.
fn probed_containers(spec: &PodSpec) -> impl Iterator<Item = &Container> {
    let init = spec.init_containers.iter().flatten();
    let sidecars = init.filter(|init| init.restart_policy.as_deref() == Some("Always"));
    sidecars.chain(&spec.containers)
}

fn check_containers(pods: &[ProbedPod], options: &ProbeOptions) -> Result<(), Failure> {
    let names = || {
        let containers = pods.iter().flat_map(|pod| probed_containers(&pod.spec));
        containers.map(|container| container.name.as_str())
    };
    for wanted in &options.containers {
        if names().any(|name| name == wanted) {
            continue;
        }
        let help = nearest(wanted, names()).map_or_else(
            || {
                let mut known: Vec<&str> = names().collect();
                known.dedup();
                format!("expected one of: {}", known.join(", "))
            },
            |similar| format!("did you mean `{similar}`?"),
        );
        let message = format!("no container is named `{wanted}`");
        return Err(Failure::usage(message).help(help));
    }
    Ok(())
}

fn no_probe(pods: &[ProbedPod], options: &ProbeOptions) -> Failure {
    let containers = || pods.iter().flat_map(|pod| probed_containers(&pod.spec));
    let (only, several) = match options.kinds.as_slice() {
        [] => ("probe".to_owned(), "probes"),
        kinds => {
            let kinds: Vec<String> = kinds.iter().map(|kind| word(*kind).to_owned()).collect();
            (format!("{} probe", kinds.join(" or ")), "other probes")
        }
    };
    let subject = match (pods, options.containers.as_slice()) {
        ([pod], [name]) => format!("container `{name}` of {}", pod.shown),
        ([pod], _) => pod.shown.clone(),
        _ => "no target".to_owned(),
    };
    let message = if pods.len() == 1 {
        format!("{subject} declares no {only}")
    } else {
        format!("{subject} declares a {only}")
    };
    let failure = Failure::new(Exit::Failure, message);
    let has_any = containers().any(|container| {
        container.startup_probe.is_some()
            || container.readiness_probe.is_some()
            || container.liveness_probe.is_some()
    });
    if has_any {
        return failure.help(format!(
            "its containers have {several}; use fewer of `-c` and `--kind`"
        ));
    }
    failure.help("the kubelet takes a container without probes as started, ready and live")
}

/// Returns the name of a kind of probe.
pub(super) fn word(kind: pod_probe::ProbeKind) -> &'static str {
    match kind {
        pod_probe::ProbeKind::Startup => "startup",
        pod_probe::ProbeKind::Readiness => "readiness",
        pod_probe::ProbeKind::Liveness => "liveness",
    }
}

fn subject(
    index: usize,
    pod: &ProbedPod,
    container: &Container,
    options: &ProbeOptions,
    version: KubernetesVersion,
    access: &Access<'_>,
) -> Result<Option<Subject>, Failure> {
    let grace = pod.spec.termination_grace_period_seconds;
    let Probes(mut probes) = Probes::of(container, grace, version);
    probes.retain(|probe| options.has_kind(probe.kind));
    if probes.is_empty() {
        return Ok(None);
    }
    let shown = format!("container `{}` of {}", container.name, pod.shown);
    let mut ways = Vec::new();
    for probe in probes {
        check_allowed(&probe, &shown, options)?;
        ways.push(with_way(probe, pod, options, access)?);
    }
    let executor: Option<Arc<dyn Executor>> = match access.cluster {
        Some(cluster) => Some(Arc::new(PodExecutor::new(cluster, pod, &container.name))),
        None => Some(Arc::new(LocalExecutor::default())),
    };
    let has = |kind| ways.iter().any(|run: &RunProbe| run.probe.kind == kind);
    Ok(Some(Subject {
        pod: index,
        container: container.name.clone(),
        shown,
        has_other_readiness: container.readiness_probe.is_some()
            && !has(pod_probe::ProbeKind::Readiness),
        probes: ways,
        env: container.env.clone().unwrap_or_default(),
        executor,
        version,
    }))
}

/// Returns the host that a probe declares.
pub(super) fn declared_host(probe: &Probe) -> Option<&str> {
    match &probe.handler {
        Handler::HttpGet(request) => request.host.as_deref(),
        Handler::TcpSocket { host, .. } => host.as_deref(),
        _ => None,
    }
}

/// Checks that the command line allows to run a probe from here.
fn check_allowed(probe: &Probe, shown: &str, options: &ProbeOptions) -> Result<(), Failure> {
    let kind = word(probe.kind);
    if let Some(host) = declared_host(probe)
        && options.from_node.is_some()
        && is_loopback(host)
    {
        let message = format!(
            "the {kind} probe of {shown} connects to the host `{host}`: the node itself, which a helper Pod does not reach"
        );
        return Err(Failure::usage(message).help("use `--kind` and `-c` to leave it out"));
    }
    if let Some(host) = declared_host(probe)
        && !options.allow_host
        && !is_the_place(host, &options.place)
    {
        let message =
            format!("the {kind} probe of {shown} connects to the host `{host}`, not to its Pod");
        return Err(Failure::usage(message).help("use `--allow-host` to connect to it from here"));
    }
    if let Place::Local {
        allow_exec: false, ..
    } = options.place
        && matches!(probe.handler, Handler::Exec { .. })
    {
        let message = format!("the {kind} probe of {shown} runs a command");
        return Err(Failure::usage(message).help(
            "use `--allow-exec` to run it on this machine, or `--kind` and `-c` to leave it out",
        ));
    }
    Ok(())
}

fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    address.map_or(host == "localhost", |address| address.is_loopback())
}

fn is_the_place(host: &str, place: &Place) -> bool {
    matches!(place, Place::Local { at, .. } if at.host == host)
}

/// Returns a probe with the way to its target. A declared host is connected to from here, or from
/// the node.
///
/// # Errors
/// `--from-node`, and the Pod is not on a node.
fn with_way(
    probe: Probe,
    pod: &ProbedPod,
    options: &ProbeOptions,
    access: &Access<'_>,
) -> Result<RunProbe, Failure> {
    let has_host = declared_host(&probe).is_some_and(|host| !is_the_place(host, &options.place));
    let connects = matches!(
        probe.handler,
        Handler::HttpGet(_) | Handler::TcpSocket { .. } | Handler::Grpc { .. }
    );
    let (address, port) = match &options.place {
        Place::Local { at, .. } => (at.host.clone(), at.port.filter(|_| !has_host)),
        Place::Cluster => (pod.address(), None),
    };
    let way: Arc<dyn Way> = match (&options.place, access.cluster, access.helpers) {
        (Place::Cluster, Some(cluster), Some(helpers)) if connects => {
            Arc::new(FromNode::new(helpers.of(pod, cluster)?, pod))
        }
        (Place::Cluster, Some(cluster), _) if !has_host => {
            Arc::new(Forward::new(cluster, pod, &probe))
        }
        _ => Arc::new(Direct),
    };
    Ok(RunProbe {
        probe,
        way,
        address,
        port,
    })
}
