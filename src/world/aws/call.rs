//! Calls to AWS: how long they take, and what their errors mean to the user.

mod refusal;

use std::time::Instant;

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::SdkError;
use aws_sdk_ec2::operation::RequestId;

use super::Regional;
use super::retry::OperationError;
use crate::plan::target::ids::{InstanceId, Login, Zone};
use crate::world::aws::error::{AwsError, SdkCause};
use crate::world::net::connect_error;
use crate::world::process::clock::took;
use crate::world::tty::waiting::Wait;

/// A call to AWS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    /// The action, as IAM names it: `ec2:DescribeInstances`.
    pub(super) action: &'static str,
    pub(super) region: &'a Regional<'a>,
    /// What is pushed, if the call pushes a key.
    pub(super) push: Option<PushRequest<'a>>,
}

/// A key that is pushed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PushRequest<'a> {
    pub id: &'a InstanceId,
    /// What it opens there.
    pub target: PushTarget<'a>,
}

/// What a pushed key opens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PushTarget<'a> {
    /// The instance's sshd, for this user; in this zone, if the user named it as part of the target.
    User(&'a Login, Option<&'a Zone>),
    /// Its serial console, which has no users.
    Serial,
}

impl Call<'_> {
    /// Makes the call.
    pub(super) fn send<T, E>(
        &self,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> impl Future<Output = Result<T, AwsError>>
    where
        T: RequestId,
        E: OperationError,
    {
        let answer = self.timed(request);
        async move { answer.await.map_err(|error| self.failed(&error)) }
    }

    /// The same for callers who look at the SDK's error themselves. With `--debug` it says how long
    /// the call took and which ID AWS gave it.
    pub(super) fn timed<T, E>(
        &self,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> impl Future<Output = Result<T, SdkError<E, HttpResponse>>>
    where
        T: RequestId,
        E: OperationError,
    {
        // The SDK's futures are large. Boxed here, and not in the async block, it is in no other.
        let request = Box::pin(request);
        async move {
            let region = &self.region.region;
            let action = self.action.rsplit(':').next().unwrap_or_default();
            let started = Instant::now();
            let wait = Wait::begin(format!("{action} in {region}"));
            let result = wait.during(request).await;
            self.region.debug(|| {
                let (outcome, id) = match &result {
                    Ok(output) => ("answered", output.request_id()),
                    Err(error) => ("failed", error.request_id()),
                };
                let id = id.map_or(String::new(), |id| format!(", request {id}"));
                let took = took(started);
                format!("{action} in {region} {outcome} after {took}{id}")
            });
            result
        }
    }

    /// Converts the SDK's error into ours: by the service's error code, or by how far the call got.
    pub(super) fn failed<E: OperationError>(&self, error: &SdkError<E, HttpResponse>) -> AwsError {
        if let Some(network) = connect_error::in_chain(error) {
            return AwsError::Network(network.clone());
        }
        let action = self.action;
        match error {
            SdkError::ServiceError(context) => self.refused(context.err().meta(), context.raw()),
            SdkError::TimeoutError(_) => self.timed_out(),
            SdkError::DispatchFailure(failure) if failure.is_timeout() => self.timed_out(),
            SdkError::ResponseError(context) => {
                self.log_answer(context.raw());
                self.bad_answer()
            }
            _ if !connect_error::has_tried(error) => AwsError::NotSent {
                action,
                source: SdkCause::of(error),
            },
            _ => AwsError::Unreachable {
                host: self.host(),
                source: SdkCause::of(error),
            },
        }
    }

    /// Describes an answer that is not valid; without its content, which may be secret.
    fn log_answer(&self, answer: &HttpResponse) {
        self.region.debug(|| {
            let kind = answer.headers().get("content-type").unwrap_or("no type");
            let length = answer.body().bytes().map_or(0, <[u8]>::len);
            let status = answer.status().as_u16();
            format!("the answer has HTTP status {status} and {length} bytes of {kind}")
        });
    }

    /// The error for an answer that does not come in time.
    pub(super) fn timed_out(&self) -> AwsError {
        AwsError::TimedOut {
            action: self.action,
            host: self.host(),
        }
    }

    /// The error for an answer that is not the service's.
    pub(super) fn bad_answer(&self) -> AwsError {
        AwsError::BadAnswer {
            action: self.action,
            host: self.host(),
        }
    }

    /// A description of the service that was called. Not the URL: a user who has set one knows it.
    fn host(&self) -> String {
        let service = self.action.split(':').next().unwrap_or_default();
        format!("{service} in {}", self.region.chosen())
    }
}
