//! IP addresses as fields of old take them: numbers with zeros before them,
//! too.
//!
//! Upstream: `ParseIPSloppy` in `k8s.io/utils/net`.

use std::net::{IpAddr, Ipv6Addr};

/// Returns whether it is an address of either family.
pub(super) fn is_address(text: &str) -> bool {
    match text.find(['.', ':']) {
        Some(at) if text.as_bytes()[at] == b'.' => v4(text).is_some(),
        Some(_) => v6(text),
        None => false,
    }
}

/// Returns whether all software reads an address alike: it has no leading zeros and is not an IPv4 address in
/// an IPv6 one.
///
/// Upstream: `IsValidIPForLegacyField` with strict validation.
pub(super) fn is_unambiguous(text: &str) -> bool {
    match text.parse() {
        Ok(IpAddr::V4(_)) => true,
        Ok(IpAddr::V6(address)) => address.to_ipv4_mapped().is_none(),
        Err(_) => false,
    }
}

/// The address without its leading zeros.
fn v4(text: &str) -> Option<String> {
    let parts: Vec<u32> = text.split('.').map(octet).collect::<Option<_>>()?;
    match parts[..] {
        [a, b, c, d] => Some(format!("{a}.{b}.{c}.{d}")),
        _ => None,
    }
}

fn octet(text: &str) -> Option<u32> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Zeros may stand before it, however many.
    let digits = text.trim_start_matches('0');
    let number = match digits {
        "" => 0,
        _ if digits.len() > 3 => return None,
        _ => digits.parse().ok()?,
    };
    (number <= 255).then_some(number)
}

fn v6(text: &str) -> bool {
    let Some((before, last)) = text.rsplit_once(':') else {
        return false;
    };
    // Groups may have more than four digits there, as long as they are zeros.
    let group = |group: &str| match group.trim_start_matches('0') {
        "" if group.is_empty() => String::new(),
        "" => "0".to_owned(),
        digits => digits.to_owned(),
    };
    let last = if last.contains('.') {
        match v4(last) {
            Some(address) => address,
            None => return false,
        }
    } else {
        group(last)
    };
    let before: Vec<_> = before.split(':').map(group).collect();
    format!("{}:{last}", before.join(":"))
        .parse::<Ipv6Addr>()
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::{is_address, is_unambiguous};

    #[test]
    fn an_address_that_can_be_misread_is_ambiguous() {
        for text in [
            "1.2.3.4",
            "::",
            "2001:DB8:0:0::ffff",
            "::1.2.3.4",
            "1:2:3:4:5:6:7:8",
        ] {
            assert!(is_unambiguous(text), "{text}");
        }
        for text in [
            "010.1.0.255",
            "::ffff:1.2.3.4",
            "::ffff:01.2.3.4",
            "::FFFF:102:304",
            "00001::",
        ] {
            assert!(is_address(text), "{text}");
            assert!(!is_unambiguous(text), "{text}");
        }
    }

    #[test]
    fn zeros_may_stand_before_a_number() {
        for text in [
            "1.2.3.4",
            "010.001.000.255",
            "::",
            "::1",
            "2001:db8::ffff",
            "::ffff:01.2.3.4",
            "1:2:3:4:5:6:7:8",
            "00001::",
        ] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "1",
            "1.2.3",
            "1.2.3.256",
            "1.2.3.4.5",
            "a.b.c.d",
            ":",
            "1::2::3",
            "12345::",
            "::1.2.3",
            "1.2.3.4:80",
        ] {
            assert!(!is_address(text), "{text}");
        }
    }
}
