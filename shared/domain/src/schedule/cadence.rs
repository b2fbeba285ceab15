//! When a schedule is due: a cron expression, read in a time zone.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::clock::Timestamp;
use crate::code::ErrorCode;
use crate::field::FieldError;

/// Characters of a cron expression at most.
pub const MAX_CRON_CHARS: usize = 200;

/// Characters of a refused text that a detail repeats at most.
const SHOWN_CHARS: usize = 64;

/// A zone that the database knows by name without knowing where it is.
const NOWHERE: &str = "Etc/Unknown";

/// The moments at which something is due, a minute apart at least.
///
/// Zones are those of the time zone database that is compiled in, so that every process of a fleet reckons alike. Where clocks go forward, an expression of
/// one time of day that does not occur is due at the first moment after the gap, and of any other expression the times that do not occur are left out. Where
/// clocks go back, one time of day is due once, the first time it is met, and any other expression at every moment that it names.
#[derive(Debug, Clone)]
pub struct Cadence {
    cron: Cron,
    zone: TimeZone,
}

impl Cadence {
    /// Reads a cron expression of five fields (or a nickname such as `@daily`) and an IANA time zone name.
    ///
    /// # Errors
    /// Every offence, under `/cron` and `/time_zone`.
    pub fn parse(cron: &str, time_zone: &str) -> Result<Self, Vec<FieldError>> {
        match (read_cron(cron), read_zone(time_zone)) {
            (Ok(cron), Ok(zone)) => Ok(Self { cron, zone }),
            (cron, zone) => Err(cron.err().into_iter().chain(zone.err()).collect()),
        }
    }

    /// The zone's name in the spelling of the database.
    #[must_use]
    pub fn time_zone(&self) -> &str {
        self.zone.iana_name().unwrap_or_default()
    }

    /// The first due time after `moment`; `None` where there is none.
    #[must_use]
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        // The search goes by whole seconds.
        let second = jiff::Timestamp::from_second(moment.0.div_euclid(1_000_000)).ok()?;
        let due = self.cron.find_next_occurrence(&second.to_zoned(self.zone.clone()), false).ok()?;
        Some(Timestamp(due.timestamp().as_microsecond()))
    }

    /// The first `count` due times after `moment`.
    #[must_use]
    pub fn upcoming(&self, moment: Timestamp, count: usize) -> Vec<Timestamp> {
        std::iter::successors(self.next_after(moment), |due| self.next_after(*due)).take(count).collect()
    }
}

fn read_cron(text: &str) -> Result<Cron, FieldError> {
    let refused = |code, detail: String| Err(FieldError::new("/cron", code, detail));
    let chars = text.chars().count();
    if chars > MAX_CRON_CHARS {
        let detail = format!("the expression has {chars} characters, at most {MAX_CRON_CHARS}");
        return refused(ErrorCode::TooLong, detail);
    }
    // Without seconds nothing is due more than once a minute.
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = match parser.parse(text) {
        Ok(cron) => cron,
        Err(error) => {
            let detail = format!("{} is no cron expression of five fields: {error}", shown(text));
            return refused(ErrorCode::ValueNotAllowed, detail);
        }
    };
    // A day such as 30 February never comes; the 29th does within eight years.
    let epoch = jiff::civil::date(2000, 1, 1).at(0, 0, 0, 0);
    if cron.find_next_occurrence(&epoch, true).is_err() {
        return refused(ErrorCode::ValueNotAllowed, format!("{} is never due", shown(text)));
    }
    Ok(cron)
}

fn read_zone(name: &str) -> Result<TimeZone, FieldError> {
    let zone = TimeZoneDatabase::bundled().get(name).ok();
    zone.filter(|zone| zone.iana_name().is_some_and(|name| name != NOWHERE)).ok_or_else(|| {
        let detail =
            format!("{} is no name in the IANA time zone database, such as Europe/Berlin", shown(name));
        FieldError::new("/time_zone", ErrorCode::ValueNotAllowed, detail)
    })
}

