//! A session from the AWS CLI's cache that AWS does not accept any more.

use std::path::PathBuf;

use thiserror::Error;

use super::AwsError;
use crate::hint::Hint;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("AWS does not accept the session in {}: getting a new one", path.display())]
pub(crate) struct StaleSession {
    pub path: PathBuf,
    /// Whether the file is deleted: then another session can be got.
    pub is_deleted: bool,
}

impl Hint for StaleSession {
    fn hint(&self) -> Option<String> {
        let path = self.path.display();
        Some(if self.is_deleted {
            format!("the session in {path} is deleted: try again")
        } else {
            format!("delete {path}: AWS does not accept the session in it, and mssh may not")
        })
    }
}

impl AwsError {
    /// The session that AWS does not accept, if it came from the cache and is deleted there now.
    #[must_use]
    pub(crate) fn dropped_session(&self) -> Option<&StaleSession> {
        let (Self::Expired { stale, .. } | Self::BadCredentials { stale, .. }) = self else {
            return None;
        };
        stale.as_ref().filter(|stale| stale.is_deleted)
    }
}
