//! Refusals of server-side apply before it merges: one message with a path for each field, and
//! no details.
//!
//! Source: `ObjectToTyped` and `Apply` in
//! k8s.io/apimachinery/pkg/util/managedfields, and `ValidationErrors` of
//! sigs.k8s.io/structured-merge-diff (typed).

use crate::cluster::NOT_MERGED;

/// Returns the paths and messages of `failed to create typed patch object (ns/name; v1,
/// Kind=Pod): errors:\n  .spec.a: x\n  .spec.b: y`, or of one alone.
pub(super) fn fields(message: &str) -> Vec<(String, String)> {
    let Some(rest) = message.strip_prefix(NOT_MERGED) else {
        return Vec::new();
    };
    let Some((_, list)) = rest.split_once("): ") else {
        return Vec::new();
    };
    let lines = match list.strip_prefix("errors:\n") {
        Some(lines) => lines.lines().collect(),
        None => vec![list],
    };
    let fields = lines.into_iter().filter_map(|line| {
        let line = line.trim_start();
        let (path, message) = line.split_at(path_end(line)?);
        Some((path.to_owned(), message.trim_start_matches(": ").to_owned()))
    });
    fields.collect()
}

/// Returns the end of the path, which is the first `: ` outside of quotes. A path begins with
/// a dot.
fn path_end(line: &str) -> Option<usize> {
    if !line.starts_with('.') {
        return None;
    }
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ':' if !quoted && line[at..].starts_with(": ") => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_of_a_refusal_is_a_field() {
        let message = "failed to create typed patch object (default/a; /v1, Kind=Pod): errors:\n  .spec.containers[name=\"a: b\"].env: duplicate entries for key [name=\"A\"]\n  .spec.foo: field not declared in schema";
        let expected = [
            (
                ".spec.containers[name=\"a: b\"].env",
                "duplicate entries for key [name=\"A\"]",
            ),
            (".spec.foo", "field not declared in schema"),
        ];
        let owned = expected.map(|(path, message)| (path.to_owned(), message.to_owned()));
        assert_eq!(fields(message), owned);
        let one = "failed to create typed patch object (default/a; /v1, Kind=Pod): .spec.foo: field not declared in schema";
        assert_eq!(fields(one), owned[1..]);
        // A backslash escapes within quotes alone.
        let head = "failed to create typed patch object (default/a; /v1, Kind=Pod): ";
        for (path, said) in [
            (".data.a\\", "not declared"),
            (".data.a\\b", "no: no"),
            (".l[name=\"a\\\": b\"]", "twice"),
            (".l[name=\"a\\\\\"]", "twice: \"x\""),
        ] {
            let owned = [(path.to_owned(), said.to_owned())];
            assert_eq!(fields(&format!("{head}{path}: {said}")), owned);
        }
        for other in [
            "failed to create typed patch object",
            "x): .spec.foo: y",
            "failed to create typed patch object (a): b: c",
        ] {
            assert!(fields(other).is_empty(), "{other}");
        }
    }
}
