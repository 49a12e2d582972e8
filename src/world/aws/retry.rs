//! How often a call is tried, and how long it is waited for.
//!
//! Throttling passes: it is waited for until a burst of a few hundred runs has got through. What
//! ails a broken service or a dead network does not pass while a person waits.

use std::error::Error as StdError;
use std::marker::PhantomData;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::retry::{ErrorKind, RetryConfig};
use aws_sdk_ec2::error::ProvideErrorMetadata;
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

/// How long a call may take in all, with its retries and the waits between them.
pub(super) const CALL: Duration = Duration::from_secs(75);

/// How often a throttled call is tried, unless AWS_MAX_ATTEMPTS or the profile say how often any
/// call is; [`CALL`] ends it in any case.
const THROTTLED_TRIES: u32 = 30;

/// How often a service may fail.
const BROKEN_TRIES: u32 = 5;

/// How often a call may find nobody at the other end.
const DEAD_TRIES: u32 = 2;

/// The waits double, each of a random length below a bound: the first of them below this,
const FIRST_WAIT: Duration = Duration::from_millis(400);

/// and all of them below this.
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// `retries` with more patience for throttling, where the user has not set the number of tries.
pub(super) fn patient(retries: RetryConfig) -> RetryConfig {
    retries
        .with_max_attempts(THROTTLED_TRIES)
        .with_initial_backoff(FIRST_WAIT)
        .with_max_backoff(LONGEST_WAIT)
}

/// The error of an operation.
pub(super) trait OperationError:
    ProvideErrorMetadata + StdError + Send + Sync + 'static
{
}

impl<E: ProvideErrorMetadata + StdError + Send + Sync + 'static> OperationError for E {}

/// Forbids further tries of one call after failures that patience does not mend. Where the user
/// has set the number of tries, that alone counts.
///
/// To be had both as interceptor and as classifier: the SDK classifies a failure more than once,
/// so that tries are what has to be counted. `E` is the error of the operation.
#[derive(Debug)]
pub(super) struct RetryLimits<E> {
    in_force: bool,
    tries: Arc<Tries>,
    operation: PhantomData<fn() -> E>,
}

impl<E> Clone for RetryLimits<E> {
    fn clone(&self) -> Self {
        Self {
            tries: Arc::clone(&self.tries),
            ..*self
        }
    }
}

/// The tries so far. Those of a kind are bits, the first try the lowest.
#[derive(Debug, Default)]
struct Tries {
    begun: AtomicU32,
    broken: AtomicU32,
    dead: AtomicU32,
}

impl<E: OperationError> RetryLimits<E> {
    /// Those of a new call.
    pub(super) fn of(sdk: &SdkConfig) -> Self {
        let tries = sdk.retry_config().map(RetryConfig::max_attempts);
        Self {
            in_force: tries == Some(THROTTLED_TRIES),
            tries: Arc::default(),
            operation: PhantomData,
        }
    }

    /// Whether the service says that it is asked too often. The SDK goes by the status, and EC2
    /// says that with the 503 of a service that is broken.
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

/// Whether a service's error code says that it is asked too often.
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

impl<E: std::fmt::Debug> Intercept for RetryLimits<E> {
    fn name(&self) -> &'static str {
        "limits"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.tries.begun.fetch_add(1, Ordering::Relaxed);
        waiting::next_try();
        Ok(())
    }
}

impl<E: OperationError> ClassifyRetry for RetryLimits<E> {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        self.classify_retry_v2(context, &RetryAction::NoActionIndicated)
    }

    /// `previous` is what the SDK makes of the failure.
    fn classify_retry_v2(
        &self,
        context: &InterceptorContext,
        previous: &RetryAction,
    ) -> RetryAction {
        if let Some(Err(error)) = context.output_or_error()
            && error.is_response_error()
            && connect_error::in_chain(error).is_some()
        {
            // Whoever sends an answer that is too long would send another.
            return RetryAction::RetryForbidden;
        }
        if Self::throttled(context) {
            waiting::throttled();
        }
        let unanswered = match context.output_or_error() {
            Some(Err(error)) => error.is_connector_error() || error.is_timeout_error(),
            _ => false,
        };
        let (alike, limit) = match previous {
            _ if !self.in_force => return RetryAction::NoActionIndicated,
            _ if unanswered => (&self.tries.dead, DEAD_TRIES),
            _ if Self::throttled(context) => return RetryAction::throttling_error(),
            RetryAction::RetryIndicated(RetryReason::RetryableError { kind, .. })
                if *kind != ErrorKind::ThrottlingError =>
            {
                (&self.tries.broken, BROKEN_TRIES)
            }
            _ => return RetryAction::NoActionIndicated,
        };
        let this = 1_u32.rotate_left(self.tries.begun.load(Ordering::Relaxed));
        let seen = alike.fetch_or(this, Ordering::Relaxed) | this;
        if seen.count_ones() >= limit {
            RetryAction::RetryForbidden
        } else {
            RetryAction::NoActionIndicated
        }
    }

    fn name(&self) -> &'static str {
        "limits"
    }
}
