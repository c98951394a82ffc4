//! Dates and times of day of the Gregorian calendar, before it was in use, too.

const SECONDS_OF_DAY: i64 = 86_400;

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: i64,
    /// From 0, a Sunday.
    pub(super) weekday: i64,
}

impl Civil {
    /// The date and time that a clock shows so many seconds after the start of 1970.
    pub(super) fn of(seconds: i64) -> Self {
        let (days, rest) = (
            seconds.div_euclid(SECONDS_OF_DAY),
            seconds.rem_euclid(SECONDS_OF_DAY),
        );
        // Years that begin in March have the leap day at their end; an era has 400 of them.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 {
            from_march + 3
        } else {
            from_march - 9
        };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
            hour: rest / 3_600,
            minute: rest / 60 % 60,
            second: rest % 60,
            weekday: (days + 4).rem_euclid(7),
        }
    }

    /// Returns the seconds after the start of 1970 at which a clock shows it. Months and days
    /// beyond their range lead to later ones.
    pub(super) fn seconds(self) -> i64 {
        let months = self.year * 12 + self.month - 1;
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12) + 1);
        let from_march = (month + 9) % 12;
        let year = year - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * from_march + 2) / 5;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let days = era * 146_097 + day_of_era - 719_468 + self.day - 1;
        days * SECONDS_OF_DAY + self.hour * 3_600 + self.minute * 60 + self.second
    }

    /// Returns the start of its day.
    pub(super) fn midnight(self) -> Self {
        Self {
            hour: 0,
            minute: 0,
            second: 0,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_seconds_lead_to_each_other() {
        for (seconds, year, month, day, hour, weekday) in [
            (0, 1970, 1, 1, 0, 4),
            (951_782_400, 2000, 2, 29, 0, 2),
            (-1, 1969, 12, 31, 23, 3),
            (-62_135_596_800, 1, 1, 1, 0, 1),
            (4_107_542_400, 2100, 3, 1, 0, 1),
        ] {
            let civil = Civil::of(seconds);
            let found = (
                civil.year,
                civil.month,
                civil.day,
                civil.hour,
                civil.weekday,
            );
            assert_eq!(found, (year, month, day, hour, weekday), "{seconds}");
            assert_eq!(civil.seconds(), seconds);
        }
    }

    #[test]
    fn months_and_days_beyond_their_range_lead_on() {
        let of = |month, day| {
            let civil = Civil {
                year: 2026,
                month,
                day,
                ..Civil::of(0)
            };
            let found = Civil::of(civil.seconds());
            (found.year, found.month, found.day)
        };
        assert_eq!(of(13, 1), (2027, 1, 1));
        assert_eq!(of(1, 32), (2026, 2, 1));
        assert_eq!(of(2, 29), (2026, 3, 1));
    }
}
