//! RESTARTS, where it leaves something out.

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use super::view::{Found, View};
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

/// Once the Pod is initialized, RESTARTS counts sidecars and app containers.
pub(super) fn find(view: &View<'_>, found: &mut Found) {
    let init = view.init();
    let own = init.iter().filter(|seen| !seen.is_sidecar());
    let restarts: i64 = own.map(|seen| i64::from(seen.status.restart_count)).sum();
    let is_init = matches!(
        view.rule(),
        StatusRule::InitTerminated | StatusRule::InitWaiting | StatusRule::InitProgress
    );
    if restarts > 0 && (!is_init || view.is_true("Initialized")) {
        let list = FieldPath::root().field("status");
        found.push(Misleading {
            reason: PodMisleading::RestartsWithoutInit { restarts },
            path: list.field("initContainerStatuses"),
        });
    }
}
