//! Parser of `--for`; an error shows the position and the valid forms.

use super::jsonpath::JsonPath;
use super::spec::Condition;

/// The valid forms of `--for`.
const FORMS: &str = "done, complete, failed, ready, created, deleted, condition=NAME[=VALUE], jsonpath='{.PATH}'[=VALUE]";

/// Parses one `--for`.
///
/// # Errors
/// The error with the text, a caret below the position, and the valid forms.
pub fn parse(text: &str) -> Result<Condition, String> {
    let (head, rest) = match text.split_once('=') {
        Some((head, rest)) => (head, Some(rest)),
        None => (text, None),
    };
    let at = head.chars().count() + 1;
    // As kubectl, which takes `Delete` and `Create`, too (kubectl/pkg/cmd/wait,
    // `conditionFuncFor`).
    let simple = match head.to_lowercase().as_str() {
        "done" => Some(Condition::Done),
        "complete" => Some(Condition::Complete),
        "failed" => Some(Condition::Failed),
        "ready" => Some(Condition::Ready),
        // The second words are kubectl's.
        "created" | "create" => Some(Condition::Created),
        "deleted" | "delete" => Some(Condition::Deleted),
        _ => None,
    };
    match (simple, head, rest) {
        (Some(condition), _, None) => Ok(condition),
        (Some(_), _, Some(_)) => Err(wrong(text, at - 1, &format!("`{head}` takes no value"))),
        (None, "condition", Some(rest)) => named(text, at, rest),
        (None, "jsonpath", Some(rest)) => json_path(text, at, rest),
        (None, "condition", None) => Err(wrong(text, at - 1, "expected `=NAME`")),
        (None, "jsonpath", None) => Err(wrong(text, at - 1, "expected `={.PATH}`")),
        (None, _, _) => Err(wrong(text, 0, "unknown condition")),
    }
}

fn named(text: &str, at: usize, rest: &str) -> Result<Condition, String> {
    let (name, value) = rest.split_once('=').unwrap_or((rest, "True"));
    if name.is_empty() {
        return Err(wrong(text, at, "expected the name of a condition"));
    }
    if value.is_empty() {
        let at = at + rest.chars().count();
        return Err(wrong(text, at, "expected a value after `=`"));
    }
    Ok(Condition::Named {
        name: name.to_owned(),
        value: value.to_owned(),
    })
}

/// The value follows the first `=` that is not inside the path's braces or
/// brackets.
fn json_path(text: &str, at: usize, rest: &str) -> Result<Condition, String> {
    let mut depth = 0_usize;
    let mut end = None;
    for (index, c) in rest.char_indices() {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            '=' if depth == 0 => {
                end = Some(index);
                break;
            }
            _ => {}
        }
    }
    let (path, value) = match end {
        Some(end) => (&rest[..end], Some(&rest[end + 1..])),
        None => (rest, None),
    };
    if value == Some("") {
        let at = at + rest.chars().count();
        return Err(wrong(
            text,
            at,
            "expected a value after `=`; omit `=` to accept any value",
        ));
    }
    // kubectl takes a `==` for a part of the path.
    if value.is_some_and(|value| value.starts_with('=')) {
        let at = at + path.chars().count() + 1;
        return Err(wrong(
            text,
            at,
            "expected one `=` before the value, found `==`",
        ));
    }
    let path = JsonPath::parse(path).map_err(|(place, what)| wrong(text, at + place, &what))?;
    Ok(Condition::JsonPath {
        path,
        // A shell may have left the quotes.
        value: value.map(|value| value.trim_matches(['\'', '"']).to_owned()),
    })
}

fn wrong(text: &str, at: usize, what: &str) -> String {
    let flag = "--for=";
    let blanks = " ".repeat(flag.len() + at);
    format!(
        "{what}\n{flag}{text}\n{blanks}^ position {}\nexpected one of: {FORMS}",
        at + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        for text in [
            "done",
            "complete",
            "failed",
            "ready",
            "created",
            "create",
            "deleted",
            "delete",
            "Delete",
            "CREATE",
            "Ready",
            "condition=Ready",
            "condition=Ready=False",
            "jsonpath={.status.phase}=Running",
            "jsonpath={.status.x[?(@.type==\"A\")].y}=True",
            "jsonpath={.status.x}",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
        let named = Condition::Named {
            name: "Ready".into(),
            value: "True".into(),
        };
        assert_eq!(parse("condition=Ready").unwrap(), named);
    }

    #[test]
    fn a_wrong_one_shows_its_place_and_what_there_is() {
        for (text, position) in [
            ("dnoe", 1),
            ("done=x", 5),
            ("condition", 10),
            ("condition=", 11),
            ("condition=A=", 13),
            ("jsonpath={.a", 13),
            ("jsonpath={.a}=", 15),
            ("jsonpath={.a}==b", 15),
            ("jsonpath=.a==b", 13),
        ] {
            let said = parse(text).unwrap_err();
            assert!(
                said.contains(&format!("^ position {position}\n")),
                "{text}: {said}"
            );
            assert!(said.ends_with(FORMS), "{said}");
        }
    }
}
