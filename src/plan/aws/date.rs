//! Dates in the formats of other tools: the ends of credentials and of logins.
//!
//! ISO 8601 in all variants, the output of date(1) and of Go, RFC 2822: what Python's `dateutil` reads,
//! with which the AWS CLI reads the same files. A date without a zone is refused, as by the AWS CLI: it
//! could be any moment of a day.

use time::{Date, Month, Time, UtcOffset};

/// Seconds since 1970, and nanoseconds.
pub type Moment = (i64, u32);

/// Reads a date in any of these formats.
#[must_use]
pub fn read(text: &str) -> Option<Moment> {
    let mut parts = Parts::default();
    for word in words(text) {
        parts.take(&word)?;
    }
    parts.moment()
}

/// The words of a date: separated by blanks, by commas before blanks, and by ISO 8601's `T`.
fn words(text: &str) -> Vec<String> {
    let mut spaced = String::new();
    let mut rest = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = rest.next() {
        let next = rest.peek().copied().unwrap_or(' ');
        let is_t = before.is_ascii_digit() && next.is_ascii_digit();
        let parts = matches!(c, 'T' | 't') && is_t || c == ',' && next.is_whitespace();
        spaced.push(if parts { ' ' } else { c });
        before = c;
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// The parts of a date that are read so far.
#[derive(Default)]
struct Parts {
    year: Option<i32>,
    month: Option<Month>,
    day: Option<u8>,
    time: Option<Time>,
    zone: Option<UtcOffset>,
}

impl Parts {
    /// Reads a word; `None` if it is not part of a date, or if that part has been read before.
    fn take(&mut self, word: &str) -> Option<()> {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = word.split_at(digits);
        let date = self.year.is_some() || self.month.is_some() || self.day.is_some();
        match (digits, rest.chars().next()) {
            (0, Some('+' | '-')) if self.time.is_some() => self.zone(word),
            (0, Some(_)) => self.name(word),
            (1 | 2, Some(':')) => self.clock(word),
            (4, Some(part @ ('-' | '/'))) => {
                let (month, day) = rest[1..].split_once(part)?;
                self.date(number, month, day)
            }
            (8, None) if !date => self.date(&number[..4], &number[4..6], &number[6..]),
            (4 | 6, _) if self.day.is_some() && self.year.is_some() => {
                let seconds = number.get(4..).filter(|it| !it.is_empty()).unwrap_or("00");
                let clock = format!("{}:{}:{seconds}{rest}", &number[..2], &number[2..4]);
                self.clock(&clock)
            }
            (4, None) => set(&mut self.year, number.parse().ok()?),
            (1 | 2, None) => set(&mut self.day, number.parse().ok()?),
            _ => None,
        }
    }

    fn date(&mut self, year: &str, month: &str, day: &str) -> Option<()> {
        set(&mut self.year, number(year)?.into())?;
        let month = u8::try_from(number(month)?).ok()?;
        set(&mut self.month, Month::try_from(month).ok()?)?;
        set(&mut self.day, u8::try_from(number(day)?).ok()?)
    }

    /// A time of day, and the zone if it follows at once.
    fn clock(&mut self, word: &str) -> Option<()> {
        let is_time = |c: char| c.is_ascii_digit() || matches!(c, ':' | '.' | ',');
        let end = word.find(|c| !is_time(c)).unwrap_or(word.len());
        let (time, zone) = word.split_at(end);
        let (time, fraction) = time.split_once(['.', ',']).unwrap_or((time, ""));
        let mut parts = time.split(':').map(|part| u8::try_from(number(part)?).ok());
        let (hour, minute) = (parts.next()??, parts.next()??);
        let second = parts.next().unwrap_or(Some(0))?;
        let nanos = nanoseconds(fraction)?;
        if parts.next().is_some() {
            return None;
        }
        set(
            &mut self.time,
            Time::from_hms_nano(hour, minute, second, nanos).ok()?,
        )?;
        if zone.is_empty() {
            Some(())
        } else {
            self.zone(zone)
        }
    }

    /// A zone: a name or an offset. Go writes both: `+0000 UTC`.
    fn zone(&mut self, word: &str) -> Option<()> {
        if matches!(word, "Z" | "z" | "UTC" | "GMT") {
            self.zone.get_or_insert(UtcOffset::UTC);
            return Some(());
        }
        let (sign, offset) = match word.split_at_checked(1)? {
            ("+", offset) => (1, offset),
            ("-", offset) => (-1, offset),
            _ => return None,
        };
        let (hours, minutes) = match offset.split_once(':') {
            Some(parts) => parts,
            None => offset.split_at_checked(2)?,
        };
        let minutes = if minutes.is_empty() {
            0
        } else {
            number(minutes)?
        };
        let hours = number(hours).filter(|hours| *hours < 24)?;
        let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
        let zone = UtcOffset::from_whole_seconds(sign * seconds).ok()?;
        set(&mut self.zone, zone)
    }

    /// A month, a day of the week, or a zone.
    fn name(&mut self, word: &str) -> Option<()> {
        const WEEK: [&str; 7] = [
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
        ];
        let is = |name: &str| {
            let (name, word) = (name.to_ascii_lowercase(), word.to_ascii_lowercase());
            word == name || word == name[..3]
        };
        if WEEK.iter().any(|day| is(day)) {
            return Some(());
        }
        let mut months = (1..=12).filter_map(|number| Month::try_from(number).ok());
        match months.find(|month| is(&month.to_string())) {
            Some(month) => set(&mut self.month, month),
            None => self.zone(word),
        }
    }

    fn moment(self) -> Option<Moment> {
        let date = Date::from_calendar_date(self.year?, self.month?, self.day?).ok()?;
        let moment = date.with_time(self.time?).assume_offset(self.zone?);
        Some((moment.unix_timestamp(), moment.nanosecond()))
    }
}

/// Sets what is not set yet.
fn set<T>(part: &mut Option<T>, value: T) -> Option<()> {
    part.replace(value).is_none().then_some(())
}

/// A number of up to four digits and nothing else.
fn number(digits: &str) -> Option<u16> {
    let is_number = digits.len() <= 4 && digits.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// The nanoseconds in the digits of a fraction of a second.
fn nanoseconds(fraction: &str) -> Option<u32> {
    let digits = fraction.get(..9).unwrap_or(fraction);
    if !fraction.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-28T19:33:13Z, by date(1).
    const MOMENT: i64 = 1_795_894_393;

    #[test]
    fn one_moment_in_all_formats() {
        for text in [
            "2026-11-28T19:33:13Z",
            "2026-11-28t19:33:13z",
            "2026-11-28T19:33:13UTC",
            "2026-11-28 19:33:13 UTC",
            "2026-11-28T19:33:13 GMT",
            "2026-11-28T19:33:13+00:00",
            "2026-11-28T20:33:13+01:00",
            "2026-11-28T20:33:13 +0100",
            "2026-11-28T18:03:13-0130",
            "2026-11-28T19:33:13+00",
            "2026-11-28 19:33:13 +0000 UTC",
            "2026/11/28 19:33:13Z",
            "20261128T193313Z",
            "20261128T193313+0000",
            "Sat, 28 Nov 2026 19:33:13 GMT",
            "Sat, 28 Nov 2026 20:33:13 +0100",
            "Sat Nov 28 19:33:13 UTC 2026",
            "28 November 2026 19:33:13 UTC",
            "  2026-11-28T19:33:13Z\n",
        ] {
            assert_eq!(read(text), Some((MOMENT, 0)), "{text}");
        }
        assert_eq!(read("2026-11-28T19:33Z"), Some((MOMENT - 13, 0)));
        let half = Some((MOMENT, 500_000_000));
        assert_eq!(read("2026-11-28T19:33:13.5Z"), half);
        assert_eq!(read("2026-11-28 19:33:13,500+00:00"), half);
        assert_eq!(read("2026-11-28T19:33:13.5000000001Z"), half);
        assert_eq!(read("1969-12-31T23:59:59Z"), Some((-1, 0)));
        assert_eq!(read("2028-02-29T00:00:00Z"), Some((1_835_395_200, 0)));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "soon",
            "2026-11-28",
            "2026-11-28T19:33:13",
            "2026-11-28T19:33:13 CET",
            "2026-13-28T19:33:13Z",
            "2026-02-29T19:33:13Z",
            "2026-11-28T25:33:13Z",
            "2026-11-28T19:60:13Z",
            "2026-11-28T19:33:13:07Z",
            "2026-11-28T19:33:13+24:00",
            "2026-11-28T19:33:13.5.5Z",
            "2026-11-28T19:33:13ZZ",
            "2026-11-28 2026-11-28T19:33:13Z",
            "11/28/2026 7:33:13 PM",
            "1795894393",
            "19:33:13Z",
            "2026-11-28Té:33:13Z",
            "+",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
