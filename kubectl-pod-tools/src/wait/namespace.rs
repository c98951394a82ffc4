//! Explains missing targets: the name may be that of a type, or the namespace may not exist
//! (a list of one that does not exist is empty, and no error).

use std::time::Duration;

use pod_model::kinds::by_type;
use tokio::time::{Instant, timeout_at};

use super::engine::Outcome;
use super::session::Wait;
use crate::cluster::Resource;
use crate::targets::type_needs_name;

/// Maximum time for the answers: the end is printed already.
const ANSWER: Duration = Duration::from_secs(1);
/// Maximum number of namespaces that are looked up.
const MAX_NAMESPACES: usize = 3;

impl Wait<'_> {
    /// Prints help for targets that do not exist: that a name is that of a type; for these and for
    /// empty sets, that the namespace does not exist, if that is known before a limit.
    pub(super) async fn explain_missing(&self, sets_are_empty: bool, limit: Option<Instant>) {
        let end = Instant::now() + ANSWER;
        let end = limit.map_or(end, |limit| limit.min(end));
        let Some(resource) = Resource::built_in("v1", "Namespace") else {
            return;
        };
        let missing = self.engine.targets().filter(|(_, target)| {
            let end = target.end();
            end.is_some_and(|end| {
                end.outcome == Outcome::Deleted && end.evidence.reason == "NotFound"
            })
        });
        let missing: Vec<_> = missing.map(|(_, target)| target).collect();
        let is_pod = |group: usize| {
            let subject = self.subjects.get(group);
            subject.is_some_and(|subject| subject.resource.kind == "Pod")
        };
        // `wait pods`: one word is the name of a Pod.
        if let Some(word) = missing
            .iter()
            .find(|target| is_pod(target.group) && by_type(&target.name).is_some())
        {
            let word = &word.name;
            self.ui.help(&type_needs_name(word));
        }
        let groups = missing.iter().map(|target| target.group);
        let groups = groups.chain((0..self.subjects.len()).filter(|_| sets_are_empty));
        let mut namespaces: Vec<&str> = groups
            .filter_map(|group| self.subjects.get(group))
            .map(|subject| subject.namespace.as_str())
            .filter(|namespace| !namespace.is_empty())
            .collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        for namespace in namespaces.into_iter().take(MAX_NAMESPACES) {
            let answer = timeout_at(end, self.cluster.get(&resource, "", namespace)).await;
            // The answer is about the namespace and nothing else.
            let words = format!("namespaces \"{namespace}\" not found");
            if let Ok(Err(error)) = answer
                && error.is_not_found()
                && error.to_string().contains(&words)
            {
                self.ui
                    .help(&format!("the namespace `{namespace}` does not exist"));
            }
        }
    }
}
