//! Standard base64 with padding, as Go's `StdEncoding` decodes it: `!!binary`, and
//! every field of bytes in JSON, such as a Secret's `data`.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};

const GO: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The bytes of a text, or `None` if it is not base64.
///
/// `\r` and `\n` are skipped wherever they stand, and nothing else is; the bits
/// that are left of the last digit may be anything.
///
/// Upstream: `Encoding.Decode` in Go's encoding/base64, which encoding/json
/// uses for `[]byte`.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    if text.bytes().any(|byte| is_break(&byte)) {
        let digits: Vec<u8> = text.bytes().filter(|byte| !is_break(byte)).collect();
        return GO.decode(digits).ok();
    }
    GO.decode(text).ok()
}

/// Base64 of bytes, in one line.
pub fn encode(bytes: &[u8]) -> String {
    GO.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_padding_and_refuses_what_is_not_base64() {
        for (text, bytes) in [
            ("", Some(&b""[..])),
            ("YQ==", Some(b"a")),
            ("YWI=", Some(b"ab")),
            ("YWJj", Some(b"abc")),
            ("YW\nJj", Some(b"abc")),
            ("\r\nYQ\r=\n=\r\n", Some(b"a")),
            ("YR==", Some(b"a")),
            ("YWK=", Some(b"ab")),
            ("YWJj\t", None),
            ("YWJj\u{2028}", None),
            ("-_-_", None),
            ("YWJjZA==", Some(b"abcd")),
            ("YQ", None),
            ("YQ=", None),
            ("YQ===", None),
            ("=", None),
            ("YQ==YQ==", None),
            ("Y Q==", None),
        ] {
            assert_eq!(decode(text).as_deref(), bytes, "{text:?}");
        }
    }
}
