//! `memory.high`, and limits as the kernel holds them.

use super::node::NodeSettings;
use super::values::MemoryHigh;

/// Returns the usage of memory from which on the kernel slows processes down, between a request
/// and a limit.
///
/// Upstream: `memoryHighForPod` in pkg/kubelet/cm/helpers_linux.go, and the same formula in
/// `generateLinuxContainerResources` in pkg/kubelet/kuberuntime.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "upstream's arithmetic, in floating point numbers"
)]
pub(super) fn high(request: i64, limit: i64, factor: f64, node: &NodeSettings) -> MemoryHigh {
    let (low, top) = (request as f64, limit as f64);
    // Not `mul_add`, which rounds once where upstream rounds twice.
    let between = (top - low) * factor;
    let bytes = (low + between).floor();
    let pages = (bytes / node.page_size.max(1) as f64) as i64;
    let high = pages.wrapping_mul(node.page_size);
    if high != 0 && high > request {
        MemoryHigh::Bytes(high)
    } else {
        MemoryHigh::Max
    }
}

/// Returns a limit of memory as the kernel shows it: whole pages, rounded down; `None` is no
/// limit.
pub fn whole_pages(bytes: i64, page_size: i64) -> Option<i64> {
    let page_size = page_size.max(1);
    let pages = bytes / page_size;
    (pages < i64::MAX / page_size).then_some(pages * page_size)
}
