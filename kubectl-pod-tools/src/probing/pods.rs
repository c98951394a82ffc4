//! The Pods of the targets: those of files, and those that run in the cluster.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{Pod, PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector as ApiSelector;
use pod_model::kinds::by_type;
use pod_model::selector::LabelSelector;
use pod_model::{KubernetesVersion, decode_value, defaults};
use serde_json::Value;

use super::fault::Fault;
use crate::cluster::{Cluster, Resource, Selection};
use crate::context::Context;
use crate::diagnostics::DiagnosticPrinter;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::targets::{Candidate, Loaded, Target};

/// A Pod, or the template of one.
pub(super) struct ProbedPod {
    pub(super) namespace: String,
    /// The name of a Pod, or `None` for a template.
    pub(super) name: Option<String>,
    pub(super) uid: Option<String>,
    /// Its name in messages, such as `pod/web`.
    pub(super) shown: String,
    pub(super) spec: PodSpec,
    pub(super) status: Option<PodStatus>,
    /// Error of the cluster that ends the run.
    pub(super) fault: Arc<Fault>,
}

impl ProbedPod {
    /// Returns the Pod's IP address.
    pub(super) fn address(&self) -> String {
        let status = self.status.as_ref();
        let ip = status.and_then(|status| status.pod_ip.clone());
        ip.unwrap_or_default()
    }

    fn of_target(target: Target) -> Self {
        Self {
            name: target.id.name.clone().filter(|_| target.is_pod()),
            namespace: target.pod_namespace,
            uid: target.id.uid,
            shown: target.shown,
            spec: target.spec,
            status: target.status,
            fault: Arc::default(),
        }
    }

    fn of_live(pod: Pod, shown: String) -> Self {
        Self {
            namespace: pod.metadata.namespace.unwrap_or_default(),
            name: pod.metadata.name,
            uid: pod.metadata.uid,
            shown,
            spec: pod.spec.unwrap_or_default(),
            status: pod.status,
            fault: Arc::default(),
        }
    }
}

/// Returns the Pods and templates of files, with their defaults.
///
/// # Errors
/// Findings of the files, which are printed; files without any.
pub(super) fn of_files(loaded: &Loaded, context: &Context) -> Result<Vec<ProbedPod>, CommandError> {
    let version = loaded.lookup_context.version.rules;
    let mut printer = DiagnosticPrinter::new(&context.ui);
    let mut pods = Vec::new();
    for candidate in &loaded.candidates {
        let reading = candidate.read(&loaded.lookup_context);
        for finding in reading.findings.iter().chain(&reading.broken) {
            printer.print(finding);
        }
        let targets = reading.targets.into_iter();
        pods.extend(targets.map(|target| with_defaults(ProbedPod::of_target(target), version)));
    }
    match printer.finish() {
        Exit::Success => {}
        exit => return Err(CommandError::Reported(exit)),
    }
    if pods.is_empty() {
        let failure = Failure::new(Exit::Failure, "the input has no Pod and no Pod template");
        return Err(failure
            .help("add a Pod, or an object with a Pod template")
            .into());
    }
    Ok(pods)
}

fn with_defaults(mut pod: ProbedPod, version: KubernetesVersion) -> ProbedPod {
    let mut filled = Pod {
        spec: Some(std::mem::take(&mut pod.spec)),
        ..Pod::default()
    };
    defaults::created_pod(&mut filled, version);
    pod.spec = filled.spec.unwrap_or_default();
    pod
}

/// Returns the Pods that are named, and those of other objects that are.
///
/// # Errors
/// An object without Pods; request errors.
pub(super) async fn of_cluster(
    loaded: Loaded,
    cluster: &Cluster,
) -> Result<Vec<ProbedPod>, CommandError> {
    let mut pods: Vec<ProbedPod> = Vec::new();
    let mut add = |pod: ProbedPod| {
        if !pods
            .iter()
            .any(|before| before.uid == pod.uid && pod.uid.is_some())
        {
            pods.push(pod);
        }
    };
    for candidate in loaded.candidates {
        let Candidate::Live(target) = candidate else {
            continue;
        };
        if target.is_pod() {
            add(ProbedPod::of_target(*target));
        } else {
            running_pods(&target, cluster)
                .await?
                .into_iter()
                .for_each(&mut add);
        }
    }
    let version = loaded.lookup_context.version.rules;
    let pods = pods.into_iter().map(|pod| with_defaults(pod, version));
    Ok(pods.collect())
}

/// Returns the Pods that the selector of an object matches and that have not ended.
async fn running_pods(target: &Target, cluster: &Cluster) -> Result<Vec<ProbedPod>, CommandError> {
    let (Some(selector), Some(kind)) = (selector(target), by_type("pods")) else {
        let message = format!("{} has no selector of Pods", target.shown);
        return Err(Failure::usage(message)
            .help("use a Pod, or an object that runs Pods, such as a Deployment or a Job")
            .into());
    };
    let selection = Selection {
        labels: Some(selector),
        fields: None,
    };
    let resource = Resource::of(kind);
    let objects = cluster
        .list_selected(&resource, &target.pod_namespace, &selection)
        .await?;
    let mut pods = Vec::new();
    for object in objects {
        let pod: Pod = decode_value(&object).map_err(|error| {
            let message = format!(
                "{} sent an invalid Pod: {}",
                cluster.server(),
                error.message
            );
            Failure::new(Exit::Cluster, message)
        })?;
        if !has_ended(pod.status.as_ref()) && pod.metadata.deletion_timestamp.is_none() {
            let shown = resource.object(pod.metadata.name.as_deref().unwrap_or_default());
            pods.push(ProbedPod::of_live(pod, shown));
        }
    }
    if pods.is_empty() {
        let message = format!("{} has no running Pod", target.shown);
        return Err(Failure::new(Exit::Failure, message).into());
    }
    Ok(pods)
}

/// Returns the selector of the Pods of a live object: a LabelSelector, or plain labels.
fn selector(target: &Target) -> Option<String> {
    let selector = target.live_object()?.pointer("/spec/selector")?;
    let is_plain = |value: &Value| {
        value
            .as_object()
            .is_some_and(|map| map.values().all(Value::is_string))
    };
    let selector = if is_plain(selector) {
        serde_json::json!({ "matchLabels": selector })
    } else {
        selector.clone()
    };
    let selector: ApiSelector = decode_value(&selector).ok()?;
    let text = LabelSelector::try_from(&selector).ok()?.to_string();
    // An empty one would be all Pods.
    Some(text).filter(|text| !text.is_empty())
}

/// Returns whether all containers have ended for good.
pub(super) fn has_ended(status: Option<&PodStatus>) -> bool {
    let phase = status.and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}
