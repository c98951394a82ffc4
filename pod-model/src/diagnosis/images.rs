//! The cause of an image that cannot be pulled, by the words of the registry and of the runtime.
//!
//! Upstream: `EnsureImageExists` in pkg/kubelet/images/image_manager.go; since 1.32 the message of
//! ImagePullBackOff carries the cause. ErrImageNeverPull says the same of an image that these credentials may not use
//! (`imageNotPresentOnNeverPolicyError`).

use super::cause::Cause;
use super::event::PodEvent;
use super::scene::{ContainerState, Scene};
use super::table as rows;
use crate::features::Gate;

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
            return Some(never_pulled(scene, &noun, image));
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
        Some(event) if kind(message, image) == Kind::Other => event.message.as_str(),
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

fn never_pulled(scene: &Scene<'_>, noun: &str, image: &str) -> Cause {
    let checks_credentials = Gate::KubeletEnsureSecretPulledImages.is_on(scene.version);
    let (missing, advice) = if checks_credentials {
        (
            "is not on the node, or is there and may not be used with the credentials of this Pod",
            "Set imagePullPolicy to IfNotPresent, put the image on the node, or give the Pod the imagePullSecrets that it was pulled with.",
        )
    } else {
        (
            "is not on the node",
            "Set imagePullPolicy to IfNotPresent, or put the image on the node.",
        )
    };
    Cause::new(
        &rows::IMAGE_NEVER_PULLED,
        format!(
            "the image {image} of {noun} {missing}, and imagePullPolicy Never forbids to pull it"
        ),
    )
    .advise(advice)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    NotFound,
    OtherPlatform,
    RateLimited,
    Forbidden,
    Unavailable,
    Other,
}

/// Returns the words of a message that are no names: an image, its digest or a host may be called anything.
fn without_names<'a>(message: &'a str, image: &str) -> Vec<&'a str> {
    let is_punctuation = |c: char| matches!(c, ':' | ';' | '.' | '(' | ')' | '[' | ']');
    let words =
        message.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '\\'));
    let is_name = |word: &str| {
        let bare = word.trim_matches(is_punctuation);
        let has_path = word.contains('/') && !bare.eq_ignore_ascii_case("i/o");
        has_path || bare == image || bare.contains('.') || bare.contains('@')
    };
    words
        .filter(|word| !word.is_empty() && !is_name(word))
        .collect()
}

/// Returns true if a status code of HTTP stands among words: `401 Unauthorized`, `status code: 429`.
fn has_code(words: &[&str], codes: &[(&str, &str)]) -> bool {
    let is_bare = |word: &str, code: &str| word.trim_matches(|c: char| !c.is_ascii_digit()) == code;
    words.iter().enumerate().any(|(at, word)| {
        codes.iter().any(|(code, phrase)| {
            let follows = words
                .get(at + 1)
                .is_some_and(|next| next.trim_start_matches('(').starts_with(phrase));
            let before = &words[at.saturating_sub(4)..=at];
            is_bare(word, code) && (follows || before.iter().any(|own| own.contains("status")))
        })
    })
}

fn kind(message: &str, image: &str) -> Kind {
    let lower = message.to_lowercase();
    let words = without_names(&lower, &image.to_lowercase());
    let lower = words.join(" ");
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    let has_code = |codes: &[(&str, &str)]| has_code(&words, codes);
    if has_code(&[("429", "too")]) || has(&["toomanyrequests", "too many requests", "rate limit"]) {
        Kind::RateLimited
    } else if has_code(&[("401", "unauthorized"), ("403", "forbidden")])
        || has(&[
            "unauthorized",
            "authorization failed",
            "forbidden",
            "access denied",
            "denied:",
            "no basic auth",
            "insufficient_scope",
        ])
    {
        Kind::Forbidden
    } else if has(&[
        "no match for platform",
        "no matching manifest for",
        "no image found in image index for architecture",
        "no image found in manifest list for architecture",
    ]) {
        Kind::OtherPlatform
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
        "temporary failure in name resolution",
        "server misbehaving",
        "timeout exceeded",
        "deadline exceeded",
        "tls handshake",
        "network is unreachable",
        "no route to host",
        "connection reset",
        "unavailable",
    ]) || has_code(&[
        ("500", "internal"),
        ("502", "bad"),
        ("503", "service"),
        ("504", "gateway"),
    ]) || words.iter().any(|word| word.trim_end_matches(':') == "eof")
    {
        Kind::Unavailable
    } else {
        Kind::Other
    }
}

fn by_words(noun: &str, image: &str, path: &str, reason: &str, words: &str) -> Cause {
    match kind(words, image) {
        Kind::OtherPlatform => Cause::new(
            &rows::IMAGE_PLATFORM_MISSING,
            format!("the registry has {image}, which {noun} needs, but not for the architecture of the node"),
        )
        .advise(format!("Build and push the image for that architecture, too, or choose nodes that it is for (nodeSelector kubernetes.io/arch), or correct {path}.")),
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
