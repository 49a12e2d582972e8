//! Faults injected into the calls of one caller.

use std::time::{Duration, Instant};

use super::aws_error::{AwsError, Protocol};
use super::instances::ACCOUNT;
use super::request::{Operation, Signer};
use super::ssm;

pub(crate) const DESCRIBE_INSTANCES: &str = "DescribeInstances";
pub(crate) const SEND_SSH_PUBLIC_KEY: &str = "SendSSHPublicKey";
pub(crate) const SEND_CONSOLE_KEY: &str = "SendSerialConsoleSSHPublicKey";

/// What goes wrong, with which operation, and how often. By default with all of them, always.
///
/// ```ignore
/// caller.fault(Fault::new(Trouble::Throttle).on(SEND_SSH_PUBLIC_KEY).first(2));
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    trouble: Trouble,
    action: Option<&'static str>,
    when: When,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// The answer comes this much later. Adds to any other trouble.
    Latency(Duration),
    /// The answer begins at once, and takes this long to arrive.
    SlowAnswer(Duration),
    /// Too many requests.
    Throttle,
    /// The service fails with this HTTP status.
    Status(u16),
    /// AWS itself cannot reach the instance.
    Unavailable,
    /// The connection is closed without an answer.
    Reset,
    /// The connection stays open, without an answer.
    Hang,
    /// 200, with a body that no AWS service sends.
    Malformed,
    /// 200, with a body that never ends.
    Endless,
    /// 200, with headers that never end.
    EndlessHead,
    /// The connection is closed in the middle of the answer.
    Truncated,
    /// The answer, as `text/html`.
    WrongType,
    /// Some bytes in the middle of the answer are not UTF-8.
    InvalidUtf8,
    /// In the answer, these bytes stand for this text.
    Replaced(&'static str, &'static [u8]),
    /// 200, without a body.
    Empty,
    /// The page of a captive portal or a proxy, with this status.
    Page(u16),
    /// A list of instances with an endless number of empty pages.
    EndlessPages,
    /// The credentials have expired: EC2 says `RequestExpired`.
    RequestExpired,
    /// The same, but EC2 says `ExpiredToken`, as the other services do.
    ExpiredToken,
    /// The caller's policy does not allow it.
    Denied,
    /// Another policy does not allow it: the reason in AWS's words, with `ACTION` for the action.
    DeniedBy(&'static str),
    /// The access key does not exist.
    BadToken,
    /// An error with this code.
    Error(&'static str),
}

#[derive(Clone, Copy, Debug)]
enum When {
    Always,
    First(u32),
    Share(f64),
    Beyond(Allowance),
}

/// A token bucket: it holds the requests of one second, and fills at that rate.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    per_second: f64,
    left: f64,
    at: Instant,
}

