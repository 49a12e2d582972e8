//! A push that failed in another process.

use std::error::Error as StdError;

use super::Error;
use crate::hint::{self, Hint};
use crate::world::aws::error::{AwsError, StaleSession};

/// Why a push failed, as the process that made it tells it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct PushError {
    pub message: String,
    #[source]
    pub source: Option<Box<Cause>>,
    pub details: Vec<String>,
    pub hint: Option<String>,
    /// Whether AWS refuses the credentials. They may be from the AWS CLI's cache.
    pub refuses_credentials: bool,
    /// The session that was deleted there for that.
    pub stale: Option<StaleSession>,
}

/// The cause of an error, without its type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Cause {
    pub message: String,
    #[source]
    pub source: Option<Box<Cause>>,
}

impl Cause {
    /// A chain of causes from their texts, the innermost last.
    pub(crate) fn chain(texts: impl DoubleEndedIterator<Item = String>) -> Option<Box<Self>> {
        texts.rev().fold(None, |source, message| {
            Some(Box::new(Self { message, source }))
        })
    }
}

impl PushError {
    /// The same, after the session that AWS refuses was deleted from the cache.
    pub(crate) fn with_stale(self, stale: Option<StaleSession>) -> Self {
        let hint = stale.as_ref().and_then(Hint::hint).or(self.hint);
        Self {
            hint,
            stale,
            ..self
        }
    }
}

impl From<&Error> for PushError {
    fn from(error: &Error) -> Self {
        let causes: Vec<String> = hint::causes(error as &dyn StdError)
            .map(ToString::to_string)
            .collect();
        let refuses_credentials = matches!(
            error,
            Error::Aws(AwsError::Expired { .. } | AwsError::BadCredentials { .. })
        );
        Self {
            message: error.to_string(),
            source: Cause::chain(causes.into_iter()),
            details: error.details(),
            hint: error.hint(),
            refuses_credentials,
            stale: None,
        }
    }
}

impl Hint for PushError {
    fn hint(&self) -> Option<String> {
        self.hint.clone()
    }

    fn details(&self) -> Vec<String> {
        self.details.clone()
    }
}
