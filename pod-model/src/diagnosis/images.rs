//! The cause of an image that cannot be pulled, by the words of the registry and of the runtime.
//!
//! Upstream: `EnsureImageExists` in pkg/kubelet/images/image_manager.go; since 1.32 the message of
//! ImagePullBackOff carries the cause.

use super::cause::Cause;
use super::event::PodEvent;
use super::scene::{ContainerState, Scene};
use super::table as rows;

/// Returns the cause of a container that waits for its image; `None` for an unknown reason.
pub(super) fn image(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    reason: &str,
    message: &str,
) -> Option<Cause> {
    let noun = container.noun();
    let image = container.view.image.unwrap_or_default();
    let path = format!("{}.image", container.view.path);
    match reason {
        "InvalidImageName" => {
            return Some(
                Cause::new(
                    &rows::IMAGE_NAME_INVALID,
                    format!("{image} of {noun} is not the name of an image"),
                )
                .advise(format!(
                    "Correct {path}: names are in lower case, such as registry/name:tag."
                )),
            );
        }
        "ErrImageNeverPull" => {
            return Some(
                Cause::new(
                    &rows::IMAGE_NEVER_PULLED,
                    format!("the image {image} of {noun} is not on the node, and imagePullPolicy Never forbids to pull it"),
                )
                .advise("Set imagePullPolicy to IfNotPresent, or put the image on the node."),
            );
        }
        "ErrImagePull"
        | "ImagePullBackOff"
        | "ImageInspectError"
        | "RegistryUnavailable"
        | "SignatureValidationFailed" => {}
        _ => return None,
    }
    let failed = failed_pull(scene, container);
    // The back-off of older kubelets does not say why; the event does.
    let words = match failed {
        Some(event) if !says_why(message) => event.message.as_str(),
        _ => message,
    };
    let cause = by_words(&noun, image, &path, reason, words);
    Some(cause.shown_by(failed.map(PodEvent::evidence)))
}

fn failed_pull<'a>(scene: &Scene<'a>, container: &ContainerState<'_>) -> Option<&'a PodEvent> {
    let events = scene.events(Some(container.name()), "Failed");
    let mut pulls = events.into_iter();
    pulls.find(|event| event.message.starts_with("Failed to pull image"))
}

fn says_why(message: &str) -> bool {
    !matches!(kind(message), Kind::Other)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotFound,
    RateLimited,
    Forbidden,
    Unavailable,
    Other,
}

fn kind(message: &str) -> Kind {
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if has(&["429", "toomanyrequests", "too many requests", "rate limit"]) {
        Kind::RateLimited
    } else if has(&[
        "unauthorized",
        "authorization failed",
        "401",
        "403",
        "forbidden",
        "access denied",
        "denied:",
        "no basic auth",
        "insufficient_scope",
    ]) {
        Kind::Forbidden
    } else if has(&[
        "not found",
        "manifest unknown",
        "name unknown",
        "does not exist",
    ]) {
        Kind::NotFound
    } else if has(&[
        "connection refused",
        "i/o timeout",
        "no such host",
        "timeout exceeded",
        "deadline exceeded",
        "tls handshake",
        "network is unreachable",
        "no route to host",
        "connection reset",
        "unavailable",
        "500 ",
        "502 ",
        "503 ",
        "504 ",
        "eof",
    ]) {
        Kind::Unavailable
    } else {
        Kind::Other
    }
}

fn by_words(noun: &str, image: &str, path: &str, reason: &str, words: &str) -> Cause {
    match kind(words) {
        Kind::NotFound => Cause::new(
            &rows::IMAGE_NOT_FOUND,
            format!("the registry has no image {image}, which {noun} needs"),
        )
        .advise(format!("Correct the name or the tag ({path}), or push the image; the kubelet tries again by itself.")),
        Kind::Forbidden => Cause::new(
            &rows::IMAGE_PULL_FORBIDDEN,
            format!("the registry refuses the image {image} of {noun} to these credentials, or to none"),
        )
        .advise("Give the Pod credentials that may read it (imagePullSecrets, or those of its ServiceAccount), and look whether the name is right."),
        Kind::RateLimited => Cause::new(
            &rows::IMAGE_PULL_RATE_LIMITED,
            format!("the registry allows no more pulls for now (429), so that {noun} does not get {image}"),
        )
        .may_pass()
        .advise("Wait for the limit, log in to the registry (imagePullSecrets), or use a mirror."),
        Kind::Unavailable => Cause::new(
            &rows::REGISTRY_UNAVAILABLE,
            format!("the registry of {image}, which {noun} needs, does not answer as it should"),
        )
        .may_pass()
        .advise("See whether the node reaches the registry; the kubelet tries again by itself."),
        Kind::Other if reason == "RegistryUnavailable" => Cause::new(
            &rows::REGISTRY_UNAVAILABLE,
            format!("the registry of {image}, which {noun} needs, does not answer as it should"),
        )
        .may_pass()
        .advise("See whether the node reaches the registry; the kubelet tries again by itself."),
        Kind::Other => Cause::new(
            &rows::IMAGE_PULL_FAILS,
            format!("the image {image} of {noun} cannot be pulled"),
        )
        .may_pass()
        .advise("The message has the registry's words; the kubelet tries again by itself."),
    }
}
