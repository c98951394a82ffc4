//! Splits the text of a list into the texts of its items, so that each is decoded by itself.

/// A list and its items, as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// The list with an empty array of items.
    pub list: Vec<u8>,
    /// The items, which may not be JSON.
    pub items: Vec<&'a [u8]>,
}

/// Maximum number of items that are split: a page has 500, a whole list of a large cluster some hundred thousand.
const MOST: usize = 1 << 20;

/// Splits a list at its first field `items`, or returns `None` if it has none whose value is an
/// array, or too many items.
pub(super) fn split(bytes: &[u8]) -> Option<Parts<'_>> {
    let start = items_start(bytes)?;
    let (mut depth, mut at, mut begin) = (0_usize, start, start);
    let mut items = Vec::new();
    let end = loop {
        match bytes.get(at)? {
            b'"' => at = string_end(bytes, at)?,
            b'[' | b'{' => depth += 1,
            b']' if depth == 0 => break at,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            b',' if depth == 0 => {
                if items.len() == MOST {
                    return None;
                }
                items.push(bytes.get(begin..at)?);
                begin = at + 1;
            }
            _ => {}
        }
        at += 1;
    };
    let rest = bytes.get(begin..end)?;
    if !items.is_empty() || !rest.trim_ascii().is_empty() {
        items.push(rest);
    }
    let mut list = bytes.get(..start)?.to_vec();
    list.extend_from_slice(bytes.get(end..)?);
    Some(Parts { list, items })
}

/// Returns the place after the bracket that opens the items.
fn items_start(bytes: &[u8]) -> Option<usize> {
    const ITEMS: &[u8] = b"\"items\"";
    let (mut depth, mut at) = (0_usize, 0);
    loop {
        match bytes.get(at)? {
            b'"' => {
                let end = string_end(bytes, at)?;
                if depth == 1
                    && bytes.get(at..=end)? == ITEMS
                    && let Some(after) = after(bytes, end + 1, b':')
                {
                    return self::after(bytes, after, b'[');
                }
                at = end;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        at += 1;
    }
}

/// Returns the place after a mark that follows white space, or `None` if another byte does.
fn after(bytes: &[u8], mut at: usize, mark: u8) -> Option<usize> {
    while bytes.get(at)?.is_ascii_whitespace() {
        at += 1;
    }
    (*bytes.get(at)? == mark).then_some(at + 1)
}

/// Returns the place of the quote that ends the string which begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(String, Vec<String>)> {
        let text_of = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let parts = split(text.as_bytes())?;
        let items = parts.items.iter().map(|item| text_of(item));
        Some((text_of(&parts.list), items.collect()))
    }

    #[test]
    fn a_list_is_split_at_its_items() {
        for (text, list, items) in [
            (
                r#"{"kind":"L","items":[{"a":[1,2]},{"b":"],\"}"}],"x":1}"#,
                r#"{"kind":"L","items":[],"x":1}"#,
                vec![r#"{"a":[1,2]}"#, r#"{"b":"],\"}"}"#],
            ),
            (r#"{"items" : [ ]}"#, r#"{"items" : []}"#, vec![]),
            // What is between commas has to be an item, which its reader finds out.
            (r#"{"items":[1,]}"#, r#"{"items":[]}"#, vec!["1", ""]),
            (
                r#"{"metadata":{"items":[1]},"items":[2]}"#,
                r#"{"metadata":{"items":[1]},"items":[]}"#,
                vec!["2"],
            ),
        ] {
            let items = items.into_iter().map(str::to_owned).collect();
            assert_eq!(parts(text), Some((list.to_owned(), items)), "{text}");
        }
    }

    #[test]
    fn what_is_no_list_is_not_split() {
        for text in [
            "",
            "{}",
            "[]",
            r#"{"items":null}"#,
            r#"{"items":{"a":1}}"#,
            r#"{"items":[1"#,
            r#"{"items":["a\"#,
            r#"{"x":"items"}"#,
            "]",
        ] {
            assert_eq!(parts(text), None, "{text}");
        }
    }
}
