//! What a service's error means to the user.

use std::time::SystemTime;

use aws_sdk_ec2::config::http::HttpResponse;
use aws_sdk_ec2::error::ErrorMetadata;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

use super::{Call, PushTarget};
use crate::plan::aws::clock::{ClockFacts, Diagnosis, ErrorTopic, Offset};
use crate::plan::aws::denial::DenialReason;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::aws::service_host::partition;
use crate::plan::route::no_console::{ConsoleError, NoConsole};
use crate::world::aws::error::{AwsError, Denied};
use crate::world::aws::retry::is_throttling;

impl Call<'_> {
    /// Our error for a service's error code.
    pub(super) fn refused(&self, meta: &ErrorMetadata, answer: &HttpResponse) -> AwsError {
        let action = self.action;
        let Some(code) = meta.code() else {
            self.log_answer(answer);
            return self.bad_answer();
        };
        let message = meta.message().unwrap_or("no reason given");
        if !may_quote_secrets(code) {
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
        self.by_code(code, message, answer.status().as_u16())
    }

    fn by_code(&self, code: &str, message: &str, status: u16) -> AwsError {
        let action = self.action;
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
            code if is_throttling(code) => AwsError::Throttled { action },
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
}

/// Whether messages with this code quote the request, and with it the session token.
fn may_quote_secrets(code: &str) -> bool {
    code.contains("Signature")
}
