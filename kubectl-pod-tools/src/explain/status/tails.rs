//! The last log lines of runs that have failed.

use std::time::Duration;

use k8s_openapi::api::core::v1::{ContainerStateTerminated, ContainerStatus};
use tokio::time::timeout;

use crate::cluster::{Cluster, LogQuery};
use crate::targets::Target;

/// A log that takes longer is left out: the state is known without it.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest part of a line that is shown.
const WIDEST: usize = 500;

/// The log of a container's newest run that has failed.
#[derive(Clone, Debug)]
pub(in crate::explain) struct Tail {
    pub container: String,
    /// The last lines, or the reason why they are not known.
    pub lines: Result<Vec<String>, String>,
}

/// Returns the newest end of a container, and true if it is that of an earlier run.
fn latest_end(status: &ContainerStatus) -> Option<(&ContainerStateTerminated, bool)> {
    let of = |state: &'_ Option<k8s_openapi::api::core::v1::ContainerState>| {
        state
            .as_ref()
            .is_some_and(|state| state.terminated.is_some())
    };
    let (state, is_previous) = if of(&status.state) {
        (&status.state, false)
    } else {
        (&status.last_state, true)
    };
    Some((state.as_ref()?.terminated.as_ref()?, is_previous))
}

/// Returns the containers whose newest end is not as it should be, each with true for an earlier run.
fn failed(target: &Target) -> Vec<(&str, bool)> {
    let Some(status) = target.status.as_ref().filter(|_| target.is_pod()) else {
        return Vec::new();
    };
    let lists = [&status.init_container_statuses, &status.container_statuses];
    let all = lists.into_iter().flatten().flatten();
    all.filter_map(|own| {
        let (run, is_previous) = latest_end(own)?;
        let is_bad = run.exit_code != 0 || run.reason.as_deref() == Some("OOMKilled");
        // Of a program that was never started there is no log.
        let has_run = run
            .started_at
            .as_ref()
            .is_some_and(|time| time.0.as_second() > 0);
        (is_bad && has_run).then_some((own.name.as_str(), is_previous))
    })
    .collect()
}

/// Reads the last `count` lines of each failed run.
pub(super) async fn read(target: &Target, cluster: &Cluster, count: u32) -> Vec<Tail> {
    let name = target.id.name.as_deref().unwrap_or_default();
    let reads = failed(target)
        .into_iter()
        .map(|(container, previous)| async move {
            let query = LogQuery {
                namespace: &target.pod_namespace,
                pod: name,
                container,
                previous,
                tail: count,
                ..LogQuery::default()
            };
            let lines = match timeout(PATIENCE, cluster.log_tail(&query)).await {
                Ok(Ok(text)) => Ok(last(&text, count)),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
            };
            Tail {
                container: container.to_owned(),
                lines,
            }
        });
    futures::future::join_all(reads).await
}

/// Returns the last lines of a text. A server may send more than it was asked for.
fn last(text: &str, count: u32) -> Vec<String> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let from = lines
        .len()
        .saturating_sub(usize::try_from(count).unwrap_or(usize::MAX));
    let cut = |line: &&str| match line.char_indices().nth(WIDEST) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => (*line).to_owned(),
    };
    lines[from..].iter().map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_ends_with_its_last_lines() {
        assert_eq!(last("a\nb\nc\n", 2), ["b", "c"]);
        assert_eq!(last("a\r\n", 2), ["a"]);
        assert_eq!(last("", 2), [""; 0]);
        let long = last(&"ä".repeat(WIDEST + 1), 1);
        assert_eq!(long[0].chars().count(), WIDEST + 1);
        assert!(long[0].ends_with('…'));
    }
}