impl Allowance {
    /// Takes a token, if there is one.
    fn take(&mut self) -> bool {
        let filled = self.left + self.at.elapsed().as_secs_f64() * self.per_second;
        (self.left, self.at) = (filled.min(self.per_second), Instant::now());
        let allowed = self.left >= 1.0;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

impl Fault {
    pub(crate) fn new(trouble: Trouble) -> Self {
        Self {
            trouble,
            action: None,
            when: When::Always,
        }
    }

    /// Affects this operation only.
    pub(crate) fn on(mut self, action: &'static str) -> Self {
        self.action = Some(action);
        self
    }

    /// Affects the first `n` requests only.
    pub(crate) fn first(mut self, n: u32) -> Self {
        self.when = When::First(n);
        self
    }

    /// Affects each request with this probability.
    pub(crate) fn share(mut self, probability: f64) -> Self {
        self.when = When::Share(probability);
        self
    }

    /// Affects requests beyond this many a second.
    pub(crate) fn beyond(mut self, per_second: u32) -> Self {
        let per_second = f64::from(per_second);
        self.when = When::Beyond(Allowance {
            per_second,
            left: per_second,
            at: Instant::now(),
        });
        self
    }

    /// The trouble of the next request for `action`, if any. The request counts.
    pub(crate) fn apply(&mut self, action: &str) -> Option<Trouble> {
        if self.action.is_some_and(|only| only != action) {
            return None;
        }
        let applies = match &mut self.when {
            When::Always => true,
            When::First(0) => false,
            When::First(left) => {
                *left -= 1;
                true
            }
            When::Share(probability) => fastrand::f64() < *probability,
            When::Beyond(allowance) => !allowance.take(),
        };
        applies.then_some(self.trouble)
    }
}

impl Trouble {
    /// The AWS error it stands for, if any.
    pub(crate) fn refusal(self, operation: &Operation, signer: &Signer) -> Option<AwsError> {
        let protocol = operation.protocol;
        Some(match self {
            Trouble::Throttle => throttled(protocol),
            Trouble::Status(status) => failing(status, protocol),
            Trouble::Unavailable => unavailable(protocol),
            Trouble::RequestExpired if protocol == Protocol::Ec2 => {
                AwsError::new(400, "RequestExpired", "Request has expired.")
            }
            Trouble::RequestExpired | Trouble::ExpiredToken => expired(protocol),
            Trouble::BadToken => AwsError::bad_token(protocol),
            Trouble::Error(code) => AwsError::new(400, code, "Something is not as it should be."),
            Trouble::Denied => AwsError::denied(
                protocol,
                &operation.action,
                resource(operation, signer).as_deref(),
            ),
            Trouble::DeniedBy(reason) => AwsError::denied_by(
                protocol,
                &operation.action,
                resource(operation, signer).as_deref(),
                reason,
            ),
            Trouble::Latency(_)
            | Trouble::SlowAnswer(_)
            | Trouble::Reset
            | Trouble::Hang
            | Trouble::Malformed
            | Trouble::Endless
            | Trouble::EndlessHead
            | Trouble::Truncated
            | Trouble::WrongType
            | Trouble::InvalidUtf8
            | Trouble::Replaced(..)
            | Trouble::Empty
            | Trouble::Page(_)
            | Trouble::EndlessPages => return None,
        })
    }
}

/// The ARN of the instance or node in a request.
fn resource(operation: &Operation, signer: &Signer) -> Option<String> {
    let id = operation.get("InstanceId").or(operation.get("Target"))?;
    Some(ssm::arn(id, &signer.region))
}

/// The ARN of an instance.
pub(crate) fn arn(id: &str, region: &str) -> String {
    format!("arn:aws:ec2:{region}:{ACCOUNT}:instance/{id}")
}

fn throttled(protocol: Protocol) -> AwsError {
    match protocol {
        Protocol::Ec2 => AwsError::new(503, "RequestLimitExceeded", "Request limit exceeded."),
        Protocol::Sts => AwsError::new(400, "Throttling", "Rate exceeded"),
        Protocol::Json | Protocol::Ssm | Protocol::Rest => {
            AwsError::new(400, "ThrottlingException", "Rate exceeded")
        }
    }
}

fn failing(status: u16, protocol: Protocol) -> AwsError {
    let (code, message) = match protocol {
        Protocol::Ec2 => ("InternalError", "An internal error has occurred"),
        Protocol::Sts => ("InternalFailure", "An internal failure has occurred"),
        Protocol::Json | Protocol::Ssm | Protocol::Rest => (
            "ServiceException",
            "The service encountered an error. \
             Follow the instructions in the error message and try again.",
        ),
    };
    AwsError::new(status, code, message)
}

fn unavailable(protocol: Protocol) -> AwsError {
    match protocol {
        Protocol::Ec2 | Protocol::Sts => AwsError::new(
            503,
            "Unavailable",
            "The service is unavailable. Please try again shortly.",
        ),
        Protocol::Json | Protocol::Ssm | Protocol::Rest => AwsError::new(
            400,
            "EC2InstanceUnavailableException",
            "The instance is currently unavailable. Wait a few minutes and try again.",
        ),
    }
}

fn expired(protocol: Protocol) -> AwsError {
    let message = "The security token included in the request is expired";
    match protocol {
        Protocol::Ec2 => AwsError::new(400, "ExpiredToken", message),
        Protocol::Sts => AwsError::new(403, "ExpiredToken", message),
        Protocol::Json | Protocol::Ssm | Protocol::Rest => {
            AwsError::new(400, "ExpiredTokenException", message)
        }
    }
}
