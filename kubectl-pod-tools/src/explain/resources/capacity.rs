//! The most that a node can give of each resource, and requests above that.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Node;
use pod_model::features::Gate;
use pod_model::lookup::{Answers, Completeness};
use pod_model::{FieldPath, Finding, KubernetesVersion, Quantity, Severity, rules};

use super::report::AmountTexts;

/// The nodes that are known, read once for all targets.
#[derive(Debug)]
pub(super) struct Capacity {
    /// Number of nodes that have amounts; the others say nothing.
    nodes: usize,
    is_complete: bool,
    most: BTreeMap<String, Quantity>,
}

impl Capacity {
    pub(super) fn of(answers: &Answers) -> Self {
        let list = answers.all::<Node>("");
        let mut capacity = Self {
            nodes: 0,
            is_complete: list.completeness == Completeness::Complete,
            most: BTreeMap::new(),
        };
        let nodes = list.objects.iter();
        for amounts in nodes.filter_map(|own| own.object.status.as_ref()?.allocatable.as_ref()) {
            capacity.nodes += 1;
            for (name, amount) in amounts {
                let Ok(amount) = Quantity::try_from(amount) else {
                    continue;
                };
                match capacity.most.get_mut(name) {
                    Some(most) if *most >= amount => {}
                    Some(most) => *most = amount,
                    None => {
                        capacity.most.insert(name.clone(), amount);
                    }
                }
            }
        }
        capacity
    }

    /// Requests that no known node can hold, even without other Pods.
    pub(super) fn exceeded(
        &self,
        requests: &AmountTexts,
        base: &FieldPath,
        version: KubernetesVersion,
    ) -> Vec<Finding> {
        if self.nodes == 0 {
            return Vec::new();
        }
        let amounts = requests.iter();
        let parsed = amounts.filter_map(|(name, text)| Some((name, text, text.parse().ok()?)));
        parsed
            .filter_map(|(name, text, request): (_, _, Quantity)| {
                let most = self.most.get(name).cloned().unwrap_or_default();
                (request > most).then(|| self.finding(name, text, &most, base, version))
            })
            .collect()
    }

    fn finding(
        &self,
        name: &str,
        request: &str,
        most: &Quantity,
        base: &FieldPath,
        version: KubernetesVersion,
    ) -> Finding {
        let known = if self.is_complete { "" } else { " known here" };
        let has = match (self.nodes, most.is_zero()) {
            (1, true) => format!("the only node{known} has none to give"),
            (1, false) => format!("the only node{known} has {most} to give"),
            (count, true) => format!("none of the {count} nodes{known} has any to give"),
            (count, false) => {
                format!("none of the {count} nodes{known} has more than {most} to give")
            }
        };
        let mut message = format!("the Pod requests {request} of {name}, and {has}");
        let may_be_device = most.is_zero() && may_be_device(name, version);
        if may_be_device {
            message += ", unless a DeviceClass stands for it";
        }
        let finding = Finding::new(&rules::REQUEST_EXCEEDS_NODES, base.field("spec"), message)
            .help("lower the requests, or add a larger node");
        if may_be_device {
            finding.with_severity(Severity::Warning)
        } else {
            finding
        }
    }
}

/// Returns whether a DeviceClass can stand for a resource. Which of them do, is not asked.
fn may_be_device(resource: &str, version: KubernetesVersion) -> bool {
    let is_extended = resource.contains('/') && !resource.contains("kubernetes.io/");
    Gate::DRAExtendedResource.is_on(version)
        && (is_extended || resource.starts_with("deviceclass.resource.kubernetes.io/"))
}
