//! Texts that say nothing by themselves, by their form: numbers, times, quantities; and addresses.

/// Digits that may stay in a row: a port, an exit code, a count.
const MOST_DIGITS: usize = 5;

/// Returns whether a token is a number, a duration, a quantity, a percentage or a version.
pub(super) fn is_number(token: &str) -> bool {
    const UNITS: &str = "smhdnuµKMGTPEiBk.%";
    let own = token.strip_prefix('v').unwrap_or(token);
    let mut digits = 0;
    let mut longest = 0;
    for char in own.chars() {
        if char.is_ascii_digit() {
            digits += 1;
            longest = longest.max(digits);
        } else if UNITS.contains(char) {
            digits = 0;
        } else {
            return false;
        }
    }
    let begins = own.starts_with(|char: char| char.is_ascii_digit());
    begins && own.len() <= 14 && longest <= MOST_DIGITS && !is_ipv4(own)
}

/// Returns whether a text is a quantity of the API, such as `64Mi`, `100m` or `16265396Ki`.
pub(super) fn is_quantity(text: &str) -> bool {
    let begins = text.starts_with(|char: char| char.is_ascii_digit() || char == '-' || char == '+');
    let known = |char: char| char.is_ascii_digit() || "numkKMGTPEi.e+-%".contains(char);
    begins && text.len() <= 24 && text.chars().all(known)
}

/// Returns whether a text is a time as the API writes it: `2026-01-31T12:00:00Z`, with any fraction.
pub(super) fn is_time(text: &str) -> bool {
    const FORM: &str = "dddd-dd-ddTdd:dd:dd";
    let Some((head, rest)) = text.split_at_checked(FORM.len()) else {
        return false;
    };
    let fits = |(form, own): (char, char)| match form {
        'd' => own.is_ascii_digit(),
        form => form == own,
    };
    let is_rest = |char: char| char.is_ascii_digit() || matches!(char, '.' | '+' | '-' | ':' | 'Z');
    FORM.chars().zip(head.chars()).all(fits) && rest.len() <= 16 && rest.chars().all(is_rest)
}

/// Returns whether a text is a cron schedule, a list of indexes or the name of a time zone.
pub(super) fn is_schedule(text: &str) -> bool {
    let is_zone = |part: &str| {
        let mut chars = part.chars();
        let begins = chars.next().is_some_and(|char| char.is_ascii_uppercase());
        begins && chars.all(|char| char.is_ascii_alphabetic() || char == '_')
    };
    let is_field = |field: &str| {
        let known = |char: char| char.is_ascii_digit() || "*/,-?L#".contains(char);
        let is_name =
            |part: &str| part.len() == 3 && part.bytes().all(|own| own.is_ascii_alphabetic());
        field.chars().all(known) || field.split(['-', ',']).all(is_name)
    };
    let fields = text.split(' ');
    let is_descriptor = matches!(
        text,
        "@yearly" | "@annually" | "@monthly" | "@weekly" | "@daily" | "@midnight" | "@hourly"
    );
    let is_place =
        text.contains('/') && text.split('/').count() <= 3 && text.split('/').all(is_zone);
    fields.clone().count() <= 6 && fields.clone().all(is_field)
        || is_descriptor
        || matches!(text, "UTC" | "Etc/UTC")
        || is_place
}

/// Returns whether a token is an IPv4 address, with or without the length of a prefix behind it.
pub(super) fn is_ipv4(token: &str) -> bool {
    let mut groups = 0;
    let is_group = |group: &str| {
        (1..=3).contains(&group.len()) && group.bytes().all(|byte| byte.is_ascii_digit())
    };
    token.split('.').all(|group| {
        groups += 1;
        is_group(group)
    }) && groups == 4
}

/// Returns whether a token is an IPv6 address, and not a time of the day.
pub(super) fn is_ipv6(token: &str) -> bool {
    let known = |char: char| char.is_ascii_hexdigit() || char == ':' || char == '.';
    let colons = token.matches(':').count();
    let is_clock = !token.contains("::") && colons == 2;
    colons >= 2 && !is_clock && token.chars().all(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_and_long_ones_do_not() {
        for own in [
            "1", "0.5", "40s", "1m40s", "64Mi", "100m", "v1.37.2", "8080", "25%",
        ] {
            assert!(is_number(own), "{own}");
        }
        for own in [
            "",
            "x",
            "7d9f8b6c5d",
            "4111111111111111",
            "s",
            "v",
            "1x",
            "10.0.0.1",
        ] {
            assert!(!is_number(own), "{own}");
        }
    }

    #[test]
    fn schedules_and_indexes_stay_and_words_do_not() {
        for own in [
            "*/5 * * * *",
            "0 3 * * MON-FRI",
            "@daily",
            "0-2,4",
            "Europe/Berlin",
            "UTC",
        ] {
            assert!(is_schedule(own), "{own}");
        }
        for own in ["acme", "run it daily", "acme/team", "@acme"] {
            assert!(!is_schedule(own), "{own}");
        }
    }

    #[test]
    fn times_and_addresses_are_recognised() {
        assert!(is_time("2026-01-31T12:00:00Z"));
        assert!(is_time("2026-01-31T12:00:00.123456Z"));
        assert!(!is_time("2026-01-31T12:00:00Z and more"));
        assert!(!is_time("2026-01-31"));
        assert!(is_ipv4("10.244.0.5"));
        assert!(!is_ipv4("1.2.3"));
        for own in ["fd00::1", "::1", "2001:db8:0:0:0:0:0:1"] {
            assert!(is_ipv6(own), "{own}");
        }
        for own in ["12:00:00", "a:b", "web:latest"] {
            assert!(!is_ipv6(own), "{own}");
        }
    }
}
