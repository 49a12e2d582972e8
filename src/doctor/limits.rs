//! Time limits, and facts from what calls return.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::error::Error;
use crate::hint::{self, Hint};
use crate::plan::aws::denial::DenialReason;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::doctor::fact::{Denial, Fact, Failure};
use crate::plan::doctor::facts::Answer;
use crate::world::aws::error::{AwsError, Denied};

/// How long everything may take.
const ALL: Duration = Duration::from_secs(10);

/// How long one call may take, with its retries.
const CALL: Duration = Duration::from_secs(3);

/// When the last of them ends.
pub(super) struct Limits {
    end: Instant,
}

impl Limits {
    pub(super) fn start() -> Self {
        Self {
            end: Instant::now() + ALL,
        }
    }

    /// What is left, less a moment for the report.
    pub(super) fn left(&self) -> Duration {
        let left = self.end.saturating_duration_since(Instant::now());
        left.saturating_sub(Duration::from_millis(300))
    }

    /// Makes a call, as long as it may take.
    pub(super) async fn fact<T, E: Into<Error>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Fact<T> {
        match self.answer(call).await {
            Fact::Known(Ok(value)) => Fact::Known(value),
            Fact::Known(Err(failure)) | Fact::Failed(failure) => Fact::Failed(failure),
            Fact::Denied(denial) => Fact::Denied(denial),
            Fact::NotAsked => Fact::NotAsked,
        }
    }

    /// The same, where a refusal is an answer.
    pub(super) async fn answer<T, E: Into<Error>>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> Answer<T> {
        let limit = CALL.min(self.left());
        match timeout(limit, Box::pin(call)).await {
            Ok(Ok(value)) => Fact::Known(Ok(value)),
            Ok(Err(error)) => unknown(&error.into()),
            Err(_) => Fact::Failed(Failure {
                message: format!("no answer within {} s", limit.as_secs()),
                hint: Some("check the network, and try again".to_owned()),
            }),
        }
    }
}

/// Why a fact is not known: the error is an answer, unless there was none.
pub(super) fn unknown<T>(error: &Error) -> Answer<T> {
    match error {
        Error::Aws(AwsError::Denied(denied)) => Fact::Denied(denial(denied)),
        Error::Aws(
            AwsError::TimedOut { .. }
            | AwsError::Throttled { .. }
            | AwsError::Network(_)
            | AwsError::Unreachable { .. }
            | AwsError::BadAnswer { .. }
            | AwsError::NotSent { .. },
        ) => Fact::Failed(failure(error)),
        _ => Fact::Known(Err(failure(error))),
    }
}

pub(super) fn failure(error: &Error) -> Failure {
    // ssh's messages have lines, which end with CR LF.
    let message = hint::line(error);
    let lines = message.lines().map(str::trim).filter(|it| !it.is_empty());
    let mut message = lines.collect::<Vec<_>>().join("; ");
    for detail in error.details() {
        message.push_str("; ");
        message.push_str(&detail);
    }
    Failure {
        message,
        hint: error.hint(),
    }
}

fn denial(denied: &Denied) -> Denial {
    let has_no_allow = denied.reason.as_ref().is_none_or(DenialReason::is_plain);
    let hint = denied.hint().unwrap_or_default();
    let (action, resource) = (denied.action, &denied.resource);
    let statement = format!(
        "{{\"Effect\": \"Allow\", \"Action\": \"{action}\", \"Resource\": \"{resource}\"}}"
    );
    Denial {
        action: action.to_owned(),
        message: denied.to_string(),
        fix: if has_no_allow {
            format!("add to a policy of yours: `{statement}`")
        } else {
            hint
        },
    }
}

/// Whether an error says that there is no such instance.
pub(super) fn is_not_found(error: &Error) -> bool {
    matches!(error, Error::Instance(InstanceError::NotFound { .. }))
}
