//! Probes and hooks.

use k8s_openapi::api::core::v1::{HTTPGetAction, Lifecycle, Probe};

use super::{number, string};

/// Fills in a probe and its handler.
///
/// Upstream: `SetDefaults_Probe`, and the generated default of
/// `GRPCAction.service`.
pub fn probe(probe: &mut Probe) {
    number(&mut probe.timeout_seconds, 1);
    number(&mut probe.period_seconds, 10);
    number(&mut probe.success_threshold, 1);
    number(&mut probe.failure_threshold, 3);
    if let Some(action) = &mut probe.http_get {
        http_get(action);
    }
    if let Some(action) = &mut probe.grpc {
        action.service.get_or_insert_default();
    }
}

/// Upstream: the generated walk over `Lifecycle`.
pub(super) fn lifecycle(lifecycle: &mut Lifecycle) {
    let hooks = [&mut lifecycle.post_start, &mut lifecycle.pre_stop];
    for hook in hooks.into_iter().flatten() {
        if let Some(action) = &mut hook.http_get {
            http_get(action);
        }
    }
}

/// Upstream: `SetDefaults_HTTPGetAction`.
fn http_get(action: &mut HTTPGetAction) {
    string(&mut action.path, "/");
    string(&mut action.scheme, "HTTP");
}
