//! Images that cannot be pulled, by the words of registries and runtimes.

use pod_model::{KubernetesVersion, Verdict};
use serde_json::json;

use crate::small::{assert_cause, judge, judge_with, own_event, waiting};

#[test]
fn the_name_of_an_image_tells_nothing_of_its_registry() {
    let failed = |image: &str, why: &str| {
        format!(
            "rpc error: code = X desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {why}"
        )
    };
    let image = |name: &str, why: &str| (name.to_owned(), failed(name, why));
    for ((name, message), verdict, id) in [
        (
            image(
                "registry.example/app:1.0.429",
                "registry.example/app:1.0.429: not found",
            ),
            Verdict::No,
            "image-not-found",
        ),
        (
            image(
                "registry.example/app:b403",
                "dial tcp 10.0.0.1:443: i/o timeout",
            ),
            Verdict::Unknown,
            "registry-unavailable",
        ),
        (
            image(
                "registry.example/app@sha256:aa401f",
                "dial tcp: lookup registry.example: Temporary failure in name resolution",
            ),
            Verdict::Unknown,
            "registry-unavailable",
        ),
        (
            image(
                "ghcr.io/forbidden-planet/app:1",
                "Get \"https://ghcr.io/v2/\": EOF",
            ),
            Verdict::Unknown,
            "registry-unavailable",
        ),
        (
            image(
                "unauthorized:1",
                "docker.io/library/unauthorized:1: not found",
            ),
            Verdict::No,
            "image-not-found",
        ),
        (
            image(
                "nginx:1",
                "unexpected status from HEAD request to https://a.b/v2/: 401 Unauthorized",
            ),
            Verdict::No,
            "image-pull-forbidden",
        ),
        (
            image(
                "nginx:1",
                "invalid status code from registry 403 (Forbidden)",
            ),
            Verdict::No,
            "image-pull-forbidden",
        ),
        (
            image(
                "nginx:1",
                "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"detail\":[{\"Name\":\"org/app\"}]}]}",
            ),
            Verdict::No,
            "image-pull-forbidden",
        ),
        (
            image("nginx:1", "unexpected status code 429"),
            Verdict::Unknown,
            "image-pull-rate-limited",
        ),
        (
            image(
                "nginx:1",
                "unexpected status from GET request to https://a.b/: 429 Too Many Requests",
            ),
            Verdict::Unknown,
            "image-pull-rate-limited",
        ),
        (
            image(
                "nginx:1",
                "unexpected status from HEAD request to https://a.b/: 503 Service Unavailable",
            ),
            Verdict::Unknown,
            "registry-unavailable",
        ),
        (
            image("nginx:1", "no match for platform in manifest: not found"),
            Verdict::No,
            "image-platform-missing",
        ),
    ] {
        let mut pod = waiting(300, "ErrImagePull", &message);
        pod["spec"]["containers"][0]["image"] = json!(name);
        let cause = assert_cause(&judge(&pod, &[]), verdict, id);
        assert!(cause.message.contains(&name), "{cause:?}");
    }
}

#[test]
fn an_event_that_stands_for_similar_ones_says_why_a_pull_fails() {
    let pod = waiting(
        3_000,
        "ImagePullBackOff",
        "Back-off pulling image \"nginx:1\"",
    );
    let message = "(combined from similar events): Failed to pull image \"nginx:1\": rpc error: code = NotFound desc = not found";
    let failed = own_event("Failed", message, 100, 5);
    assert_cause(&judge(&pod, &[failed]), Verdict::No, "image-not-found");
}

#[test]
fn an_image_that_is_never_pulled_may_be_there_for_other_credentials() {
    let message = "Container image \"nginx:1\" is not present with pull policy of Never";
    let pod = waiting(300, "ErrImageNeverPull", message);
    for (version, may_be_there) in [(34, false), (35, true)] {
        let version = KubernetesVersion::ALL
            .into_iter()
            .find(|own| own.to_string() == format!("1.{version}"));
        let diagnosis = judge_with(&pod, &[], version.unwrap(), None);
        let cause = assert_cause(&diagnosis, Verdict::No, "image-never-pulled");
        assert_eq!(
            cause.message.contains("credentials"),
            may_be_there,
            "{cause:?}"
        );
    }
}