/// The beginning of a refused text, quoted.
fn shown(text: &str) -> String {
    format!("{:?}", text.chars().take(SHOWN_CHARS).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// The due times after a moment, in the zone's own clock with its offset.
    fn due(cron: &str, zone: &str, after: &str, count: usize) -> Vec<String> {
        let cadence = Cadence::parse(cron, zone).unwrap();
        let local = |due: Timestamp| {
            let moment = jiff::Timestamp::from_microsecond(due.0).unwrap().to_zoned(cadence.zone.clone());
            moment.strftime("%m-%d %H:%M%:z").to_string()
        };
        cadence.upcoming(at(after), count).into_iter().map(local).collect()
    }

    #[test]
    fn an_expression_is_read_in_its_zone() {
        let found = due("30 9 * * MON-FRI", "America/New_York", "2026-11-27T14:30:00Z", 2);
        assert_eq!(found, ["11-30 09:30-05:00", "12-01 09:30-05:00"]);
        assert_eq!(due("*/20 * * * *", "UTC", "2026-11-28T10:19:59.999999Z", 1), ["11-28 10:20+00:00"]);
        assert_eq!(due("@daily", "asia/kolkata", "2026-11-28T00:00:00Z", 1), ["11-29 00:00+05:30"]);
        assert_eq!(Cadence::parse("@daily", "asia/kolkata").unwrap().time_zone(), "Asia/Kolkata");
    }

    /// Berlin goes from 02:00 to 03:00 on 2026-03-29.
    #[test]
    fn one_time_of_day_in_a_gap_is_due_when_the_gap_ends() {
        let found = due("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3);
        assert_eq!(found, ["03-28 02:30+01:00", "03-29 03:00+02:00", "03-30 02:30+02:00"]);
        // Not twice where another falls on the gap's end, nor where the search begins there.
        let found = due("0 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", 1);
        assert_eq!(found, ["03-30 02:00+02:00"]);
    }

    #[test]
    fn other_expressions_leave_a_gap_out() {
        let found = due("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:15:00Z", 3);
        assert_eq!(found, ["03-29 01:30+01:00", "03-29 03:00+02:00", "03-29 03:30+02:00"]);
        let found = due("15,45 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 1);
        assert_eq!(found, ["03-30 02:15+02:00"]);
    }

    /// Berlin goes from 03:00 back to 02:00 on 2026-10-25.
    #[test]
    fn one_time_of_day_that_comes_twice_is_due_once() {
        let found = due("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(found, ["10-25 02:30+02:00", "10-26 02:30+01:00"]);
        // From between the two as well, and from within the second hour.
        for after in ["2026-10-25T00:45:00Z", "2026-10-25T01:15:00Z"] {
            assert_eq!(due("30 2 * * *", "Europe/Berlin", after, 1), ["10-26 02:30+01:00"], "{after}");
        }
    }

    #[test]
    fn other_expressions_are_due_in_both_hours() {
        let found = due("*/30 * * * *", "Europe/Berlin", "2026-10-25T00:15:00Z", 4);
        assert_eq!(
            found,
            ["10-25 02:30+02:00", "10-25 02:00+01:00", "10-25 02:30+01:00", "10-25 03:00+01:00"]
        );
    }

    /// Whatever the clocks do, due times grow, a minute apart at least, and do not depend on where the search began.
    #[test]
    fn due_times_grow_through_every_change_of_clocks() {
        for zone in ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Cairo", "UTC"] {
            for cron in ["* * * * *", "17 * * * *", "30 2 * * *", "0 0 * * *", "0,30 1-3 * * *"] {
                let cadence = Cadence::parse(cron, zone).unwrap();
                let mut moment = at("2026-03-01T00:00:00Z");
                for _ in 0..500 {
                    let next = cadence.next_after(moment).unwrap();
                    assert!(
                        next.0 - moment.0 >= 60_000_000 || moment == at("2026-03-01T00:00:00Z"),
                        "{zone} {cron}"
                    );
                    let before = Timestamp(next.0 - 1);
                    assert_eq!(cadence.next_after(before), Some(next), "{zone} {cron} {next}");
                    moment = next;
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_due_is_refused_by_name() {
        let refused = |cron: &str, zone: &str| -> Vec<String> {
            let errors = Cadence::parse(cron, zone).unwrap_err();
            errors.into_iter().map(|error| error.pointer).collect()
        };
        for cron in
            ["", "* * * *", "* * * * * *", "61 * * * *", "0 0 30 2 *", "@reboot", "0 0 0 1 1 * 2030", "ü"]
        {
            assert_eq!(refused(cron, "UTC"), ["/cron"], "{cron:?}");
        }
        for zone in ["", "Berlin", "Etc/Unknown", "CET-1CEST", "+02:00", "Europe/Berlin\0"] {
            assert_eq!(refused("0 0 * * *", zone), ["/time_zone"], "{zone:?}");
        }
        assert_eq!(refused("x", "y"), ["/cron", "/time_zone"]);
        assert_eq!(refused(&"*".repeat(MAX_CRON_CHARS + 1), "UTC"), ["/cron"]);
    }
}
