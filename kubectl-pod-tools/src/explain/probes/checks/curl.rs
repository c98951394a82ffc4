//! Command lines of `curl` in probes.

/// Options of `curl` that take no value, and change no exit code that depends on the status.
const QUIET_OPTIONS: [&str; 9] = [
    "--silent",
    "--show-error",
    "--insecure",
    "--location",
    "--include",
    "--globoff",
    "--verbose",
    "--ipv4",
    "--ipv6",
];

/// Returns true for a `curl` of HTTP whose exit code does not depend on the status of the answer.
pub(super) fn accepts_all_statuses<'a>(words: impl IntoIterator<Item = &'a str>) -> bool {
    let mut words = words.into_iter();
    let program = words.next().and_then(|word| word.rsplit('/').next());
    if program != Some("curl") {
        return false;
    }
    let mut has_url = false;
    for word in words {
        match word.strip_prefix('-') {
            Some(long) if long.starts_with('-') => {
                if !QUIET_OPTIONS.contains(&word) {
                    return false;
                }
            }
            Some(letters) => {
                if !letters.bytes().all(|letter| b"sSkLigv46".contains(&letter)) {
                    return false;
                }
            }
            None => {
                let word = word.trim_matches(['"', '\'']);
                let other = word.contains("://")
                    && !["http://", "https://"]
                        .iter()
                        .any(|scheme| word.starts_with(scheme));
                if other || word.contains(['>', '<', '|', '&', ';', '`', '$']) || has_url {
                    return false;
                }
                has_url = true;
            }
        }
    }
    has_url
}
