//! Times in the formats of sshd and AWS, in UTC.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::aws_error::{AwsError, Protocol};
use super::http::Request;

/// How far the date of a signature may be off.
const TOLERANCE: Duration = Duration::from_mins(5);

/// AWS's clock, which may differ from the clock of this machine.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    /// In minutes.
    pub(crate) ahead: i64,
}

impl Clock {
    pub(crate) fn now(self) -> SystemTime {
        let by = Duration::from_mins(self.ahead.unsigned_abs());
        let now = SystemTime::now();
        if self.ahead < 0 { now - by } else { now + by }
    }

    /// Rejects a request that was signed too early or too late, with the error of each service.
    pub(crate) fn check(self, protocol: Protocol, request: &Request) -> Result<(), AwsError> {
        let signed = request.header("x-amz-date");
        let [oldest, newest] = [self.now() - TOLERANCE, self.now() + TOLERANCE].map(amz_date);
        if signed.is_empty() || (oldest.as_str()..=newest.as_str()).contains(&signed) {
            return Ok(());
        }
        let now = amz_date(self.now());
        let old = signed < oldest.as_str();
        let message = if old {
            format!("Signature expired: {signed} is now earlier than {oldest} ({now} - 5 min.)")
        } else {
            format!(
                "Signature not yet current: {signed} is still later than {newest} ({now} + 5 min.)"
            )
        };
        Err(match protocol {
            Protocol::Ec2 if old => AwsError::new(400, "RequestExpired", "Request has expired."),
            Protocol::Ec2 => AwsError::bad_token(protocol),
            Protocol::Sts => AwsError::new(403, "SignatureDoesNotMatch", message),
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                AwsError::new(400, "InvalidSignatureException", message)
            }
        })
    }
}

/// The format of a signature: `20260131T235959Z`.
fn amz_date(moment: SystemTime) -> String {
    let compact = compact(moment);
    let (day, time) = compact.split_at(8);
    format!("{day}T{time}Z")
}

/// The format of `authorized_keys`: `20260131235959`.
///
/// Older versions of sshd do not take a `Z` at the end, so sshd must run with `TZ=UTC`.
pub(crate) fn compact(moment: SystemTime) -> String {
    let [year, month, day, hour, minute, second] = civil(moment);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// The format of AWS's answers: `2026-01-31T23:59:59Z`.
pub(crate) fn iso(moment: SystemTime) -> String {
    let [year, month, day, hour, minute, second] = civil(moment);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// The format of HTTP: `Sat, 31 Jan 2026 23:59:59 GMT`.
pub(crate) fn http(moment: SystemTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let [year, month, day, hour, minute, second] = civil(moment);
    let since = moment.duration_since(UNIX_EPOCH).expect("after 1970");
    let weekday = DAYS[usize::try_from(since.as_secs() / 86_400 % 7).expect("small")];
    let month = MONTHS[usize::try_from(month - 1).expect("small")];
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month, day, hour, minute and second. Years are counted from March, so that a leap day is
/// the last of its year.
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
