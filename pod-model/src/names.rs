//! The syntax of names and similar values. Each check returns the requirement that a
//! text breaks, as a phrase such as "must not be empty".
//!
//! Upstream: `k8s.io/apimachinery/pkg/util/validation`, `…/pkg/api/validation`
//! and `…/pkg/api/validate/content`. Lengths are bytes, as there.

/// A check that returns the requirement a text breaks, or `None` if it is valid.
pub type Check = fn(&str) -> Option<String>;

const LABEL_MOST: usize = 63;
const SUBDOMAIN_MOST: usize = 253;

fn is_small(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// Returns whether a text begins and ends with `edge` and has only `inner` between.
fn is_shaped(text: &str, edge: fn(u8) -> bool, inner: fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    match bytes {
        [] => false,
        [only] => edge(*only),
        [first, between @ .., last] => {
            edge(*first) && edge(*last) && between.iter().all(|b| edge(*b) || inner(*b))
        }
    }
}

fn is_label(text: &str) -> bool {
    is_shaped(text, is_small, |b| b == b'-')
}

fn is_subdomain(text: &str) -> bool {
    text.split('.').all(is_label)
}

/// Combines the checks of length and characters.
fn sized(text: &str, most: usize, sound: bool, otherwise: &str) -> Option<String> {
    match (text.len() > most, sound) {
        (false, true) => None,
        (true, true) => Some(format!("must be no more than {most} characters")),
        (false, false) => Some(otherwise.to_owned()),
        (true, false) => Some(format!(
            "must be no more than {most} characters, and {otherwise}"
        )),
    }
}

/// Upstream: `IsDNS1123Label`.
pub fn dns_label(text: &str) -> Option<String> {
    let is_label = is_label(text);
    let otherwise = if !is_label && is_subdomain(text) {
        "must not contain dots"
    } else {
        "must consist of lower-case letters, digits and `-`, and start and end with a letter or digit"
    };
    sized(text, LABEL_MOST, is_label, otherwise)
}

/// Upstream: `IsDNS1123Subdomain`, `NameIsDNSSubdomain`.
pub fn dns_subdomain(text: &str) -> Option<String> {
    let otherwise = "must consist of lower-case letters, digits, `-` and `.`, and each part must start and end with a letter or digit";
    sized(text, SUBDOMAIN_MOST, is_subdomain(text), otherwise)
}

/// A subdomain in any case. Upstream: `ValidateCSIDriverName`.
pub(crate) fn dns_subdomain_of_any_case(text: &str) -> Option<String> {
    dns_subdomain(&text.to_lowercase())
}

/// Upstream: `IsDNS1123SubdomainWithUnderscore`.
pub(crate) fn dns_search(text: &str) -> Option<String> {
    let sound = text.split('.').all(|part| {
        let part = part.strip_prefix('_').unwrap_or(part);
        is_shaped(part, is_small, |b| matches!(b, b'-' | b'_'))
    });
    let otherwise = "must consist of lower-case letters, digits, `-`, `_` and `.`, and each part must start and end with a letter or digit";
    sized(text, SUBDOMAIN_MOST, sound, otherwise)
}

/// A prefix of a generated name.
///
/// Upstream: `maskTrailingDash`, which ignores the last two characters.
pub(crate) fn dns_subdomain_prefix(text: &str) -> Option<String> {
    if text.len() > 1 && text.is_ascii() && text.ends_with('-') {
        return dns_subdomain(&format!("{}a", &text[..text.len() - 2]));
    }
    dns_subdomain(text)
}

fn is_key_part(text: &str) -> bool {
    is_shaped(
        text,
        |b| b.is_ascii_alphanumeric(),
        |b| matches!(b, b'-' | b'_' | b'.'),
    )
}

/// A key of labels: `[PREFIX/]NAME`. Upstream: `IsLabelKey`, `IsQualifiedName`.
pub fn label_key(text: &str) -> Option<String> {
    const LETTERS: &str = "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
    let mut parts = text.split('/');
    let (prefix, name) = match (parts.next(), parts.next(), parts.next()) {
        (Some(name), None, _) => (None, name),
        (Some(prefix), Some(name), None) => (Some(prefix), name),
        _ => return Some("must be NAME or DOMAIN/NAME".to_owned()),
    };
    let mut wrong = Vec::new();
    match prefix {
        Some("") => wrong.push("must have a domain before the `/`".to_owned()),
        Some(prefix) => {
            wrong.extend(dns_subdomain(prefix).map(|w| format!("its domain {w}")));
        }
        None => {}
    }
    if name.is_empty() {
        wrong.push("must have a name".to_owned());
    } else if name.len() > LABEL_MOST {
        wrong.push(format!(
            "its name must be no more than {LABEL_MOST} characters"
        ));
    } else if !is_key_part(name) {
        wrong.push(LETTERS.to_owned());
    }
    (!wrong.is_empty()).then(|| wrong.join(", and "))
}

/// Upstream: `ValidateAnnotations`, which ignores the case.
pub fn annotation_key(text: &str) -> Option<String> {
    label_key(&text.to_lowercase())
}

/// Upstream: `IsLabelValue`.
pub(crate) fn label_value(text: &str) -> Option<String> {
    let otherwise = "must be empty, or consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit";
    sized(
        text,
        LABEL_MOST,
        text.is_empty() || is_key_part(text),
        otherwise,
    )
}

/// Upstream: `IsRelaxedEnvVarName`.
pub fn env_name(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some("must not be empty".to_owned());
    }
    let sound = text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'=');
    (!sound).then(|| "must consist of printable ASCII characters other than `=`".to_owned())
}

