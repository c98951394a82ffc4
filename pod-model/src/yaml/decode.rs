//! Bytes to text: byte-order marks, UTF-16, and what is not valid.

/// Decodes an input as kubectl does (`unicode.BOMOverride` around UTF-8): a
/// byte-order mark chooses UTF-8 or UTF-16, and what is invalid becomes U+FFFD
/// instead of an error. Line breaks `\r\n` become `\n`, as kubectl's line reader
/// makes them, and the last line gets the break that it may lack; neither
/// changes a line or a column.
pub fn decode_bytes(bytes: Vec<u8>) -> String {
    with_line_feeds(match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, ..] => utf8(bytes, 3),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => utf8(bytes, 0),
    })
}

/// Decodes a part of an input in UTF-8, where a byte-order mark is none.
pub(crate) fn decode_part(bytes: Vec<u8>) -> String {
    with_line_feeds(utf8(bytes, 0))
}

fn with_line_feeds(mut text: String) -> String {
    if text.contains("\r\n") {
        text = text.replace("\r\n", "\n");
    }
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text: String = char::decode_utf16(pairs.iter().map(|pair| unit(*pair)))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

/// The text that JSON shows for decoded `!!binary` bytes.
pub(super) fn decode_binary(bytes: Vec<u8>) -> String {
    utf8(bytes, 0)
}

/// Go replaces each invalid byte; Rust's lossy conversion replaces a maximal
/// invalid sequence, which gives fewer characters.
fn utf8(bytes: Vec<u8>, skip: usize) -> String {
    let valid = match String::from_utf8(bytes) {
        Ok(text) if skip == 0 => return text,
        Ok(text) => return text.get(skip..).unwrap_or("").to_owned(),
        Err(e) => e.into_bytes(),
    };
    let mut rest = valid.get(skip..).unwrap_or(&[]);
    let mut text = String::with_capacity(rest.len());
    while !rest.is_empty() {
        match std::str::from_utf8(rest) {
            Ok(tail) => {
                text.push_str(tail);
                break;
            }
            Err(e) => {
                let (good, bad) = rest.split_at(e.valid_up_to());
                text.push_str(&String::from_utf8_lossy(good));
                text.push(char::REPLACEMENT_CHARACTER);
                rest = bad.get(1..).unwrap_or(&[]);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_marks_choose_the_encoding() {
        for (bytes, text) in [
            (&b"\xef\xbb\xbfa: 1"[..], "a: 1\n"),
            (b"\xff\xfea\0:\0", "a:\n"),
            (b"\xfe\xff\0a\0:", "a:\n"),
            (b"a\r\nb\rc", "a\nb\rc\n"),
            (b"\xff\xfea", "\u{fffd}\n"),
            (b"", ""),
        ] {
            assert_eq!(decode_bytes(bytes.to_vec()), text, "{bytes:?}");
        }
    }

    #[test]
    fn each_invalid_byte_is_one_replacement_character() {
        assert_eq!(
            decode_bytes(b"a\xf0\x9f\x98b\n".to_vec()),
            "a\u{fffd}\u{fffd}\u{fffd}b\n"
        );
    }
}
