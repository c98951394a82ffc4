//! Amounts of resources as the scheduler adds them up.
//!
//! Upstream: `Resource` in pkg/scheduler/framework/types.go.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use crate::names;
use crate::quantity::Quantity;

/// Amounts of resources in whole numbers: CPU in thousandths, memory and storage in bytes.
///
/// Sums are exact; upstream's wrap at 64 bits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// CPU in thousandths.
    pub milli_cpu: i128,
    /// Memory in bytes.
    pub memory: i128,
    /// Ephemeral storage in bytes.
    pub ephemeral_storage: i128,
    /// Number of Pods; 0 where nothing is said.
    pub pods: i128,
    /// Extended resources, huge pages and attachable volumes.
    pub scalars: BTreeMap<Arc<str>, i128>,
}

impl Resources {
    /// Returns the amounts of a list, such as a node's allocatable ones. A quantity that cannot
    /// be read counts as absent.
    pub fn of_list(list: &BTreeMap<String, ApiQuantity>) -> Self {
        let mut resources = Self::default();
        for (name, quantity) in list {
            let Ok(quantity) = quantity.0.parse::<Quantity>() else {
                continue;
            };
            match name.as_str() {
                "cpu" => resources.milli_cpu = quantity.milli_value().into(),
                "memory" => resources.memory = quantity.value().into(),
                "ephemeral-storage" => resources.ephemeral_storage = quantity.value().into(),
                "pods" => resources.pods = quantity.value().into(),
                name if is_scalar(name) => {
                    let name = Arc::from(name);
                    resources.scalars.insert(name, quantity.value().into());
                }
                _ => {}
            }
        }
        resources
    }

    /// Returns the amount of a resource, 0 if there is none. CPU is in thousandths.
    pub fn get(&self, resource: &str) -> i128 {
        match resource {
            "cpu" => self.milli_cpu,
            "memory" => self.memory,
            "ephemeral-storage" => self.ephemeral_storage,
            "pods" => self.pods,
            name => self.scalars.get(name).copied().unwrap_or(0),
        }
    }

    /// Sets the amount of a resource. CPU is in thousandths.
    pub fn set(&mut self, resource: &str, amount: i128) {
        match resource {
            "cpu" => self.milli_cpu = amount,
            "memory" => self.memory = amount,
            "ephemeral-storage" => self.ephemeral_storage = amount,
            "pods" => self.pods = amount,
            name => {
                self.scalars.insert(Arc::from(name), amount);
            }
        }
    }
}

/// Returns whether the scheduler counts a resource by its name. Upstream:
/// `IsScalarResourceName` (pkg/scheduler/util).
pub(super) fn is_scalar(name: &str) -> bool {
    name.starts_with("hugepages-")
        || name.starts_with("attachable-volumes-")
        || name.contains("kubernetes.io/")
        || is_extended(name)
}

/// Returns whether a resource is an extended one. Upstream: `IsExtendedResourceName`
/// (pkg/apis/core/v1/helper).
pub fn is_extended(name: &str) -> bool {
    name.contains('/')
        && !name.contains("kubernetes.io/")
        && !name.starts_with("requests.")
        && names::label_key(&format!("requests.{name}")).is_none()
}

fn is_in_bytes(resource: &str) -> bool {
    matches!(resource, "memory" | "ephemeral-storage") || resource.starts_with("hugepages-")
}

/// Returns an amount of a resource as manifests have it; CPU is given in thousandths.
pub fn amount_text(resource: &str, amount: i128) -> String {
    const UNITS: [(i128, &str); 3] = [(1 << 30, "Gi"), (1 << 20, "Mi"), (1 << 10, "Ki")];
    match resource {
        "cpu" if amount % 1000 == 0 => (amount / 1000).to_string(),
        "cpu" => format!("{amount}m"),
        _ if is_in_bytes(resource) => {
            let mut units = UNITS.iter();
            let unit = units.find(|(size, _)| amount != 0 && amount % size == 0);
            unit.map_or_else(
                || amount.to_string(),
                |(size, unit)| format!("{}{unit}", amount / size),
            )
        }
        _ => amount.to_string(),
    }
}
