//! The value of `--wait`: how long to wait for an instance that `--start` starts.

use std::time::Duration;

/// How long without that option.
pub(crate) const USUAL: Duration = Duration::from_mins(5);

/// The longest time.
const LONGEST: Duration = Duration::from_hours(24);

/// What a look at something that is waited for finds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Awaited<T> {
    There(T),
    /// Why not yet, in a line.
    NotYet(String),
}

/// Reads a number of seconds (`90`, `90s`), minutes (`5m`) or hours (`1h`).
pub(crate) fn parse(word: &str) -> Option<Duration> {
    let (number, unit) = match word.as_bytes() {
        [_, .., b's'] => (&word[..word.len() - 1], 1),
        [_, .., b'm'] => (&word[..word.len() - 1], 60),
        [_, .., b'h'] => (&word[..word.len() - 1], 3600),
        _ => (word, 1),
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| is_number)?;
    let time = Duration::from_secs(u64::from(number) * unit);
    (!time.is_zero() && time <= LONGEST).then_some(time)
}

/// The time as it may be written for `--wait`.
pub(crate) fn display(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_a_unit_or_is_in_seconds() {
        for (word, seconds, display) in [
            ("90", 90, "90s"),
            ("90s", 90, "90s"),
            ("5m", 300, "5m"),
            ("300", 300, "5m"),
            ("1h", 3600, "1h"),
            ("24h", 86400, "24h"),
        ] {
            let time = parse(word).expect(word);
            assert_eq!(time.as_secs(), seconds);
            assert_eq!(super::display(time), display);
        }
        for word in [
            "",
            "0",
            "0m",
            "m",
            "s",
            "-1",
            "+5",
            "1.5m",
            "5 m",
            "5M",
            "25h",
            "99999999999",
            "1d",
            "5mm",
            "é",
        ] {
            assert_eq!(parse(word), None, "{word}");
        }
    }
}
