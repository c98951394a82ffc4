//! The usage of the containers of a live Pod, from the metrics API where a cluster has one.

use pod_model::Quantity;
use serde::Serialize;
use serde_json::Value;

use crate::cluster::{Cluster, ClusterError, Resource};
use crate::targets::Target;

/// The usage of a Pod.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Usage {
    /// The time of the measurement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// The time over which CPU was measured, such as `15s`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    pub containers: Vec<ContainerUsage>,
}

/// The usage of a container, as amounts.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ContainerUsage {
    pub name: String,
    pub cpu: Option<String>,
    pub memory: Option<String>,
}

/// The usage, or the reason why it is not known.
pub(in crate::explain) type Observed = Result<Usage, String>;

/// Reads the usage of a live Pod that has a node and has not ended.
pub(super) async fn observe(target: &Target, cluster: &Cluster) -> Option<Observed> {
    let has_node = target
        .spec
        .node_name
        .as_ref()
        .is_some_and(|name| !name.is_empty());
    let status = target.status.as_ref();
    let phase = status.and_then(|own| own.phase.as_deref());
    let has_ended = matches!(phase, Some("Succeeded" | "Failed"));
    if !target.is_pod() || !has_node || has_ended || target.document.is_some() {
        return None;
    }
    let metrics = Resource {
        group: "metrics.k8s.io".to_owned(),
        version: "v1beta1".to_owned(),
        kind: "PodMetrics".to_owned(),
        plural: "pods".to_owned(),
        namespaced: true,
    };
    let name = target.id.name.as_deref()?;
    let answer = cluster.get(&metrics, &target.id.namespace, name).await;
    Some(answer.map(|own| usage(&own)).map_err(|error| why(&error)))
}

fn why(error: &ClusterError) -> String {
    match error {
        ClusterError::Refused { status, .. } if status.code == 403 => {
            "no permission to get pods.metrics.k8s.io".to_owned()
        }
        error if error.is_not_found() || error.is_not_served() => {
            "the cluster has no metrics of it".to_owned()
        }
        error => error.to_string(),
    }
}

fn usage(metrics: &Value) -> Usage {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let amount = |value: &Value, round: fn(&mut Quantity)| {
        let mut amount: Quantity = value.as_str()?.parse().ok()?;
        round(&mut amount);
        Some(amount.to_string())
    };
    let containers = metrics["containers"].as_array().into_iter().flatten();
    let containers = containers.filter_map(|own| {
        Some(ContainerUsage {
            name: text(&own["name"])?,
            // Metrics are in billionths, which nobody reads.
            cpu: amount(&own["usage"]["cpu"], |own| {
                own.round_up(-3);
            }),
            memory: amount(&own["usage"]["memory"], |_| {}),
        })
    });
    Usage {
        time: text(&metrics["timestamp"]),
        window: text(&metrics["window"]),
        containers: containers.collect(),
    }
}
