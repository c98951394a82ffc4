//! Objects that `--rm` did not delete, and the commands that delete them.

use std::collections::BTreeMap;

use crate::cluster::Resource;
use crate::ui::Ui;

/// Maximum number of objects that one command names.
const MAX_NAMED: usize = 20;

/// Objects that are not deleted, by their namespaces; `None` for cluster-scoped ones.
#[derive(Debug, Default)]
pub(crate) struct LeftBehind(BTreeMap<Option<String>, Vec<String>>);

impl LeftBehind {
    /// Adds an object.
    pub(crate) fn add(&mut self, resource: &Resource, namespace: &str, name: &str) {
        let namespace = resource.namespaced.then(|| namespace.to_owned());
        let objects = self.0.entry(namespace).or_default();
        objects.push(resource.object(name));
    }

    /// Prints the objects after the reason why they exist, and the commands that delete them.
    pub(crate) fn print(&self, reason: &str, ui: &Ui) {
        for (namespace, objects) in &self.0 {
            let (named, rest) = objects.split_at(objects.len().min(MAX_NAMED));
            let mut message = format!("{reason}: {}", named.join(", "));
            if !rest.is_empty() {
                message.push_str(&format!(" and {} more", rest.len()));
            }
            ui.warning(&message);
            let mut command = format!("kubectl delete {}", named.join(" "));
            if let Some(namespace) = namespace {
                command.push_str(&format!(" -n {namespace}"));
            }
            command.push_str(ui.cluster_flags());
            ui.help(&format!("delete with: {command}"));
        }
    }
}
