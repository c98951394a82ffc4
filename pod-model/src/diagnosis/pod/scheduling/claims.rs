//! Claims that have no volume.
//!
//! Upstream: pkg/controller/volume/persistentvolume/pv_controller.go (`ProvisioningFailed`, `ExternalProvisioning`), and the
//! events of the CSI provisioner.

use crate::diagnosis::cause::Cause;
use crate::diagnosis::pod::wants::claims;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table as rows;

/// Events of a claim whose volume is being made. `WaitForPodScheduled` is none: it tells the claim's part of a
/// wait whose other part the scheduler tells.
const BEGUN: [&str; 2] = ["Provisioning", "ExternalProvisioning"];

pub(super) fn claim_unbound(scene: &Scene<'_>) -> Cause {
    let mut cause = Cause::new(
        &rows::CLAIM_UNBOUND,
        format!("{} has no volume", claims(scene)),
    );
    let unbound = scene.claims.iter().filter(|(claim, _)| {
        let status = claim.status.as_ref();
        status.and_then(|status| status.phase.as_deref()) != Some("Bound")
    });
    let telling = unbound.flat_map(|(_, events)| events).filter(|event| {
        event.reason == "ProvisioningFailed" || BEGUN.contains(&event.reason.as_str())
    });
    let newest = telling.max_by_key(|event| event.last);
    let Some(event) = newest else {
        return cause.advise("See what the claim waits for: kubectl describe pvc; its class may make no volumes by itself.");
    };
    cause = cause.shown_by([event.evidence()]);
    if event.reason != "ProvisioningFailed" {
        cause.message.push_str(", and one is being made");
        return cause
            .may_pass()
            .advise("Wait; if it lasts, see what its provisioner says: kubectl describe pvc");
    }
    let words = event.message.trim_end_matches('.');
    cause.message.push_str(&format!(": {words}"));
    let is_missing_class = words.contains("storageclass") && words.contains("not found");
    if is_missing_class {
        cause.advise("Correct storageClassName of the claim: kubectl get storageclass")
    } else {
        // The provisioner tries again.
        cause
            .may_pass()
            .advise("The message is the provisioner's, which tries again: mend what it names.")
    }
}
