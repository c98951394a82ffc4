//! All containers of a Pod, of every kind.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, PodSpec};

use super::path::Path;
use crate::container::containers;
use crate::path::FieldPath;

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
        let all = containers(spec, &FieldPath::root());
        let all = all
            .iter()
            .map(|own| (own.container_type.field(), own.index, own.to_container()));
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
