//! Admission's way to write lists.
//!
//! Upstream: k8s.io/pod-security-admission/policy/helpers.go.

/// Writes texts in quotation marks, with commas between them (`joinQuote`).
pub(super) fn join_quote<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let mut out = String::new();
    for item in items {
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push('"');
        out.push_str(item.as_ref());
        out.push('"');
    }
    out
}

/// Returns the form of a word that fits a count (`pluralize`).
pub(super) fn pluralize(
    singular: &'static str,
    plural: &'static str,
    count: usize,
) -> &'static str {
    if count == 1 { singular } else { plural }
}

/// Writes the containers by name: `container "a"`, `containers "a", "b"`.
pub(super) fn containers(names: &[&str]) -> String {
    let word = pluralize("container", "containers", names.len());
    format!("{word} {}", join_quote(names))
}

/// Writes those that set a field: the Pod, containers, or both.
pub(super) fn setters(is_pod: bool, names: &[&str]) -> String {
    match (is_pod, names.is_empty()) {
        (true, true) => "pod".to_owned(),
        (true, false) => format!("pod and {}", containers(names)),
        (false, _) => containers(names),
    }
}

/// Writes a text as Go's `%q` does (strconv.Quote).
pub(super) fn go_quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{b}' => out.push_str("\\v"),
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if is_printed(c) => out.push(c),
            c if u32::from(c) < 0x1_0000 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// Returns whether Go's `strconv.IsPrint` takes it, by the standard library's table of
/// what can be printed. That table escapes marks at the beginning of a text alone.
fn is_printed(c: char) -> bool {
    matches!(c, ' '..='~') || format!("a{c}").escape_debug().count() == 2
}
