//! Calls to AWS: how long they take, and what their errors mean to the user.

use std::error::Error as StdError;
use std::time::{Instant, SystemTime};

use aws_credential_types::provider::error::CredentialsError as SdkCredentialsError;
use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::{ErrorMetadata, SdkError};
use aws_sdk_ec2::operation::RequestId;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::retry::OperationError;
use super::{Regional, retry, took};
use crate::plan::aws::clock::{ClockFacts, Diagnosis, ErrorTopic, Offset};
use crate::plan::aws::denial::DenialReason;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::route::no_console::{ConsoleError, NoConsole};
use crate::plan::target::ids::{InstanceId, Login, Region, Zone};
use crate::world::aws::error::{AwsError, Denied, SdkCause};
use crate::world::net::connect_error;
use crate::world::tty::waiting::Wait;

/// A call to AWS.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    /// The action, as IAM names it: `ec2:DescribeInstances`.
    pub(super) action: &'static str,
    pub(super) region: &'a Regional<'a>,
    /// What is pushed, if the call pushes a key.
    pub(super) push: Option<KeyPush<'a>>,
}

/// A key that is pushed.
#[derive(Clone, Copy, Debug)]
pub struct KeyPush<'a> {
    /// The instance.
    pub id: &'a InstanceId,
    /// What it opens there.
    pub target: PushTarget<'a>,
}

/// What a pushed key opens.
#[derive(Clone, Copy, Debug)]
pub enum PushTarget<'a> {
    /// The instance's sshd, for this user; in this zone, if the user named it as part of the target.
    User(&'a Login, Option<&'a Zone>),
    /// Its serial console, which has no users.
    Serial,
}

