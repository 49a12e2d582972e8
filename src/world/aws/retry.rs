//! How often a call is tried, and how long it may take.
//!
//! Throttling ends: we wait until a burst of a few hundred runs is over. A broken service or
//! network does not recover while the user waits.

use std::error::Error as StdError;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::{ErrorKind, RetryConfig};
use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::operation::RequestId;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, InterceptorContext,
};
use aws_smithy_runtime_api::client::retries::classifiers::{
    ClassifyRetry, RetryAction, RetryReason,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::world::net::connect_error;
use crate::world::tty::waiting;

/// How long a call may take in all, with its retries and the waits between them. Only throttling takes
/// so long: two attempts without an answer end after some 17 seconds, and a terminal shows the wait.
pub(super) const CALL: Duration = Duration::from_secs(75);

/// How often a throttled call is tried, unless AWS_MAX_ATTEMPTS or the profile sets a number for
/// all calls; [`CALL`] ends it in any case.
const THROTTLED_ATTEMPTS: u32 = 30;

/// How often a call is tried while the service fails.
const FAILED_ATTEMPTS: usize = 5;

/// How often a call is tried while nothing answers, or answers break off.
const UNANSWERED_ATTEMPTS: usize = 2;

/// The waits double, each of a random length below a bound: the first of them below this,
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// and all of them below this.
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// `retries` with more attempts for throttling, if the user has set no number of attempts.
pub(super) fn patient(retries: RetryConfig) -> RetryConfig {
    retries
        .with_max_attempts(THROTTLED_ATTEMPTS)
        .with_initial_backoff(FIRST_WAIT)
        .with_max_backoff(LONGEST_WAIT)
}

/// The error of an operation.
pub(super) trait OperationError:
    ProvideErrorMetadata + RequestId + StdError + Send + Sync + 'static
{
}

impl<E: ProvideErrorMetadata + RequestId + StdError + Send + Sync + 'static> OperationError for E {}

/// Forbids further attempts of one call after failures that waiting does not fix. If the user has
/// set the number of attempts, only that counts.
///
/// It is an interceptor, to count attempts, and a classifier: the SDK may classify the failure of one
/// attempt several times. `E` is the error of the operation.
#[derive(Debug)]
pub(super) struct RetryLimits<E> {
    in_force: bool,
    /// What made each attempt fail, as far as it counts.
    attempts: Arc<Mutex<Vec<Option<Failure>>>>,
    operation: PhantomData<fn() -> E>,
}

impl<E> Clone for RetryLimits<E> {
    fn clone(&self) -> Self {
        Self {
            attempts: Arc::clone(&self.attempts),
            ..*self
        }
    }
}

/// A failure that does not go away after a few attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// No connection, or no whole answer in time.
    Unanswered,
    /// An error of the service itself.
    Service,
}

impl Failure {
    const fn limit(self) -> usize {
        match self {
            Self::Unanswered => UNANSWERED_ATTEMPTS,
            Self::Service => FAILED_ATTEMPTS,
        }
    }
}

/// The configuration of a client in an SDK crate, for one call in this region that fails with an
/// `$error`. The crates have builders of the same form, but no trait for them.
macro_rules! client_config {
    ($sdk:ident, $region:expr, $error:ty) => {{
        let shared = $region.sdk();
        let limits = $crate::world::aws::retry::RetryLimits::<$error>::of(&shared);
        $sdk::config::Builder::from(&shared)
            .retry_classifier(limits.clone())
            .interceptor(limits)
    }};
}
pub(super) use client_config;

impl<E: OperationError> RetryLimits<E> {
    pub(super) fn of(sdk: &SdkConfig) -> Self {
        let attempts = sdk.retry_config().map(RetryConfig::max_attempts);
        Self {
            in_force: attempts == Some(THROTTLED_ATTEMPTS),
            attempts: Arc::default(),
            operation: PhantomData,
        }
    }

    /// Whether this is the last attempt that makes sense.
    fn is_last(&self, failure: Failure) -> bool {
        let mut attempts = self.lock();
        if let Some(this) = attempts.last_mut() {
            *this = Some(failure);
        }
        let alike = attempts.iter().filter(|it| **it == Some(failure));
        alike.count() >= failure.limit()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Option<Failure>>> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the service says that there are too many requests. The SDK goes by the status, but
    /// EC2 sends this with status 503, that of a broken service.
    fn throttled(context: &InterceptorContext) -> bool {
        let error = match context.output_or_error() {
            Some(Err(error)) => error.as_operation_error(),
            _ => None,
        };
        let error = error.and_then(|error| error.downcast_ref::<E>());
        error
            .and_then(ProvideErrorMetadata::code)
            .is_some_and(is_throttling)
    }
}

/// Whether an error code says that there are too many requests.
pub(super) fn is_throttling(code: &str) -> bool {
    let codes = [
        "EC2ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    ];
    codes.contains(&code)
}

impl<E: OperationError> Intercept for RetryLimits<E> {
    fn name(&self) -> &'static str {
        "limits"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.lock().push(None);
        waiting::next_try();
        Ok(())
    }
}

impl<E: OperationError> ClassifyRetry for RetryLimits<E> {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        self.classify_retry_v2(context, &RetryAction::NoActionIndicated)
    }

    /// `previous` is the SDK's classification of the failure.
    fn classify_retry_v2(
        &self,
        context: &InterceptorContext,
        previous: &RetryAction,
    ) -> RetryAction {
        if let Some(Err(error)) = context.output_or_error()
            && error.is_response_error()
            && connect_error::in_chain(error).is_some()
        {
            // Another attempt would get an answer that is too long again.
            return RetryAction::RetryForbidden;
        }
        if Self::throttled(context) {
            waiting::throttled();
        }
        let unanswered = match context.output_or_error() {
            Some(Err(error)) => {
                error.is_connector_error() || error.is_timeout_error() || error.is_response_error()
            }
            _ => false,
        };
        let failure = match previous {
            _ if !self.in_force => return RetryAction::NoActionIndicated,
            _ if unanswered => Failure::Unanswered,
            _ if Self::throttled(context) => return RetryAction::throttling_error(),
            RetryAction::RetryIndicated(RetryReason::RetryableError { kind, .. })
                if *kind != ErrorKind::ThrottlingError =>
            {
                Failure::Service
            }
            _ => return RetryAction::NoActionIndicated,
        };
        if self.is_last(failure) {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "limits"
    }
}