/// A variable name for servers before 1.32. Upstream: `IsEnvVarName`.
pub fn strict_env_name(text: &str) -> Option<String> {
    let letter = |b: u8| b.is_ascii_alphabetic() || matches!(b, b'-' | b'.' | b'_');
    let sound = text.bytes().all(|b| letter(b) || b.is_ascii_digit())
        && text.bytes().next().is_some_and(letter);
    if !sound {
        let wrong = "must consist of letters, digits, `_`, `-` and `.`, and not start with a digit";
        return Some(wrong.to_owned());
    }
    not_a_directory(text)
}

/// Upstream: `IsConfigMapKey`.
pub fn config_map_key(text: &str) -> Option<String> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
    let sound = !text.is_empty() && text.bytes().all(sound);
    let otherwise = "must consist of letters, digits, `-`, `_` and `.`";
    sized(text, SUBDOMAIN_MOST, sound, otherwise).or_else(|| not_a_directory(text))
}

/// Upstream: `hasChDirPrefix`.
fn not_a_directory(text: &str) -> Option<String> {
    if text == "." {
        return Some("must not be `.`".to_owned());
    }
    text.starts_with("..")
        .then(|| "must not start with `..`".to_owned())
}

/// Upstream: `IsValidPortName`.
pub(crate) fn port_name(text: &str) -> Option<String> {
    if text.len() > 15 {
        return Some("must be no more than 15 characters".to_owned());
    }
    let wrong = if text.is_empty() || !text.bytes().all(|b| is_small(b) || b == b'-') {
        "must consist of lower-case letters, digits and `-`"
    } else if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        "must contain a letter"
    } else if text.contains("--") {
        "must not contain `--`"
    } else if text.starts_with('-') || text.ends_with('-') {
        "must start and end with a letter or digit"
    } else {
        return None;
    };
    Some(wrong.to_owned())
}

/// Upstream: `IsHTTPHeaderName`.
pub(crate) fn header_name(text: &str) -> Option<String> {
    let sound = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let sound = !text.is_empty() && text.bytes().all(sound);
    (!sound).then(|| "must consist of letters, digits and `-`".to_owned())
}

/// A name of a sysctl.
///
/// Upstream: `IsValidSysctlName`.
pub(crate) fn sysctl(text: &str) -> Option<String> {
    let part = |part: &str| is_shaped(part, is_small, |b| matches!(b, b'-' | b'_'));
    let sound = text.split(['.', '/']).all(part);
    let otherwise = "must consist of lower-case letters, digits, `-`, `_`, `.` and `/`, and each part must start and end with a letter or digit";
    sized(text, SUBDOMAIN_MOST, sound, otherwise)
}

/// Returns a hint with a valid name close to a text: in lower case, with `-` for invalid
/// characters.
pub(crate) fn similar_label(text: &str) -> Option<String> {
    if text.len() > LABEL_MOST {
        return None;
    }
    let letters = text.chars().map(|c| match c.to_ascii_lowercase() {
        c if c.is_ascii_lowercase() || c.is_ascii_digit() => c,
        _ => '-',
    });
    let name: String = letters.collect();
    let name = name.trim_matches('-');
    is_label(name).then(|| format!("use `{name}`"))
}

