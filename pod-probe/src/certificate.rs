//! Names and validity of a certificate, for people: nothing is verified.
//!
//! The form is that of RFC 5280; a certificate that does not have it shows nothing.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Facts of a certificate.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Certificate {
    /// DNS names and addresses, or the common name if there are none.
    pub names: Vec<String>,
    /// End of its validity in RFC 3339.
    pub not_after: Option<String>,
}

/// One element of DER: its tag and its content.
type Element<'a> = (u8, &'a [u8]);

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const OBJECT: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// `[0]` with content: the version.
const VERSION: u8 = 0xa0;
/// `[3]` with content: the extensions.
const EXTENSIONS: u8 = 0xa3;
/// `[2]` of a general name: a DNS name.
const DNS_NAME: u8 = 0x82;
/// `[7]` of a general name: an address.
const ADDRESS: u8 = 0x87;
const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 0x11];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

impl Certificate {
    /// Reads a certificate in DER, or returns `None` if it has another form.
    pub fn parse(der: &[u8]) -> Option<Self> {
        let (certificate, _) = expect(der, SEQUENCE)?;
        let (body, _) = expect(certificate, SEQUENCE)?;
        let mut rest = body;
        if rest.first() == Some(&VERSION) {
            (_, rest) = element(rest)?;
        }
        // Serial number, signature and issuer.
        for _ in 0..3 {
            (_, rest) = element(rest)?;
        }
        let (validity, after) = expect(rest, SEQUENCE)?;
        let (_, until) = element(validity)?;
        let (until, _) = element(until)?;
        let (subject, after) = expect(after, SEQUENCE)?;
        let mut names = Vec::new();
        for (tag, content) in elements(after) {
            if tag == EXTENSIONS {
                names = alternative_names(content).unwrap_or_default();
            }
        }
        if names.is_empty() {
            names.extend(common_name(subject));
        }
        Some(Self {
            names,
            not_after: time(until),
        })
    }
}

/// Takes the first element of a text; returns it and the rest.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().try_fold(0_usize, |length, digit| {
                length.checked_mul(256)?.checked_add(usize::from(*digit))
            });
            (length?, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some(((*tag, content), rest))
}

fn expect(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let ((found, content), rest) = element(bytes)?;
    (found == tag).then_some((content, rest))
}

fn elements(mut bytes: &[u8]) -> impl Iterator<Item = Element<'_>> {
    std::iter::from_fn(move || {
        let (found, rest) = element(bytes)?;
        bytes = rest;
        Some(found)
    })
}

fn alternative_names(extensions: &[u8]) -> Option<Vec<String>> {
    let (list, _) = expect(extensions, SEQUENCE)?;
    let extension = elements(list).find_map(|(_, extension)| {
        let (id, rest) = expect(extension, OBJECT)?;
        (id == SUBJECT_ALT_NAME).then_some(rest)
    })?;
    // Critical or not, the value is last.
    let (_, value) = elements(extension).last()?;
    let (names, _) = expect(value, SEQUENCE)?;
    let name = |(tag, content): Element<'_>| match tag {
        DNS_NAME => Some(String::from_utf8_lossy(content).into_owned()),
        ADDRESS => match content.len() {
            4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(content).ok()?).to_string()),
            16 => Some(Ipv6Addr::from(<[u8; 16]>::try_from(content).ok()?).to_string()),
            _ => None,
        },
        _ => None,
    };
    Some(elements(names).filter_map(name).collect())
}

fn common_name(subject: &[u8]) -> Option<String> {
    let sets = elements(subject).filter(|(tag, _)| *tag == SET);
    let mut attributes = sets.flat_map(|(_, set)| elements(set));
    attributes.find_map(|(_, attribute)| {
        let (id, value) = expect(attribute, OBJECT)?;
        let ((_, value), _) = element(value)?;
        (id == COMMON_NAME).then(|| String::from_utf8_lossy(value).into_owned())
    })
}

fn time((tag, content): Element<'_>) -> Option<String> {
    let text = std::str::from_utf8(content).ok()?;
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match tag {
        UTC_TIME => {
            let (year, rest) = digits.split_at_checked(2)?;
            let century = if year < "50" { "20" } else { "19" };
            (format!("{century}{year}"), rest)
        }
        GENERALIZED_TIME => {
            let (year, rest) = digits.split_at_checked(4)?;
            (year.to_owned(), rest)
        }
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2);
    if rest.len() != 10 {
        return None;
    }
    let (month, day) = (part(0)?, part(2)?);
    let (hour, minute, second) = (part(4)?, part(6)?, part(8)?);
    Some(format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z"))
}