impl Call<'_> {
    /// Makes the call.
    pub(super) async fn send<T, E>(
        &self,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, AwsError>
    where
        T: RequestId,
        E: OperationError,
    {
        let result = self.timed(request).await;
        result.map_err(|error| self.failed(&error))
    }

    /// The same for callers who look at the SDK's error themselves. With `--debug` it says how long
    /// the call took and which ID AWS gave it.
    pub(super) async fn timed<T, E>(
        &self,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, SdkError<E, HttpResponse>>
    where
        T: RequestId,
        E: OperationError,
    {
        let region = &self.region.region;
        let action = self.action.rsplit(':').next().unwrap_or_default();
        let started = Instant::now();
        let wait = Wait::begin(format!("{action} in {region}"));
        // On the heap, since the futures of the SDK are large.
        let result = wait.during(Box::pin(request)).await;
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

    /// Our error for the SDK's: by the service's error code, or by how far the call got.
    pub(super) fn failed<E: OperationError>(&self, error: &SdkError<E, HttpResponse>) -> AwsError {
        if let Some(network) = connect_error::in_chain(error) {
            return AwsError::Network(network.clone());
        }
        let action = self.action;
        match error {
            SdkError::ServiceError(context) => self.refused(context.err().meta(), context.raw()),
            SdkError::TimeoutError(_) => AwsError::TimedOut {
                action,
                host: self.host(),
            },
            SdkError::DispatchFailure(failure) if failure.is_timeout() => AwsError::TimedOut {
                action,
                host: self.host(),
            },
            SdkError::ResponseError(context) => {
                self.tell_answer(context.raw());
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

    /// Our error for a service's error code.
    fn refused(&self, meta: &ErrorMetadata, answer: &HttpResponse) -> AwsError {
        let (action, status) = (self.action, answer.status().as_u16());
        let Some(code) = meta.code() else {
            self.tell_answer(answer);
            return self.bad_answer();
        };
        let message = meta.message().unwrap_or("no reason given");
        if !tells_secrets(code) {
            self.region
                .debug(|| format!("AWS refuses {action}: {code}: {message}"));
        }
        if let (Some(push), Some(why)) = (self.push, NoConsole::named(code)) {
            return ConsoleError {
                id: push.id.clone(),
                region: self.region.chosen(),
                why,
            }
            .into();
        }
        let about = ErrorTopic::read(code, message);
        match about.map(|about| self.facts(answer).diagnose(about)) {
            Some(Diagnosis::Expired(off)) => return self.expired(off),
            Some(Diagnosis::Clock(off)) => {
                let message = message.to_owned();
                return AwsError::Clock { message, off };
            }
            Some(Diagnosis::Neither) | None => {}
        }
        match code {
            "UnauthorizedOperation" | "AccessDenied" | "AccessDeniedException" => {
                AwsError::Denied(self.denied(message))
            }
            "AuthFailure"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "InvalidSignatureException"
            | "SignatureDoesNotMatch"
            | "MissingAuthenticationToken"
            | "IncompleteSignature"
            | "OptInRequired" => AwsError::BadCredentials {
                stale: self.region.aws.delete_session(),
                code: code.to_owned(),
            },
            code if retry::is_throttling(code) => AwsError::Throttled { action },
            "AuthException" | "InvalidArgsException" if self.push.is_some() => {
                self.not_taken(code, message)
            }
            "InvalidInstanceID.NotFound" | "EC2InstanceNotFoundException" => self.not_found(),
            "EC2InstanceStateInvalidException" | "EC2InstanceUnavailableException" => {
                self.not_ready(message)
            }
            _ => AwsError::Service {
                action,
                code: code.to_owned(),
                message: if status >= 500 {
                    format!("{message} (HTTP {status})")
                } else {
                    message.to_owned()
                },
            },
        }
    }

    /// Describes an answer that is not valid; without its content, which may be secret.
    fn tell_answer(&self, answer: &HttpResponse) {
        self.region.debug(|| {
            let kind = answer.headers().get("content-type").unwrap_or("no type");
            let length = answer.body().bytes().map_or(0, <[u8]>::len);
            let status = answer.status().as_u16();
            format!("the answer has HTTP status {status} and {length} bytes of {kind}")
        });
    }

    /// The error for an answer that is not the service's.
    pub(super) fn bad_answer(&self) -> AwsError {
        AwsError::BadAnswer {
            action: self.action,
            host: self.host(),
        }
    }

    fn expired(&self, off: Option<Offset>) -> AwsError {
        let profile = self.region.aws.profile.clone();
        let stale = self.region.aws.delete_session();
        AwsError::Expired {
            stale,
            profile,
            off,
        }
    }

    /// What this answer shows about time and credentials.
    fn facts(&self, answer: &HttpResponse) -> ClockFacts {
        let date = answer.headers().get("date");
        let date = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        ClockFacts {
            here: DateTime::from(SystemTime::now()).secs(),
            there: date.map(|date| date.secs()),
            is_session: self.region.aws.temporary,
            end: self.region.aws.end.map(|end| DateTime::from(end).secs()),
        }
    }

    fn not_found(&self) -> AwsError {
        let what = self.push.map_or(String::new(), |push| match push.target {
            PushTarget::User(_, Some(zone)) => format!("{} in zone {}", push.id, zone.as_str()),
            PushTarget::User(_, None) | PushTarget::Serial => push.id.to_string(),
        });
        let region = self.region.chosen();
        InstanceError::NotFound { what, region }.into()
    }

    /// The error for a push that EC2 Instance Connect rejects without a reason.
    fn not_taken(&self, code: &str, message: &str) -> AwsError {
        let Some(push) = self.push else {
            return self.bad_answer();
        };
        if code == "AuthException" {
            return AwsError::NoAccess {
                id: push.id.clone(),
                region: self.region.chosen(),
                profile: self.region.aws.profile.clone(),
            };
        }
        let what = match push.target {
            PushTarget::User(login, None) => format!("user `{login}` of {}", push.id),
            PushTarget::User(login, Some(zone)) => {
                format!("user `{login}` of {} in {}", push.id, zone.as_str())
            }
            PushTarget::Serial => format!("the serial console of {}", push.id),
        };
        AwsError::BadPush {
            what,
            message: message.trim_end_matches('.').to_owned(),
        }
    }

    fn not_ready(&self, message: &str) -> AwsError {
        match self.push {
            Some(push) => InstanceError::NotReady {
                id: push.id.clone(),
                message: message.trim_end_matches('.').to_owned(),
            }
            .into(),
            None => AwsError::Service {
                action: self.action,
                code: "NotReady".to_owned(),
                message: message.to_owned(),
            },
        }
    }

    /// The action, resource and condition that a policy must allow, as far as they are known.
    fn denied(&self, message: &str) -> Denied {
        let after = |marker: &str| {
            let rest = message.split_once(marker)?.1;
            rest.split_whitespace().next().map(str::to_owned)
        };
        let resource = after("on resource: ").unwrap_or_else(|| match self.push {
            Some(push) => {
                let (region, id) = (&self.region.region, push.id);
                format!("arn:{}:ec2:{region}:*:instance/{id}", partition(region))
            }
            // DescribeInstances has no resource-level permissions.
            None => "*".to_owned(),
        });
        Denied {
            action: self.action,
            resource: resource.trim_end_matches('.').to_owned(),
            os_user: self.push.and_then(|push| match push.target {
                PushTarget::User(login, _) => Some(login.to_string()),
                PushTarget::Serial => None,
            }),
            who: after("User: "),
            reason: DenialReason::parse(message),
        }
    }

    /// The service that was called, in words. The URL is not shown: who has set one knows it.
    fn host(&self) -> String {
        let service = self.action.split(':').next().unwrap_or_default();
        format!("{service} in {}", self.region.chosen())
    }
}

/// Whether messages with this code repeat the request, and so the session token.
fn tells_secrets(code: &str) -> bool {
    code.contains("Signature")
}

/// The partition of a region: the second part of an ARN.
pub(super) fn partition(region: &Region) -> &'static str {
    match region.as_str() {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        region if region.starts_with("eusc-") => "aws-eusc",
        _ => "aws",
    }
}

/// Our error for a provider of the SDK's that gives no credentials.
pub(super) fn no_credentials(error: &SdkCredentialsError, profile: Option<String>) -> AwsError {
    if let Some(network) = connect_error::in_chain(error) {
        return AwsError::Network(network.clone());
    }
    let cause = root_cause(error);
    // The metadata service is the last of the chain: outside EC2, where it does not answer, the
    // SDK's message about it would only confuse.
    let nothing = matches!(error, SdkCredentialsError::CredentialsNotLoaded(_));
    let cause = match profile {
        _ if !nothing && !cause.contains("IMDS") => cause,
        Some(_) => "the profile has none, nor has the metadata service".to_owned(),
        None => "none in the environment, the AWS configuration or the metadata service".to_owned(),
    };
    AwsError::NoCredentials { cause, profile }
}

/// The innermost cause: it names what failed.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let causes = connect_error::chain(error);
    causes.last().map(ToString::to_string).unwrap_or_default()
}
