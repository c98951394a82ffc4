//! All containers of a Pod, of every kind.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, EphemeralContainer, PodSpec};

use super::path::Path;

/// The fields of a Pod's spec that hold containers, in the order in which
/// upstream visits them.
pub(super) const INIT: &str = "initContainers";
pub(super) const APP: &str = "containers";
pub(super) const EPHEMERAL: &str = "ephemeralContainers";

/// The containers of a Pod, each as the type that all kinds have in common.
pub(super) struct Containers<'a> {
    all: Vec<(&'static str, usize, Cow<'a, Container>)>,
    names: OnceCell<BTreeSet<String>>,
}

impl<'a> Containers<'a> {
    pub(super) fn of(spec: &'a PodSpec) -> Self {
        let init = spec.init_containers.iter().flatten();
        let init = init.map(Cow::Borrowed).enumerate();
        let app = spec.containers.iter().map(Cow::Borrowed).enumerate();
        let ephemeral = spec.ephemeral_containers.iter().flatten();
        let ephemeral = ephemeral.map(|c| Cow::Owned(common(c))).enumerate();
        let all = init.map(|(i, c)| (INIT, i, c));
        let all = all.chain(app.map(|(i, c)| (APP, i, c)));
        let all = all.chain(ephemeral.map(|(i, c)| (EPHEMERAL, i, c)));
        Self {
            all: all.collect(),
            names: OnceCell::new(),
        }
    }

    /// Upstream: `VisitContainersWithPath` in
    /// `k8s.io/kubernetes/pkg/apis/core/pods`.
    pub(super) fn visit(&self, spec: &Path<'_>, mut visit: impl FnMut(&Container, &Path<'_>)) {
        for (kind, index, container) in &self.all {
            visit(container, &spec.field(kind).index(*index));
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        let names = || self.all.iter().map(|(.., own)| own.name.clone()).collect();
        self.names.get_or_init(names).contains(name)
    }

    /// Those of one of the fields.
    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = (usize, &Container)> {
        let all = self.all.iter().filter(move |(own, ..)| *own == kind);
        all.map(|(_, index, container)| (*index, container.as_ref()))
    }
}

/// What an ephemeral container has in common with the others: in Go it is a
/// type that both embed.
fn common(container: &EphemeralContainer) -> Container {
    let own = container.clone();
    Container {
        args: own.args,
        command: own.command,
        env: own.env,
        env_from: own.env_from,
        image: own.image,
        image_pull_policy: own.image_pull_policy,
        lifecycle: own.lifecycle,
        liveness_probe: own.liveness_probe,
        name: own.name,
        ports: own.ports,
        readiness_probe: own.readiness_probe,
        resize_policy: own.resize_policy,
        resources: own.resources,
        restart_policy: own.restart_policy,
        restart_policy_rules: own.restart_policy_rules,
        security_context: own.security_context,
        startup_probe: own.startup_probe,
        stdin: own.stdin,
        stdin_once: own.stdin_once,
        termination_message_path: own.termination_message_path,
        termination_message_policy: own.termination_message_policy,
        tty: own.tty,
        volume_devices: own.volume_devices,
        volume_mounts: own.volume_mounts,
        working_dir: own.working_dir,
    }
}
