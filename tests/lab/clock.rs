//! Times as sshd and AWS spell them, in UTC.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment as `authorized_keys` has it: `20260131235959`.
///
/// Without the `Z`, which older versions of sshd do not take: its `TZ` must be UTC.
pub(crate) fn compact(moment: SystemTime) -> String {
    let [year, month, day, hour, minute, second] = civil(moment);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// A moment as AWS has it: `2026-01-31T23:59:59Z`.
pub(crate) fn iso(moment: SystemTime) -> String {
    let [year, month, day, hour, minute, second] = civil(moment);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month, day, hour, minute and second, counting years from March as leap days like it.
fn civil(moment: SystemTime) -> [u64; 6] {
    let seconds = moment
        .duration_since(UNIX_EPOCH)
        .expect("a clock after 1970")
        .as_secs();
    let days = seconds / 86_400 + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = (from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let of_day = seconds % 86_400;
    [
        year,
        month,
        day,
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60,
    ]
}
