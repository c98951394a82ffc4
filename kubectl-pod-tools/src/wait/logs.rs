//! The logs of the containers of what was waited for.

use std::time::Duration;

use serde_json::Value;

use super::answer::Culprit;
use super::fields::{container_statuses, name, number_at, text};
use crate::cluster::Cluster;
use crate::ui::{Ui, escape};

/// Whose logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Logs {
    /// Of all containers
    All,
    /// Of those that did not end with 0
    Failed,
}

/// The logs of a Pod's containers, each line with a prefix.
pub(super) async fn logs(
    cluster: &Cluster,
    namespace: &str,
    pod: &Value,
    whose: Logs,
    ui: &Ui,
) -> String {
    let mut out = String::new();
    for status in container_statuses(pod) {
        let code = number_at(status, "/state/terminated/exitCode");
        if whose == Logs::Failed && code.is_none_or(|code| code == 0) {
            continue;
        }
        let (pod, container) = (name(pod), text(status, "name"));
        match cluster.log_tail(namespace, pod, container, None).await {
            Ok(text) => {
                for line in text.lines() {
                    out.push_str(&format!("[{pod}/{container}] {}\n", escape(line)));
                }
            }
            Err(error) => {
                let said = format!("the log of {pod}/{container} cannot be read: {error}");
                ui.warning(&said);
            }
        }
    }
    out
}

/// Lines of a log that a sentence has room for.
const LINES: u32 = 3;
/// A log that is slow to come is not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// The last lines of the container that is to blame; nothing where the log is
/// gone, or may not be read.
pub(super) async fn last_lines(
    cluster: &Cluster,
    namespace: &str,
    culprit: &Culprit,
) -> Vec<String> {
    let tail = cluster.log_tail(namespace, &culprit.pod, &culprit.container, Some(LINES));
    match tokio::time::timeout(PATIENCE, tail).await {
        Ok(Ok(text)) => text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(|line| line.chars().take(200).collect())
            .collect(),
        Ok(Err(_)) | Err(_) => Vec::new(),
    }
}
