//! How long ago something was, in one short word.

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// `5m`, `3h`, `12d`, `2y`: the largest unit of which there are at least two; less than two minutes in
/// seconds.
#[must_use]
pub(crate) fn age(seconds: u64) -> String {
    let units = [
        (YEAR, 'y'),
        (DAY, 'd'),
        (HOUR, 'h'),
        (MINUTE, 'm'),
        (1, 's'),
    ];
    let fits = |(length, _): &&(u64, char)| seconds >= 2 * length;
    let (length, unit) = units.iter().find(fits).unwrap_or(&(1, 's'));
    format!("{}{unit}", seconds / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_at_least_two_of_its_unit() {
        for (seconds, word) in [
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (2 * HOUR - 1, "119m"),
            (30 * HOUR, "30h"),
            (49 * HOUR, "2d"),
            (2 * YEAR - 1, "729d"),
            (5 * YEAR, "5y"),
        ] {
            assert_eq!(age(seconds), word, "{seconds}");
        }
    }
}
