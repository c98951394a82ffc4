//! The parts of a message that stay the same when it is repeated.

/// Prefix of the message of an event that combines several
/// (k8s.io/client-go/tools/record, `EventAggregator`).
pub(super) const COMBINED: &str = "(combined from similar events): ";
/// Number of characters of a repeated message that are shown.
const SHORT: usize = 60;
/// Letters of the random suffix of a generated name (apimachinery, `rand.String`).
const RANDOM: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
/// Length of that suffix.
const RANDOM_LENGTH: usize = 5;

/// Returns a message without the parts that differ each time: the random suffix of a
/// generated name (`pods "web-x7k2p" is forbidden`, `Pod/one/web-x7k2p was blocked`), the
/// used amount of a quota (apiserver/pkg/admission/plugin/resourcequota,
/// `used: pods=3`), the source port of a probe (`10.0.0.1:49530->10.0.0.2:80`), and the
/// prefix of combined events.
pub fn message_pattern(message: &str) -> String {
    let message = message.strip_prefix(COMBINED).unwrap_or(message);
    let is_end = |c: char| !(c.is_alphanumeric() || matches!(c, '-' | '.'));
    let named = message.split_inclusive(is_end).flat_map(|part| {
        let name = part.strip_suffix(is_end).unwrap_or(part);
        [without_random_suffix(name), &part[name.len()..]]
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

fn without_random_suffix(name: &str) -> &str {
    match name.trim_end_matches('.').rsplit_once('-') {
        Some((base, end))
            if end.len() == RANDOM_LENGTH && end.bytes().all(|b| RANDOM.contains(&b)) =>
        {
            base
        }
        _ => name,
    }
}

/// Returns the beginning of a message that was reported before, with its count.
pub fn with_count(message: &str, times: u64) -> String {
    match message.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}… ({times} times)", &message[..end]),
        None => format!("{message} ({times} times)"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_parts_do_not_make_another_message() {
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
            assert_eq!(message_pattern(one), message_pattern(other));
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
            assert_ne!(message_pattern(one), message_pattern(other));
        }
    }

    #[test]
    fn a_repeated_message_is_short() {
        assert_eq!(with_count("short", 2), "short (2 times)");
        assert_eq!(
            with_count(&"é".repeat(100), 7),
            format!("{}… (7 times)", "é".repeat(SHORT))
        );
    }
}
