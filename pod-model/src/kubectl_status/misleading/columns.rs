//! A resize, which no column shows, and restarts that RESTARTS leaves out.

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use super::view::{Found, View};
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

pub(super) fn find(view: &View<'_>, found: &mut Found) {
    resize(view, found);
    restarts(view, found);
}

fn resize(view: &View<'_>, found: &mut Found) {
    let conditions = ["PodResizePending", "PodResizeInProgress"];
    let own = conditions.into_iter().find_map(|kind| {
        let (path, condition) = view.condition(kind)?;
        (condition.status == "True").then_some((kind, path, condition))
    });
    let Some((kind, path, condition)) = own.filter(|_| !view.has_ended()) else {
        return;
    };
    found.push(Misleading {
        reason: PodMisleading::Resize {
            condition: kind.to_owned(),
            reason: condition.reason.clone().unwrap_or_default(),
        },
        path,
    });
}

/// Once the Pod is initialized, RESTARTS counts sidecars and app containers.
fn restarts(view: &View<'_>, found: &mut Found) {
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
