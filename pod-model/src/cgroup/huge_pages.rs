//! Limits of huge pages.
//!
//! Upstream: `HugePageLimits` in pkg/kubelet/cm/helpers_linux.go,
//! `GetHugepageLimitsFromResources` in pkg/kubelet/kuberuntime,
//! `HugePageUnitSizeFromByteSize` in pkg/apis/core/v1/helper.

use std::collections::BTreeMap;

use crate::quantity::Quantity;

/// Limits in bytes by the size of a page as in the names of files.
pub(super) type HugePages = BTreeMap<String, i64>;

/// Returns the size of the pages of a resource, as in the names of files: `2MB` of
/// `hugepages-2Mi`.
pub(super) fn size(resource: &str) -> Option<String> {
    const UNITS: [&str; 6] = ["B", "KB", "MB", "GB", "TB", "PB"];
    let mut size = resource
        .strip_prefix("hugepages-")?
        .parse::<Quantity>()
        .ok()?
        .value();
    let mut units = UNITS.iter();
    let mut unit = units.next()?;
    while size % 1024 == 0
        && let Some(next) = units.next()
    {
        size /= 1024;
        unit = next;
    }
    let is_last = units.as_slice().is_empty();
    (size <= 1024 || is_last).then(|| format!("{size}{unit}"))
}

/// Adds up the limits of names that mean the same size.
pub(super) fn sums<'a>(amounts: impl Iterator<Item = (&'a str, &'a Quantity)>) -> HugePages {
    let mut all = HugePages::new();
    for (name, amount) in amounts {
        if let Some(size) = size(name) {
            let sum = all.entry(size).or_default();
            *sum = sum.wrapping_add(amount.value());
        }
    }
    all
}
