//! What `--rm` has not deleted, and how it is deleted.

use crate::cluster::Resource;
use crate::ui::Ui;

/// Objects that one command names.
const NAMED: usize = 20;

/// Objects that were to be deleted and are not.
#[derive(Debug, Default)]
pub(crate) struct LeftBehind(Vec<Left>);

/// Those of one type and namespace.
#[derive(Debug)]
struct Left {
    namespace: Option<String>,
    objects: Vec<String>,
}

impl LeftBehind {
    /// One more.
    pub(crate) fn add(&mut self, resource: &Resource, namespace: &str, name: &str) {
        let namespace = resource.namespaced.then(|| namespace.to_owned());
        let object = resource.object(name);
        match self.0.iter_mut().find(|left| left.namespace == namespace) {
            Some(left) => left.objects.push(object),
            None => self.0.push(Left {
                namespace,
                objects: vec![object],
            }),
        }
    }

    /// Names them, with the commands that delete them.
    pub(crate) fn tell(&self, ui: &Ui) {
        for left in &self.0 {
            let (named, rest) = left.objects.split_at(left.objects.len().min(NAMED));
            let mut said = format!("left behind: {}", named.join(", "));
            if !rest.is_empty() {
                said.push_str(&format!(" and {} more", rest.len()));
            }
            ui.warning(&said);
            let mut command = format!("kubectl delete {}", named.join(" "));
            if let Some(namespace) = &left.namespace {
                command.push_str(&format!(" -n {namespace}"));
            }
            ui.help(&format!("delete with: {command}"));
        }
    }
}
