//! Volumes that keep a Pod from starting; only events say so.
//!
//! Upstream: pkg/kubelet/volumemanager, pkg/volume/util/operationexecutor, pkg/controller/volume/attachdetach.

use crate::diagnosis::cause::Cause;
use crate::diagnosis::container::missing_object;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{quoted_after, word_after};

pub(in crate::diagnosis) fn cause(scene: &Scene<'_>) -> Option<Cause> {
    let containers = scene.containers();
    let has_begun = containers
        .iter()
        .any(|own| own.is_running() || own.latest_end().is_some());
    if scene.phase() != "Pending" || scene.node_name().is_none() || has_begun {
        return None;
    }
    let attach = scene.events(None, "FailedAttachVolume");
    let mount = scene.events(None, "FailedMount");
    let newest = mount
        .iter()
        .chain(&attach)
        .filter(|event| !event.message.starts_with("Unable to attach or mount"))
        .max_by_key(|event| event.last)
        .or_else(|| mount.first())?;
    let message = newest.message.as_str();
    let volume = quoted_after(message, "for volume ").unwrap_or_default();
    let named = if volume.is_empty() {
        "a volume of the Pod".to_owned()
    } else {
        format!("the volume {volume}")
    };
    let cause = if newest.reason == "FailedAttachVolume" {
        attaches(&named, message)
    } else if let Some(cause) = missing_object(message, &named) {
        cause
    } else if message.contains("hostPath type check failed") {
        let path = quoted_after(message, "path ")
            .or_else(|| word_after(message, "check failed: "))
            .or_else(|| word_after(message, "check failed, "))
            .unwrap_or("it names");
        Cause::new(
            &rows::HOST_PATH_MISSING,
            format!("{named} wants {path} of the node, which is not there, or is of another type"),
        )
        .advise("Create it on the node, or correct hostPath.path and hostPath.type (DirectoryOrCreate makes a directory).")
    } else if message.contains("list of registered CSI drivers") {
        let driver = word_after(message, "driver name ").unwrap_or("of the volume");
        Cause::new(
            &rows::CSI_DRIVER_MISSING,
            format!("{named} needs the CSI driver {driver}, which is not registered on the node"),
        )
        .advise(format!(
            "See whether the driver's DaemonSet runs on {}.",
            scene.node_name().unwrap_or("the node")
        ))
    } else {
        Cause::new(
            &rows::VOLUME_MOUNT_FAILS,
            format!("{named} cannot be mounted: {message}"),
        )
        .may_pass()
        .advise("The message is the storage driver's; the kubelet tries again by itself.")
    };
    Some(cause.shown_by([newest.evidence()]).since(newest.first))
}

fn attaches(named: &str, message: &str) -> Cause {
    let cause = Cause::new(
        &rows::VOLUME_ATTACH_FAILS,
        format!("{named} cannot be attached to the node: {message}"),
    );
    if message.contains("Multi-Attach") {
        cause
            .may_pass()
            .advise("Another Pod still uses it on another node: it is released when that Pod has ended, or six minutes after its node is gone.")
    } else {
        cause
            .may_pass()
            .advise("The message is the storage driver's; the controller tries again by itself.")
    }
}
