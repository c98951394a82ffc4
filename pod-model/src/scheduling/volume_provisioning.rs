//! Volumes that are made for a claim once its Pod has a node.
//!
//! Upstream: `checkVolumeProvisions`, `hasEnoughCapacity`
//! (pkg/scheduler/framework/plugins/volumebinding/binder.go), `MatchTopologySelectorTerms`
//! (pkg/apis/core/v1/helper).

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, TopologySelectorTerm};
use k8s_openapi::api::storage::v1::CSIStorageCapacity;

use super::node_info::NodeInfo;
use super::pod_claims::class_of_claim;
use super::pod_terms::{OptionalSelector, label_of};
use super::storage::{Input, Storage, Unknown};
use crate::quantity::Quantity;
use crate::selector::{Operator, Requirement};

/// The answer to the question if a claim gets a volume on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Provisioned {
    /// It does.
    Yes,
    /// No volume is made there: why.
    No(String),
    /// No driver has enough space there: why.
    NoSpace(String),
}

impl Provisioned {
    /// Names the claim.
    pub(super) fn about(self, claim: &str) -> Self {
        let named = |why: String| format!("the claim `{claim}`: {why}");
        match self {
            Self::Yes => Self::Yes,
            Self::No(why) => Self::No(named(why)),
            Self::NoSpace(why) => Self::NoSpace(named(why)),
        }
    }
}

/// The way in which volumes of a claim's class are made.
#[derive(Clone, Debug)]
pub(super) struct Provision {
    class: String,
    provisioner: String,
    topologies: Vec<TopologySelectorTerm>,
    /// Bytes that have to be free, if the driver reports its capacity.
    bytes: Option<Result<i64, Unknown>>,
}

impl Provision {
    /// Reads a claim and its class.
    pub(super) fn of(claim: &PersistentVolumeClaim, storage: &Storage) -> Result<Self, Unknown> {
        let class = class_of_claim(claim);
        let found = storage.classes.get(Input::StorageClasses, class)?;
        let provisioner = found.map(|class| class.provisioner.clone());
        let provisioner = provisioner.unwrap_or_default();
        let topologies = found.and_then(|class| class.allowed_topologies.clone());
        let reports = storage
            .csi_drivers
            .get(Input::CsiDrivers, &provisioner)
            .map(|driver| driver.is_some_and(|driver| driver.spec.storage_capacity == Some(true)));
        let bytes = requested(claim).and_then(|size| match reports {
            Ok(true) => Some(Ok(size.value())),
            Ok(false) => None,
            Err(unknown) => Some(Err(unknown)),
        });
        Ok(Self {
            class: class.to_owned(),
            provisioner,
            topologies: topologies.unwrap_or_default(),
            bytes,
        })
    }

    /// Judges a node.
    pub(super) fn on(&self, node: &NodeInfo, storage: &Storage) -> Result<Provisioned, Unknown> {
        let class = &self.class;
        if matches!(
            self.provisioner.as_str(),
            "" | "kubernetes.io/no-provisioner"
        ) {
            return Ok(Provisioned::No(format!(
                "no volume suits, and the class `{class}` makes none"
            )));
        }
        if !allows(&self.topologies, node) {
            return Ok(Provisioned::No(format!(
                "allowedTopologies of the class `{class}` leave out the node"
            )));
        }
        let bytes = match &self.bytes {
            None => return Ok(Provisioned::Yes),
            Some(bytes) => bytes.clone()?,
        };
        let mut capacities = storage.capacities.all(Input::CsiStorageCapacities)?;
        let is_enough = capacities.any(|capacity| {
            capacity.storage_class_name == *class
                && limit(capacity).is_some_and(|limit| limit >= bytes)
                && is_reachable(capacity, node)
        });
        Ok(if is_enough {
            Provisioned::Yes
        } else {
            Provisioned::NoSpace(format!(
                "no CSIStorageCapacity of the class `{class}` has {bytes} bytes for the node"
            ))
        })
    }
}

/// Returns the size that a claim requests.
fn requested(claim: &PersistentVolumeClaim) -> Option<Quantity> {
    let resources = claim.spec.as_ref()?.resources.as_ref()?;
    resources.requests.as_ref()?.get("storage")?.0.parse().ok()
}

/// Returns the size that a claim requests, 0 if it requests none.
pub(super) fn size_of(claim: &PersistentVolumeClaim) -> Quantity {
    requested(claim).unwrap_or_default()
}

/// Upstream: `volumeLimit`.
fn limit(capacity: &CSIStorageCapacity) -> Option<i64> {
    let limit = capacity.maximum_volume_size.as_ref();
    let limit = limit.or(capacity.capacity.as_ref())?;
    Some(limit.0.parse::<Quantity>().ok()?.value())
}

/// Upstream: `nodeHasAccess`. A capacity without a topology is available nowhere.
fn is_reachable(capacity: &CSIStorageCapacity, node: &NodeInfo) -> bool {
    let selector = OptionalSelector::of(capacity.node_topology.as_ref());
    selector.is_ok_and(|selector| selector.matches(label_of(node.labels())))
}

fn allows(terms: &[TopologySelectorTerm], node: &NodeInfo) -> bool {
    let mut with_requirements = terms.iter().filter_map(|term| {
        let requirements = term.match_label_expressions.as_ref()?;
        (!requirements.is_empty()).then_some(requirements)
    });
    terms.is_empty()
        || with_requirements.any(|requirements| {
            requirements.iter().all(|requirement| {
                let parsed = Requirement::new(&requirement.key, Operator::In, &requirement.values);
                parsed.is_ok_and(|parsed| parsed.matches(node.label(&requirement.key)))
            })
        })
}
