//! A session from the AWS CLI's cache that AWS does not accept any more.

use std::fmt;
use std::path::PathBuf;

use super::AwsError;

/// Which it was.
#[derive(Clone, Debug)]
pub struct StaleSession {
    /// Its file.
    pub path: PathBuf,
    /// Whether it is gone from there: then another one can be had.
    pub is_dropped: bool,
}

impl fmt::Display for StaleSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        write!(
            f,
            "AWS refuses the session in {path}: it is dropped, and made anew"
        )
    }
}

impl StaleSession {
    /// What to try.
    pub(super) fn hint(&self) -> String {
        let path = self.path.display();
        if self.is_dropped {
            format!("the session in {path} is dropped: try again")
        } else {
            format!("remove {path}: AWS refuses the session in it, and we may not")
        }
    }
}

impl AwsError {
    /// The session that AWS has refused, if it came from the cache and is gone from there now.
    #[must_use]
    pub fn dropped_session(&self) -> Option<&StaleSession> {
        let (Self::Expired { stale, .. } | Self::BadCredentials { stale, .. }) = self else {
            return None;
        };
        stale.as_ref().filter(|stale| stale.is_dropped)
    }
}
