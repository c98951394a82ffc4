//! The requests of a Pod in the scheduler's whole numbers.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;

use super::resources::Resources;
use crate::pod_resources::{self, NonZero, Rounded};
use crate::version::KubernetesVersion;

/// Requests of a Pod on a node. `pods` is 1.
pub(super) fn used(pod: &Pod, version: KubernetesVersion) -> Resources {
    resources(pod_resources::used(pod, version))
}

/// Requests of a Pod that is to be placed. `pods` is 1.
pub(super) fn asked(pod: &Pod, version: KubernetesVersion) -> Resources {
    resources(pod_resources::asked(pod, version))
}

/// Requests for scores of a Pod that is to be placed: CPU in thousandths and memory in bytes.
pub(super) fn scored(pod: &Pod, version: KubernetesVersion) -> (i128, i128) {
    let NonZero { milli_cpu, memory } = pod_resources::scored(pod, version);
    (milli_cpu.into(), memory.into())
}

/// Requests for scores of a Pod on a node: CPU in thousandths and memory in bytes.
pub(super) fn non_zero(pod: &Pod, version: KubernetesVersion) -> (i128, i128) {
    let NonZero { milli_cpu, memory } = pod_resources::non_zero(pod, version);
    (milli_cpu.into(), memory.into())
}

fn resources(rounded: Rounded) -> Resources {
    let scalars = rounded.scalar.into_iter();
    Resources {
        milli_cpu: rounded.milli_cpu.into(),
        memory: rounded.memory.into(),
        ephemeral_storage: rounded.ephemeral_storage.into(),
        pods: 1,
        scalars: scalars
            .map(|(name, amount)| (Arc::from(name), amount.into()))
            .collect(),
    }
}
