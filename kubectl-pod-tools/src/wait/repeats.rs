//! Repeated messages: printed in full once, and then as a count.

use std::collections::{HashMap, VecDeque};

use pod_model::status::message_pattern;

/// Number of messages that are remembered for each target.
const KEPT: usize = 32;

/// The messages that were printed about each target.
#[derive(Debug, Default)]
pub(super) struct Repeats(HashMap<usize, VecDeque<(String, u64)>>);

impl Repeats {
    /// Returns whether a message is the last one that was printed.
    pub(super) fn is_last(&self, of: usize, message: &str) -> bool {
        let last = self.0.get(&of).and_then(VecDeque::back);
        last.is_some_and(|(last, _)| *last == message_pattern(message))
    }

    /// Forgets the messages of one target.
    pub(super) fn forget(&mut self, of: usize) {
        self.0.remove(&of);
    }

    /// Counts a message and returns the number of times it came, this one included.
    pub(super) fn count(&mut self, of: usize, message: &str) -> u64 {
        let messages = self.0.entry(of).or_default();
        let pattern = message_pattern(message);
        let known = messages.iter().position(|(known, _)| *known == pattern);
        let before = known.and_then(|known| messages.remove(known));
        let times = before.map_or(1, |(_, times)| times + 1);
        if messages.len() == KEPT {
            messages.pop_front();
        }
        messages.push_back((pattern, times));
        times
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_printed_in_full_once_for_each_target() {
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
}
