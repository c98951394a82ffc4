//! Hosts that are not ASCII.
//!
//! Upstream: `PunycodeHostPort` in Go's `golang.org/x/net/http/httpguts`; RFC 3492.

/// Returns `host` or `host:port` with each label as ASCII, or `None` if it is not UTF-8.
pub(super) fn host_port(text: &[u8]) -> Option<Vec<u8>> {
    if text.is_ascii() {
        return Some(text.to_vec());
    }
    let text = std::str::from_utf8(text).ok()?;
    // A host that is not ASCII has no colon of its own.
    let (host, port) = match text.split_once(':') {
        Some((host, port)) if !port.is_empty() && !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    };
    let labels: Option<Vec<String>> = host.split('.').map(label).collect();
    let mut out = labels?.join(".");
    if let Some(port) = port {
        out.push(':');
        out.push_str(port);
    }
    Some(out.into_bytes())
}

fn label(text: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_owned());
    }
    let mut out: String = text.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    if basic > 0 {
        out.push('-');
    }
    let total = u32::try_from(text.chars().count()).ok()?;
    let (mut next, mut delta, mut bias, mut done) = (128_u32, 0_u32, 72, basic);
    while done < total {
        let least = text.chars().map(u32::from).filter(|c| *c >= next).min()?;
        delta = delta.checked_add((least - next).checked_mul(done + 1)?)?;
        next = least;
        for c in text.chars().map(u32::from) {
            if c < next {
                delta = delta.checked_add(1)?;
            } else if c == next {
                push_number(&mut out, delta, bias)?;
                bias = adapt(delta, done + 1, done == basic);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next += 1;
    }
    Some(format!("xn--{out}"))
}

fn push_number(out: &mut String, number: u32, bias: u32) -> Option<()> {
    let mut rest = number;
    let mut k = 36;
    loop {
        let threshold = k.clamp(bias + 1, bias + 26) - bias;
        if rest < threshold {
            break;
        }
        let step = 36 - threshold;
        out.push(digit(threshold + (rest - threshold) % step)?);
        rest = (rest - threshold) / step;
        k += 36;
    }
    out.push(digit(rest)?);
    Some(())
}

fn digit(value: u32) -> Option<char> {
    let first = if value < 26 { b'a' } else { b'0' - 26 };
    char::from_u32(u32::from(first) + value)
}

fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_label_becomes_ascii() {
        let table = [
            ("bücher.example:80", "xn--bcher-kva.example:80"),
            ("中国", "xn--fiqs8s"),
            ("a.b", "a.b"),
        ];
        for (text, expected) in table {
            assert_eq!(host_port(text.as_bytes()).unwrap(), expected.as_bytes());
        }
        assert_eq!(host_port(b"\xff"), None);
    }
}
