//! This machine's clock and AWS's: which of them, or which credentials, a refusal is topic.

use std::fmt;

/// AWS takes requests that are up to five minutes old. What is near that is told as well: the
/// answer took its time, too.
const TOLERANCE: u64 = 4 * MINUTE;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// A time, in seconds since the Unix epoch.
pub type Seconds = i64;

/// How far this machine's clock is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offset {
    by: u64,
    ahead: bool,
}

impl Offset {
    /// That of a clock which says `here` when AWS's says `there`; `None` if AWS bears with it.
    #[must_use]
    pub fn of(here: Seconds, there: Seconds) -> Option<Self> {
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

/// What a service's error code and message speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorTopic {
    /// The time at which the request was signed.
    Time,
    /// The session, which is over.
    Session,
    /// EC2 says the same of either.
    Either,
    /// The signature, which has the time in it.
    Signature,
}

impl ErrorTopic {
    /// Reads them; `None` where they speak of something else.
    #[must_use]
    pub fn read(code: &str, message: &str) -> Option<Self> {
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

/// What is known of the time and the credentials.
#[derive(Clone, Copy, Debug)]
pub struct ClockFacts {
    /// What this machine's clock says.
    pub here: Seconds,
    /// What the answer's Date says.
    pub there: Option<Seconds>,
    /// Whether the credentials are of a session, which ends.
    pub is_session: bool,
    /// When it ends, if that is known.
    pub end: Option<Seconds>,
}

/// What a refusal comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Diagnosis {
    /// The session is over. The clock may be wrong as well.
    Expired(Option<Offset>),
    /// The clock is wrong.
    Clock(Option<Offset>),
    /// Something else.
    Neither,
}

impl ClockFacts {
    /// What a refusal comes from that speaks of this.
    #[must_use]
    pub fn diagnose(&self, topic: ErrorTopic) -> Diagnosis {
        let off = self.there.and_then(|there| Offset::of(self.here, there));
        // By AWS's clock, if that is known: it is the one that counts.
        let is_over = self.end.map(|end| end <= self.there.unwrap_or(self.here));
        match topic {
            ErrorTopic::Time => Diagnosis::Clock(off),
            ErrorTopic::Session => Diagnosis::Expired(off),
            ErrorTopic::Signature if off.is_some() => Diagnosis::Clock(off),
            ErrorTopic::Signature => Diagnosis::Neither,
            ErrorTopic::Either if is_over == Some(true) => Diagnosis::Expired(off),
            ErrorTopic::Either if off.is_some() || !self.is_session => Diagnosis::Clock(off),
            // The clock may be wrong, as far as we know; the session is not over.
            ErrorTopic::Either if self.there.is_none() && is_over == Some(false) => {
                Diagnosis::Clock(None)
            }
            ErrorTopic::Either => Diagnosis::Expired(None),
        }
    }
}

#[cfg(test)]
mod tests;
