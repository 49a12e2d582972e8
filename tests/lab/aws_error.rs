//! The errors of the AWS services: one value, written in the format of each protocol.

use serde_json::{Value, json};

use super::instances::ACCOUNT;

/// The services, each of which formats errors differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// EC2: takes a form, answers in XML.
    Ec2,
    /// STS: the same, in other XML elements.
    Sts,
    /// EC2 Instance Connect: JSON 1.1.
    Json,
    /// Systems Manager: the same.
    Ssm,
    /// The services that give out credentials, so requests are not signed: SSO, console sign-in,
    /// containers.
    Rest,
}

#[derive(Clone, Debug)]
pub(crate) struct AwsError {
    pub(crate) status: u16,
    pub(crate) code: String,
    message: String,
    /// More members of a JSON body.
    more: Value,
}

impl Protocol {
    /// Its name in the scope of a signature.
    pub(crate) fn service(self) -> &'static str {
        match self {
            Protocol::Ec2 => "ec2",
            Protocol::Sts => "sts",
            Protocol::Json => "ec2-instance-connect",
            Protocol::Ssm => "ssm",
            Protocol::Rest => "sso",
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Protocol::Ec2 => "text/xml;charset=UTF-8",
            Protocol::Sts => "text/xml",
            Protocol::Json | Protocol::Ssm => "application/x-amz-json-1.1",
            Protocol::Rest => "application/json",
        }
    }
}

impl AwsError {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            more: json!({}),
        }
    }

    /// An error with these members in its body.
    pub(crate) fn with_body(status: u16, code: &str, more: &Value) -> Self {
        let more = more.clone();
        Self {
            more,
            ..Self::new(status, code, "")
        }
    }

    pub(crate) fn unknown_action(protocol: Protocol, action: &str) -> Self {
        match protocol {
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                Self::new(400, "UnknownOperationException", "")
            }
            Protocol::Ec2 | Protocol::Sts => {
                let message = format!("The action {action} is not valid for this web service.");
                Self::new(400, "InvalidAction", message)
            }
        }
    }

    /// The request has no signature, or one that cannot be parsed.
    pub(crate) fn unsigned(protocol: Protocol) -> Self {
        let message = "Request is missing Authentication Token";
        match protocol {
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                Self::new(400, "MissingAuthenticationTokenException", message)
            }
            Protocol::Ec2 | Protocol::Sts => Self::new(403, "MissingAuthenticationToken", message),
        }
    }

    pub(crate) fn wrong_scope(protocol: Protocol) -> Self {
        let service = protocol.service();
        let message = format!("Credential should be scoped to correct service: '{service}'.");
        match protocol {
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                Self::new(400, "InvalidSignatureException", message)
            }
            Protocol::Ec2 | Protocol::Sts => Self::new(403, "SignatureDoesNotMatch", message),
        }
    }

    /// The access key does not exist.
    pub(crate) fn bad_token(protocol: Protocol) -> Self {
        let invalid = "The security token included in the request is invalid.";
        match protocol {
            Protocol::Ec2 => {
                let message = "AWS was not able to validate the provided access credentials";
                Self::new(401, "AuthFailure", message)
            }
            Protocol::Sts => Self::new(403, "InvalidClientTokenId", invalid),
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                Self::new(400, "UnrecognizedClientException", invalid)
            }
        }
    }

    /// The caller's policy does not allow it. EC2 names no resource, Instance Connect does.
    pub(crate) fn denied(protocol: Protocol, action: &str, resource: Option<&str>) -> Self {
        Self::denied_by(
            protocol,
            action,
            resource,
            "because no identity-based policy allows the ACTION action",
        )
    }

    /// The same with this reason, in which `ACTION` stands for the action.
    pub(crate) fn denied_by(
        protocol: Protocol,
        action: &str,
        resource: Option<&str>,
        reason: &str,
    ) -> Self {
        let action = format!("{}:{action}", protocol.service());
        let user = format!("arn:aws:iam::{ACCOUNT}:user/lab");
        let resource = resource.map_or(String::new(), |it| format!(" on resource: {it}"));
        let reason = reason.replace("ACTION", &action);
        let message =
            format!("User: {user} is not authorized to perform: {action}{resource} {reason}");
        match protocol {
            Protocol::Ec2 => {
                let message =
                    format!("You are not authorized to perform this operation. {message}");
                Self::new(403, "UnauthorizedOperation", message)
            }
            Protocol::Sts => Self::new(403, "AccessDenied", message),
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                Self::new(400, "AccessDeniedException", message)
            }
        }
    }

    pub(crate) fn body(&self, protocol: Protocol, request_id: &str) -> String {
        let (code, message) = (escape(&self.code), escape(&self.message));
        match protocol {
            Protocol::Ec2 => format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
                 <Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>\
                 </Errors><RequestID>{request_id}</RequestID></Response>"
            ),
            Protocol::Sts => format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
                 <Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
                 <RequestId>{request_id}</RequestId></ErrorResponse>"
            ),
            Protocol::Json | Protocol::Ssm | Protocol::Rest => {
                let mut body = self.more.clone();
                body["__type"] = self.code.as_str().into();
                if body.get("message").is_none() {
                    body["Message"] = self.message.as_str().into();
                }
                body.to_string()
            }
        }
    }
}

/// Escapes text for XML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
