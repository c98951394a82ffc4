//! The API's rules name fields; whoever types flags wants the flag.

/// A field as rules name it, and what writes it.
const FLAGS: &[(&str, &str)] = &[
    ("`completionMode: Indexed`", "--indexed"),
    ("`completions`", "--completions"),
    ("`backoffLimitPerIndex`", "--backoff-limit-per-index"),
    ("`restartPolicy: Never`", "--restart=Never"),
    ("`hostUsers: false`", "--user-namespace"),
    ("`serviceAccountName`", "--service-account"),
    ("`effect: NoExecute`", "KEY:NoExecute"),
];

/// The way out, with the flag that writes what it asks for. Where there is no
/// way out, what the message misses is one.
pub(super) fn with_flags(message: &str, help: Option<String>) -> Option<String> {
    let named = |text: &str| {
        let mut flags = FLAGS.iter().filter(|(field, _)| text.contains(field));
        flags.next().map(|(_, flag)| *flag)
    };
    match help {
        Some(help) if help.starts_with("set ") => Some(match named(&help) {
            Some(flag) => format!("{help}: {flag}"),
            None => help,
        }),
        Some(help) => Some(help),
        None if message.contains(" needs ") => {
            let missing = message.rsplit(" needs ").next().unwrap_or_default();
            named(missing).map(|flag| format!("add {flag}"))
        }
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::flags::all;
    use super::*;

    #[test]
    fn the_flag_stands_behind_the_field() {
        for (message, help, expected) in [
            (
                "a",
                Some("set `completionMode: Indexed`"),
                Some("set `completionMode: Indexed`: --indexed"),
            ),
            (
                "a",
                Some("leave `completions` out"),
                Some("leave `completions` out"),
            ),
            ("a", Some("set `hostname`"), Some("set `hostname`")),
            (
                "`maxFailedIndexes` needs `backoffLimitPerIndex` beside it",
                None,
                Some("add --backoff-limit-per-index"),
            ),
            ("`completions` is negative", None, None),
        ] {
            let told = with_flags(message, help.map(str::to_owned));
            assert_eq!(told.as_deref(), expected, "{message}");
        }
    }

    #[test]
    fn each_flag_is_there() {
        for (_, flag) in FLAGS {
            let Some(name) = flag.strip_prefix("--") else {
                continue;
            };
            let name = name.split('=').next();
            assert!(all().any(|(_, flag)| Some(flag.name) == name), "{flag}");
        }
    }
}
