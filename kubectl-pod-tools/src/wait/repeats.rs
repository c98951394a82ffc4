//! Messages that come again: once in full, and then as a count.

use std::collections::{HashMap, VecDeque};

/// What stands before the last of the messages that an event was made of
/// (k8s.io/client-go/tools/record, `EventAggregator`).
pub(super) const COMBINED: &str = "(combined from similar events): ";
/// Messages that are remembered of one target.
const KEPT: usize = 32;
/// Letters of a message that is told again.
const SHORT: usize = 60;
/// Letters of the random end of a generated name (apimachinery, `rand.String`).
const RANDOM: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
const RANDOM_LENGTH: usize = 5;

/// A message without what is another each time: the random end of a generated name
/// (`pods "web-x7k2p" is forbidden`, `Pod/one/web-x7k2p was blocked`), what of a quota is
/// used by now (apiserver/pkg/admission/plugin/resourcequota, `used: pods=3`), the port
/// that a probe came from (`10.0.0.1:49530->10.0.0.2:80`), and [`COMBINED`].
pub(super) fn pattern(message: &str) -> String {
    let message = message.strip_prefix(COMBINED).unwrap_or(message);
    let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.'));
    let named = message.split_inclusive(is_end).flat_map(|part| {
        let name = part.strip_suffix(is_end).unwrap_or(part);
        [without_random_end(name), &part[name.len()..]]
    });
    let named: String = named.collect();
    let counted = match named.split_once(", used: ") {
        Some((before, after)) if before.contains("exceeded quota: ") => {
            let limits = after.find(", limited: ").unwrap_or(0);
            format!("{before}{}", &after[limits..])
        }
        _ => named,
    };
    let mut rest = counted.as_str();
    let mut ported = String::with_capacity(rest.len());
    while let Some((before, after)) = rest.split_once("->") {
        ported.push_str(before.trim_end_matches(|c: char| c.is_ascii_digit()));
        ported.push_str("->");
        rest = after;
    }
    ported.push_str(rest);
    ported
}

fn without_random_end(name: &str) -> &str {
    match name.trim_end_matches('.').rsplit_once('-') {
        Some((base, end))
            if end.len() == RANDOM_LENGTH && end.bytes().all(|b| RANDOM.contains(&b)) =>
        {
            base
        }
        _ => name,
    }
}

/// A message that was told before, shortly and with its count.
pub(super) fn again(message: &str, times: u64) -> String {
    match message.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}… ({times} times)", &message[..end]),
        None => format!("{message} ({times} times)"),
    }
}

/// What was told of each target.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashMap<usize, VecDeque<(String, u64)>>);

impl Repeats {
    /// Whether a message is what was told last.
    pub(super) fn is_last(&self, of: usize, message: &str) -> bool {
        let last = self.0.get(&of).and_then(VecDeque::back);
        last.is_some_and(|(last, _)| *last == pattern(message))
    }

    /// Takes what was told of one for never said.
    pub(super) fn forget(&mut self, of: usize) {
        self.0.remove(&of);
    }

    /// Counts a message: how often it came, this time included.
    pub(super) fn count(&mut self, of: usize, message: &str) -> u64 {
        let told = self.0.entry(of).or_default();
        let pattern = pattern(message);
        let known = told.iter().position(|(known, _)| *known == pattern);
        let before = known.and_then(|known| told.remove(known));
        let times = before.map_or(1, |(_, times)| times + 1);
        if told.len() == KEPT {
            told.pop_front();
        }
        told.push_back((pattern, times));
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_random_makes_no_other_message() {
        for (one, other) in [
            (
                "Error creating: pods \"web-x7k2p\" is forbidden: exceeded quota: q",
                "Error creating: pods \"web-b4d9z\" is forbidden: exceeded quota: q",
            ),
            (
                "pods \"web-5d9c-x7k2p\" is forbidden",
                "(combined from similar events): pods \"web-5d9c-qqqqq\" is forbidden",
            ),
            (
                "admission webhook \"validate.kyverno.svc-fail\" denied the request: resource Pod/one/web-x7k2p was blocked",
                "admission webhook \"validate.kyverno.svc-fail\" denied the request: resource Pod/one/web-b4d9z was blocked",
            ),
            (
                "create Pod web-x7k2p in StatefulSet web failed: pods 'web-5d9c-qqqqq', web-x7k2p.",
                "create Pod web-b4d9z in StatefulSet web failed: pods 'web-5d9c-x7k2p', web-b4d9z.",
            ),
            (
                "pods \"j-x7k2p\" is forbidden: exceeded quota: q, requested: cpu=1, used: cpu=900m, limited: cpu=1",
                "pods \"j-b4d9z\" is forbidden: exceeded quota: q, requested: cpu=1, used: cpu=1, limited: cpu=1",
            ),
            (
                "read tcp 10.0.0.1:49530->10.0.0.2:80: read: connection reset by peer",
                "read tcp 10.0.0.1:40012->10.0.0.2:80: read: connection reset by peer",
            ),
        ] {
            assert_eq!(pattern(one), pattern(other));
        }
        for (one, other) in [
            ("statuscode: 500", "statuscode: 503"),
            ("pods \"web-first\" is", "pods \"web-other\" is"),
            ("pods \"web-x7k2p\" is a", "pods \"web-x7k2p\" is b"),
            ("10.0.0.1:1->10.0.0.2:80", "10.0.0.1:1->10.0.0.2:81"),
            (
                "exceeded quota: q, requested: cpu=1, used: cpu=1, limited: cpu=1",
                "exceeded quota: q, requested: cpu=1, used: cpu=1, limited: cpu=2",
            ),
            ("ready, used: 1, limited: 2", "ready, used: 2, limited: 2"),
            (
                "Pod/one/web-x7k2p was blocked",
                "Pod/two/web-x7k2p was blocked",
            ),
        ] {
            assert_ne!(pattern(one), pattern(other));
        }
    }

    #[test]
    fn a_message_is_told_in_full_once_for_each_target() {
        let mut repeats = Repeats::default();
        let messages = ["a", "a", "b", "a", "a", "b", "a"];
        let times: Vec<_> = messages.map(|m| repeats.count(0, m)).to_vec();
        assert_eq!(times, [1, 2, 1, 3, 4, 2, 5]);
        assert_eq!(repeats.count(1, "a"), 1);
        assert!(repeats.is_last(0, "a") && !repeats.is_last(0, "b"));
        for n in 0..1000 {
            assert_eq!(repeats.count(0, &n.to_string()), 1);
        }
        assert!(repeats.0[&0].len() <= KEPT);
    }

    #[test]
    fn what_is_told_again_is_short() {
        assert_eq!(again("short", 2), "short (2 times)");
        assert_eq!(
            again(&"é".repeat(100), 7),
            format!("{}… (7 times)", "é".repeat(SHORT))
        );
    }
}
