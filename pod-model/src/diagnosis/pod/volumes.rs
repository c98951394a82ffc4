//! Volumes that keep a Pod from starting; only events say so.
//!
//! Upstream: pkg/kubelet/volumemanager, pkg/volume/util/operationexecutor, pkg/controller/volume/attachdetach;
//! `MakePayload` in pkg/volume/configmap/configmap.go and pkg/volume/secret/secret.go for keys.

use k8s_openapi::api::core::v1::{KeyToPath, Volume};

use crate::diagnosis::cause::Cause;
use crate::diagnosis::container::{key_of, missing_object};
use crate::diagnosis::event::PodEvent;
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
    // The kubelet waits for the volumes before it makes the sandbox, and for the sandbox before all else.
    if scene.is("PodReadyToStartContainers", "True") {
        return None;
    }
    let is_over = |event: &&PodEvent| {
        scene
            .last_step()
            .is_some_and(|step| event.last < Some(step))
    };
    let mut attach = scene.events(None, "FailedAttachVolume");
    attach.retain(|event| !is_over(event) && !is_attached(scene, event));
    let mut mount = scene.events(None, "FailedMount");
    mount.retain(|event| !is_over(event));
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
    } else if let Some(cause) = missing_key(scene, volume, message, &named) {
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
        let cause = Cause::new(
            &rows::CSI_DRIVER_MISSING,
            format!("{named} needs the CSI driver {driver}, which is not registered on the node"),
        )
        .advise(format!(
            "See whether the driver's DaemonSet runs on {}.",
            scene.node_name().unwrap_or("the node")
        ));
        if scene.awaits_agents() {
            cause.may_pass()
        } else {
            cause
        }
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

/// Returns true if the volume of an event has been attached since.
fn is_attached(scene: &Scene<'_>, failed: &PodEvent) -> bool {
    let volume = quoted_after(&failed.message, "for volume ");
    let done = scene.events(None, "SuccessfulAttachVolume");
    done.iter().any(|event| {
        event.last >= failed.last && quoted_after(&event.message, "for volume ") == volume
    })
}

/// `configmap references non-existent config key: K`, of which the volume alone tells the object.
fn missing_key(scene: &Scene<'_>, volume: &str, message: &str, noun: &str) -> Option<Cause> {
    let (row, kind, key) = if let Some(key) = word_after(message, "non-existent config key: ") {
        (&rows::CONFIG_MAP_KEY_MISSING, "ConfigMap", key)
    } else {
        let key = word_after(message, "non-existent secret key: ")?;
        (&rows::SECRET_KEY_MISSING, "Secret", key)
    };
    let mut volumes = scene.spec()?.volumes.iter().flatten();
    let volume = volumes.find(|own| own.name == volume)?;
    let name = object_with(volume, kind, key)?;
    Some(key_of(scene, row, kind, name, key, noun))
}

/// Returns the name of the ConfigMap or Secret of a volume that is to have a key.
fn object_with<'a>(volume: &'a Volume, kind: &str, key: &str) -> Option<&'a str> {
    let wants = |items: &Option<Vec<KeyToPath>>| items.iter().flatten().any(|item| item.key == key);
    let projected = volume.projected.iter();
    let mut sources = projected.flat_map(|own| own.sources.iter().flatten());
    if kind == "ConfigMap" {
        let direct = volume.config_map.as_ref().map(|own| own.name.as_str());
        direct.or_else(|| {
            let own =
                sources.find_map(|own| own.config_map.as_ref().filter(|own| wants(&own.items)));
            own.map(|own| own.name.as_str())
        })
    } else {
        let direct = volume
            .secret
            .as_ref()
            .and_then(|own| own.secret_name.as_deref());
        direct.or_else(|| {
            let own = sources.find_map(|own| own.secret.as_ref().filter(|own| wants(&own.items)));
            own.map(|own| own.name.as_str())
        })
    }
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