/// Returns the message for an invalid value, such as "invalid container name `Web!`: …".
pub fn invalid_message(value: &str, what: &str, wrong: &str) -> String {
    match value {
        "" => format!("empty {what}: {wrong}"),
        _ => format!("invalid {what} {}: {wrong}", quoted(value)),
    }
}

/// Quotes a value, cut to a readable length and without characters that a terminal would
/// act on.
pub(crate) fn quoted(value: &str) -> String {
    const LONGEST: usize = 80;
    let (shown, more) = match value.char_indices().nth(LONGEST) {
        Some((end, _)) => (&value[..end], "…"),
        None => (value, ""),
    };
    let mut out = String::with_capacity(shown.len() + 2);
    for c in shown.chars() {
        match c {
            '"' | '\'' | '\\' => out.push(c),
            c => out.extend(c.escape_debug()),
        }
    }
    format!("`{out}{more}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_accept_valid_and_refuse_invalid_names() {
        let long = "a".repeat(64);
        let cases: [(Check, &[&str], &[&str]); 8] = [
            (
                dns_label,
                &["a", "a-b", "0"],
                &["", "A", "a.b", "-a", "a-", &long, "é"],
            ),
            (
                dns_subdomain,
                &["a", "a.b-c", &long],
                &["", "a..b", ".a", "a.", "a_b"],
            ),
            (
                label_key,
                &["a", "A_b.c", "x.io/a"],
                &["", "/a", "a/", "a/b/c", "X/a", "-a", &long],
            ),
            (label_value, &["", "a", "A.b"], &["a b", "-", &long]),
            (
                env_name,
                &["A", "a b", "1", "b-c"],
                &["", "a=b", "é", "a\tb"],
            ),
            (
                config_map_key,
                &["a.b_C-d", ".a"],
                &["", "a/b", "..", "..a", "."],
            ),
            (
                port_name,
                &["http", "a-1"],
                &["", "8080", "a--b", "-a", "HTTP", "a234567890123456"],
            ),
            (
                sysctl,
                &["net.ipv4.tcp_syncookies", "net/a.b"],
                &["", "net..a", "Net.a", "_a"],
            ),
        ];
        for (number, (check, good, bad)) in cases.into_iter().enumerate() {
            for text in good {
                assert_eq!(check(text), None, "{number}: {text}");
            }
            for text in bad {
                assert!(check(text).is_some(), "{number}: {text}");
            }
        }
    }

    #[test]
    fn quoted_values_are_short_and_harmless() {
        assert_eq!(quoted(r#"it's "a\b" é"#), r#"`it's "a\b" é`"#);
        assert_eq!(quoted("\u{1b}[31m\u{202e}\n"), r"`\u{1b}[31m\u{202e}\n`");
        assert_eq!(quoted(&"x".repeat(81)), format!("`{}…`", "x".repeat(80)));
    }

    #[test]
    fn env_names_differ_by_version_and_from_keys() {
        // name, up to 1.31, from 1.32 on, key of a ConfigMap
        let table = [
            ("A", true, true, true),
            ("_", true, true, true),
            ("db-url", true, true, true),
            ("my.name", true, true, true),
            ("-", true, true, true),
            (".a", true, true, true),
            (".", false, true, false),
            ("..", false, true, false),
            ("..a", false, true, false),
            ("9A", false, true, true),
            ("", false, false, false),
            ("a b", false, true, false),
            ("a=b", false, false, false),
            ("a\t", false, false, false),
            ("a\u{7f}", false, false, false),
            ("é", false, false, false),
            ("$(A)", false, true, false),
        ];
        for (name, strict, relaxed, key) in table {
            assert_eq!(strict_env_name(name).is_none(), strict, "strict {name:?}");
            assert_eq!(env_name(name).is_none(), relaxed, "relaxed {name:?}");
            assert_eq!(config_map_key(name).is_none(), key, "key {name:?}");
        }
    }

    #[test]
    fn a_similar_name_is_a_name() {
        assert_eq!(similar_label("My_App"), Some("use `my-app`".to_owned()));
        assert_eq!(similar_label("___"), None);
    }
}
