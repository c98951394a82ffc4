//! Edits in containers.

use std::collections::{HashMap, HashSet};

use k8s_openapi::api::core::v1::{PodSpec, SecurityContext};
use serde_json::json;

use super::places::{container_place, is_index, last_field, some_of};
use crate::container::{ContainerView, containers};
use crate::edit::{Change, Edit};
use crate::path::{FieldPath, Segment};
use crate::pod_security::Violation;

/// The containers of a Pod by list and index, with numbers of their violations.
pub(super) struct Containers<'a> {
    by_place: HashMap<(String, usize), ContainerView<'a>>,
    /// Number of added capabilities of a container that are refused.
    refused: HashMap<(String, usize), usize>,
    /// Containers that have to drop all capabilities.
    dropping: HashSet<(String, usize)>,
    sysctls: usize,
}

impl<'a> Containers<'a> {
    pub(super) fn of(spec: &'a PodSpec, violations: &[Violation]) -> Self {
        let all = containers(spec, &FieldPath::root().field("spec"));
        let key = |own: &ContainerView<'_>| (own.container_type.field().to_owned(), own.index);
        let mut refused = HashMap::new();
        let mut dropping = HashSet::new();
        for violation in violations {
            let is_capability = violation.check.starts_with("capabilities_");
            let Some(place) = container_place(&violation.path).filter(|_| is_capability) else {
                continue;
            };
            if last_field(&violation.path) == Some("drop") {
                dropping.insert(place);
            } else {
                *refused.entry(place).or_default() += 1;
            }
        }
        let sysctls = violations.iter().filter(|own| own.check == "sysctls");
        Self {
            by_place: all.into_iter().map(|own| (key(&own), own)).collect(),
            refused,
            dropping,
            sysctls: sysctls.count(),
        }
    }

    /// Number of sysctls that are refused.
    pub(super) fn refused_sysctls(&self) -> usize {
        self.sysctls
    }

    fn at(&self, path: &FieldPath) -> Option<&ContainerView<'a>> {
        self.by_place.get(&container_place(path)?)
    }

    fn context(&self, path: &FieldPath) -> Option<&'a SecurityContext> {
        self.at(path)?.security_context
    }

    /// Returns why a container cannot have `allowPrivilegeEscalation: false` as it is.
    /// Upstream: `ValidateSecurityContext` in pkg/apis/core/validation.
    pub(super) fn needs_escalation(&self, path: &FieldPath) -> Option<String> {
        let context = self.context(path)?;
        let added = context.capabilities.as_ref();
        let mut added = added.and_then(|own| own.add.as_ref()).into_iter().flatten();
        let what = if context.privileged == Some(true) {
            "`privileged: true`"
        } else if added.any(|name| name == "CAP_SYS_ADMIN") {
            "the capability CAP_SYS_ADMIN"
        } else {
            return None;
        };
        Some(format!("the API server refuses it together with {what}"))
    }

    /// Returns the edit that drops all capabilities. The check compares the text, and runtimes take `all` for the same.
    pub(super) fn drop_all(&self, path: &FieldPath) -> Edit {
        let capabilities = self.context(path).and_then(|own| own.capabilities.as_ref());
        let Some(list) = capabilities.and_then(|own| own.drop.as_ref()) else {
            return Edit::set(path.clone(), json!(["ALL"]));
        };
        match list
            .iter()
            .position(|name| name.eq_ignore_ascii_case("ALL"))
        {
            Some(at) => Edit::set(path.index(at), "ALL"),
            None => Edit {
                path: path.clone(),
                change: Change::Append(json!("ALL")),
            },
        }
    }

    /// Returns the edit without an added capability, or without the list if none of it stays,
    /// and the names that it removes.
    pub(super) fn without_added(&self, path: &FieldPath) -> Option<(Edit, String)> {
        let own = container_place(path)?;
        let capabilities = self.context(path)?.capabilities.as_ref()?;
        let added = capabilities.add.as_ref()?;
        let indices = path.segments().iter().filter(|own| is_index(own)).count();
        let Some(Segment::Index(index)) = path.segments().last().filter(|_| indices == 2) else {
            return None;
        };
        if self.refused.get(&own) != Some(&added.len()) {
            return Some((Edit::remove(path.clone()), added.get(*index)?.clone()));
        }
        // One edit serves all of them; the first says why.
        let names = match index {
            0 => some_of(added),
            _ => String::new(),
        };
        let list = path.parent()?;
        let stays = capabilities.drop.is_some() || self.dropping.contains(&own);
        let whole = if stays { list } else { list.parent()? };
        Some((Edit::remove(whole), names))
    }

    /// Returns the edits that a container needs to do without `privileged`, each with its decision: the API server lets
    /// no other pass mounts on to the node. Upstream: `validateMountPropagation` in pkg/apis/core/validation.
    pub(super) fn without_privileged(&self, path: &FieldPath) -> Vec<(Edit, String)> {
        let Some(own) = self.at(path) else {
            return Vec::new();
        };
        let mounts = own.volume_mounts.iter().enumerate();
        let mounts =
            mounts.filter(|(_, mount)| mount.mount_propagation.as_deref() == Some("Bidirectional"));
        mounts
            .map(|(at, mount)| {
                let path = own.path.field("volumeMounts").index(at);
                let decision = format!(
                    "only a privileged container passes mounts on to the node: those below {} are no longer seen there",
                    mount.mount_path
                );
                (Edit::set(path.field("mountPropagation"), "HostToContainer"), decision)
            })
            .collect()
    }
}
