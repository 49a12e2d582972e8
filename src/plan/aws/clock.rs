//! This machine's clock and AWS's: whether a refusal is due to the time or to the credentials.

use std::fmt;

/// AWS accepts requests that are up to five minutes off. Somewhat less counts as off here: the answer
/// took time, too.
const TOLERANCE: u64 = 4 * MINUTE;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// Seconds since the Unix epoch.
pub(crate) type Seconds = i64;

/// How far this machine's clock is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Offset {
    by: u64,
    ahead: bool,
}

impl Offset {
    /// For a clock that shows `here` while AWS's shows `there`; `None` if AWS tolerates that.
    #[must_use]
    pub(crate) fn of(here: Seconds, there: Seconds) -> Option<Self> {
        let (by, ahead) = (here.abs_diff(there), here > there);
        (by > TOLERANCE).then_some(Self { by, ahead })
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, name) = match self.by {
            0..7_200 => (MINUTE, "minutes"),
            7_200..172_800 => (HOUR, "hours"),
            _ => (DAY, "days"),
        };
        let number = (self.by + unit / 2) / unit;
        let direction = if self.ahead { "ahead of" } else { "behind" };
        write!(f, "{number} {name} {direction} AWS's")
    }
}

/// What an error code and its message are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorTopic {
    /// The time of the request.
    Time,
    /// The session, which has expired.
    Session,
    /// EC2 uses the same code for both.
    Either,
    /// The signature, which covers the time.
    Signature,
}

impl ErrorTopic {
    /// `None` if they are about something else.
    #[must_use]
    pub(crate) fn read(code: &str, message: &str) -> Option<Self> {
        let says = |words: &str| message.starts_with(words);
        Some(match code {
            "RequestTimeTooSkewed" | "RequestInTheFuture" => Self::Time,
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" => Self::Session,
            "RequestExpired" => Self::Either,
            "InvalidSignatureException" | "SignatureDoesNotMatch"
                if says("Signature expired") || says("Signature not yet current") =>
            {
                Self::Time
            }
            "AuthFailure" | "InvalidSignatureException" | "SignatureDoesNotMatch" => {
                Self::Signature
            }
            _ => return None,
        })
    }
}

/// What we know about time and credentials.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ClockFacts {
    /// This machine's time.
    pub here: Seconds,
    /// The Date of the answer.
    pub there: Option<Seconds>,
    /// Whether the credentials are a session's, which expires.
    pub is_session: bool,
    /// When it expires, if that is known.
    pub end: Option<Seconds>,
}

/// Why AWS has refused a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Diagnosis {
    /// The session has expired. The clock may be wrong as well.
    Expired(Option<Offset>),
    /// The clock is wrong.
    Clock(Option<Offset>),
    /// Something else.
    Neither,
}

impl ClockFacts {
    /// The reason for a refusal with an error about this.
    #[must_use]
    pub(crate) fn diagnose(&self, topic: ErrorTopic) -> Diagnosis {
        let off = self.there.and_then(|there| Offset::of(self.here, there));
        // AWS's clock decides, if we know its time.
        let is_over = self.end.map(|end| end <= self.there.unwrap_or(self.here));
        match topic {
            ErrorTopic::Time => Diagnosis::Clock(off),
            ErrorTopic::Session => Diagnosis::Expired(off),
            ErrorTopic::Signature if off.is_some() => Diagnosis::Clock(off),
            ErrorTopic::Signature => Diagnosis::Neither,
            ErrorTopic::Either if is_over == Some(true) => Diagnosis::Expired(off),
            ErrorTopic::Either if off.is_some() || !self.is_session => Diagnosis::Clock(off),
            // The session has not expired by our clock, so that may be wrong.
            ErrorTopic::Either if self.there.is_none() && is_over == Some(false) => {
                Diagnosis::Clock(None)
            }
            ErrorTopic::Either => Diagnosis::Expired(None),
        }
    }
}

#[cfg(test)]
mod tests;
