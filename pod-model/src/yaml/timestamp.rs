//! Plain scalars that go-yaml resolves as timestamps (they stay strings, but an explicit
//! `!!timestamp` tag requires one).
//!
//! Source: `parseTimestamp` in go.yaml.in/yaml/v2 and Go's `time.Parse`.

/// Returns whether the text is one of the four forms that go-yaml accepts:
/// `Y-M-DTh:m:s[.f]Z`, the same with `t`, `Y-M-D h:m:s[.f]`, `Y-M-D`.
pub(super) fn is_timestamp(text: &str) -> bool {
    let mut p = Parts(text);
    let Some(year) = p.digits(4, 4).filter(|_| p.eat("-")) else {
        return false;
    };
    let Some(month) = p.digits(1, 2).filter(|_| p.eat("-")) else {
        return false;
    };
    let Some(day) = p.digits(1, 2) else {
        return false;
    };
    if !(1..=12).contains(&month) || day < 1 || day > days(year, month) {
        return false;
    }
    if p.0.is_empty() {
        return true;
    }
    let zoned = p.eat("T") || p.eat("t");
    if !zoned && !p.eat(" ") {
        return false;
    }
    p.clock() && (!zoned || p.zone()) && p.0.is_empty()
}

/// Returns whether Go's `time.Parse` takes the text for RFC 3339, with exactly six
/// digits of a second if `micro` (as metav1's `Time` and `MicroTime` want).
pub(crate) fn is_rfc3339(text: &str, micro: bool) -> bool {
    let mut p = Parts(text);
    let mut date = || {
        let year = p.digits(4, 4).filter(|_| p.eat("-"))?;
        let month = p.digits(2, 2).filter(|_| p.eat("-"))?;
        let day = p.digits(2, 2).filter(|_| p.eat("T"))?;
        Some((1..=12).contains(&month) && (1..=days(year, month)).contains(&day))
    };
    // Go takes an hour of one digit.
    let clock = date() == Some(true)
        && p.digits(1, 2).is_some_and(|h| h < 24)
        && p.eat(":")
        && p.digits(2, 2).is_some_and(|m| m < 60)
        && p.eat(":")
        && p.digits(2, 2).is_some_and(|s| s < 60);
    if micro {
        let fraction = (p.eat(".") || p.eat(",")) && p.digits(6, 6).is_some();
        return clock && fraction && p.zone() && p.0.is_empty();
    }
    p.fraction();
    clock && p.zone() && p.0.is_empty()
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 31,
    }
}

struct Parts<'a>(&'a str);

impl Parts<'_> {
    fn eat(&mut self, prefix: &str) -> bool {
        match self.0.strip_prefix(prefix) {
            Some(rest) => {
                self.0 = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let n = self
            .0
            .bytes()
            .take(most)
            .take_while(u8::is_ascii_digit)
            .count();
        if n < least {
            return None;
        }
        let (number, rest) = self.0.split_at(n);
        self.0 = rest;
        number.parse().ok()
    }

    fn clock(&mut self) -> bool {
        let ok = self.digits(1, 2).is_some_and(|h| h < 24)
            && self.eat(":")
            && self.digits(1, 2).is_some_and(|m| m < 60)
            && self.eat(":")
            && self.digits(1, 2).is_some_and(|s| s < 60);
        if ok {
            self.fraction();
        }
        ok
    }

    fn fraction(&mut self) {
        if self.0.starts_with(['.', ',']) {
            let digits = self.0.bytes().skip(1).take_while(u8::is_ascii_digit);
            let n = digits.count();
            if n > 0 {
                self.0 = &self.0[1 + n..];
            }
        }
    }

    fn zone(&mut self) -> bool {
        if self.eat("Z") {
            return true;
        }
        (self.eat("+") || self.eat("-"))
            && self.digits(2, 2).is_some_and(|h| h <= 24)
            && self.eat(":")
            && self.digits(2, 2).is_some_and(|m| m < 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_go_takes() {
        for (text, expected) in [
            ("2001-12-14", true),
            ("2001-1-2", true),
            ("2001-12-14T21:59:43.10-05:00", true),
            ("2001-12-14t21:59:43Z", true),
            ("2001-12-14 21:59:43.1", true),
            ("2001-12-14 21:59:43.10 -5", false),
            ("2001-02-29", false),
            ("2000-02-29", true),
            ("2001-13-01", false),
            ("2001-12-14T21:59:43", false),
            ("21:59:43", false),
            ("200-1-1", false),
        ] {
            assert_eq!(is_timestamp(text), expected, "{text}");
        }
    }
    #[test]
    fn a_time_of_the_api_is_rfc_3339() {
        for (text, plain, micro) in [
            ("2001-12-14T21:59:43Z", true, false),
            ("2001-12-14T21:59:43.123456Z", true, true),
            ("2001-12-14T21:59:43.1-05:00", true, false),
            ("2001-12-14T1:59:43Z", true, false),
            ("2001-12-14T21:59:43", false, false),
            ("2001-12-14t21:59:43Z", false, false),
            ("2001-1-14T21:59:43Z", false, false),
            ("2001-02-30T21:59:43Z", false, false),
            ("2001-12-14", false, false),
            ("", false, false),
        ] {
            assert_eq!(is_rfc3339(text, false), plain, "{text}");
            assert_eq!(is_rfc3339(text, true), micro, "{text}");
        }
    }
}
