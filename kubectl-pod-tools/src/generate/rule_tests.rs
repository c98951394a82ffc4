//! Runs the examples of the rules of flags.

use pod_model::rules::{self, Rule};

use super::flags::PodFlags;
use super::flags::testing::generate_from_words;

/// Returns the rules that a command line breaks.
fn broken(command: &str) -> Vec<&'static Rule> {
    let words = shlex::split(command).unwrap();
    let (head, words) = words.split_at(3);
    assert_eq!(head, ["kubectl", "create", "pod"], "{command}");
    match generate_from_words::<PodFlags>(words) {
        Ok(_) => Vec::new(),
        Err(wrong) => wrong.iter().map(|placed| placed.finding.rule()).collect(),
    }
}

#[test]
fn bad_command_breaks_its_rule_and_good_one_none() {
    let mut topics = rules::TOPICS.iter();
    let topic = topics
        .find(|topic| topic.title == "Flags of create")
        .unwrap();
    assert!(topic.rules.len() >= 4);
    for rule in topic.rules {
        let bad = broken(rule.bad.text());
        assert!(bad.contains(rule), "{rule:?}: {bad:?}");
        assert_eq!(broken(rule.good.text()), [] as [&Rule; 0], "{rule:?}");
    }
}
