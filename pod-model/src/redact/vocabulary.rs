//! Words that stay: those of which Kubernetes' own messages, reasons and keys are made.

use std::collections::HashSet;
use std::sync::OnceLock;

/// One lower-case word a line.
const WORDS: &str = include_str!("vocabulary.txt");

/// Names that every cluster has.
const WELL_KNOWN: [&str; 17] = [
    "default",
    "kube-system",
    "kube-public",
    "kube-node-lease",
    "default-scheduler",
    "kubelet",
    "kube-scheduler",
    "kube-controller-manager",
    "kube-apiserver",
    "kube-root-ca.crt",
    "kube-api-access",
    "foregroundDeletion",
    "orphan",
    "docker.io",
    "ghcr.io",
    "quay.io",
    "registry.k8s.io",
];

fn words() -> &'static HashSet<&'static str> {
    static ALL: OnceLock<HashSet<&'static str>> = OnceLock::new();
    ALL.get_or_init(|| WORDS.lines().collect())
}

/// Returns whether a name is one that every cluster has.
pub(super) fn is_well_known(name: &str) -> bool {
    WELL_KNOWN.contains(&name)
}

/// Returns whether a token is made of the words of messages: `BackOff`, `back-off`, `couldn't`.
pub(super) fn is_message_word(token: &str) -> bool {
    let mut parts = token.split(['-', '.', '_']).filter(|part| !part.is_empty());
    parts.all(|part| humps(part).all(|word| words().contains(word.to_ascii_lowercase().as_str())))
}

/// Returns whether a token is a single word of messages, which a name may be, too.
pub(super) fn is_plain_word(token: &str) -> bool {
    words().contains(token)
}

/// Splits `OOMKilled` into `OOM` and `Killed`.
fn humps(token: &str) -> impl Iterator<Item = &str> {
    let bytes = token.as_bytes();
    let is_upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let is_lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    let mut start = 0;
    let mut at = 0;
    std::iter::from_fn(move || {
        if start >= token.len() {
            return None;
        }
        loop {
            at += 1;
            let begins = is_upper(at) && (!is_upper(at - 1) || is_lower(at + 1));
            if at >= token.len() || begins && token.is_char_boundary(at) {
                let word = token.get(start..at);
                start = at;
                return word;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_messages_are_known_in_all_their_forms() {
        for known in [
            "CrashLoopBackOff",
            "OOMKilled",
            "ContainerStatusUnknown",
            "FailedScheduling",
            "back-off",
            "persistentvolumeclaim",
            "PodReadyToStartContainers",
        ] {
            assert!(is_message_word(known), "{known}");
        }
        for unknown in ["acme", "AcmeFailed", "back-acme", "zürich", "Ünder"] {
            assert!(!is_message_word(unknown), "{unknown}");
        }
    }

    #[test]
    fn the_list_is_sorted_and_has_each_word_once() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.is_sorted_by(|one, next| one < next));
        assert!(words.iter().all(|word| !word.is_empty() && word.is_ascii()));
    }
}
