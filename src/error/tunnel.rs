//! Why there is no tunnel, or why it ended.

use std::fmt;

use thiserror::Error;

use crate::hint::{self, Hint};
use crate::plan::aws::clock::Offset;
use crate::plan::aws::denial::DenialReason;
use crate::plan::target::remote_host::RemoteHost;
use crate::plan::way::TUNNEL_SECONDS;
use crate::wire::eice::{Refusal, RefusalReason};
use crate::wire::ssm::failure::SessionFailure;
use crate::world::aws::error::{clock_hint, denied};
use crate::world::net::forward::ForwardError;
use crate::world::net::websocket::DialError;

/// Why a tunnel transfers nothing, or stopped.
#[derive(Debug, Error)]
pub(crate) enum TunnelError {
    #[error("--tunnel is for ssh only, which runs it as a ProxyCommand")]
    BadWords,
    #[error(transparent)]
    Forward(#[from] ForwardError),
    #[error(transparent)]
    Dial(#[from] DialError),
    #[error("{endpoint} refused the tunnel: {refusal}")]
    Refused {
        endpoint: String,
        refusal: Refusal,
        off: Option<Offset>,
    },
    #[error("{endpoint} closed the tunnel: {refusal}")]
    Closed { endpoint: String, refusal: Refusal },
    #[error("the tunnel reached its limit of {seconds} seconds")]
    TimeOver { seconds: u16 },
    #[error("the tunnel is lost: {0}")]
    Lost(String),
    #[error("the tunnel is lost: the endpoint does not answer any more")]
    Silent,
    #[error("Session Manager refused the session's websocket (HTTP {status})")]
    NoSession { status: u16, off: Option<Offset> },
    #[error(
        "could not resume the session within {minutes} minutes: {}",
        hint::line(source)
    )]
    NotResumed {
        minutes: u64,
        source: Box<super::Error>,
    },
    #[error("the session is over: {0}")]
    SessionOver(SessionFailure),
    /// The agent could not connect to the port.
    #[error("the session is over: {reason}")]
    NothingListens { port: u16, reason: String },
    /// The same for a forwarding session, whose agent gives no reason.
    #[error("{from} cannot connect to {}", place(host.as_ref(), *port))]
    NotForwarded {
        from: String,
        host: Option<RemoteHost>,
        port: u16,
    },
    #[error("the session is over: a signal ended it")]
    Interrupted,
}

fn place(host: Option<&RemoteHost>, port: u16) -> String {
    match host {
        Some(host) => format!("{}:{port}", host.bracketed()),
        None => format!("its own port {port}"),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = match self.message.as_str() {
            "" => "no reason given",
            message => message,
        };
        write!(f, "{message} ({})", self.code)
    }
}

impl Hint for TunnelError {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::BadWords
            | Self::Lost(_)
            | Self::SessionOver(SessionFailure::Other(_))
            | Self::Interrupted => return None,
            Self::Forward(error) => return error.hint(),
            Self::Dial(error) => return error.hint(),
            Self::Refused {
                refusal,
                off: off @ Some(_),
                ..
            } if refusal.is_about_identity() => return Some(clock_hint(*off)),
            Self::Refused { refusal, .. } | Self::Closed { refusal, .. } => {
                return refusal_hint(refusal);
            }
            Self::TimeOver { seconds } if seconds == TUNNEL_SECONDS.end() => {
                "endpoints allow no more; run long jobs in `tmux` or `screen`"
            }
            Self::TimeOver { .. } => "--max-tunnel-duration allows up to 3600",
            Self::Silent => "check the network; `-o ServerAliveInterval=15` detects this sooner",
            Self::NoSession {
                status: 401 | 403,
                off: off @ Some(_),
            } => return Some(clock_hint(*off)),
            Self::NoSession {
                status: 401 | 403, ..
            } => "a policy must allow ssmmessages:OpenDataChannel; is this machine's clock right?",
            Self::NoSession { .. } => "try again in a moment",
            Self::NotResumed { source, .. } => {
                let usual = || "check the network, and log in again".to_owned();
                return Some(source.hint().unwrap_or_else(usual));
            }
            Self::SessionOver(SessionFailure::KmsEncryption) => {
                "turn KMS encryption off in Session Manager's preferences, or use `--ssm`, where \
                 SSH encrypts"
            }
            Self::SessionOver(SessionFailure::OldAgent(..)) => {
                "update the agent, for example with the document AWS-UpdateSSMAgent"
            }
            Self::NotForwarded {
                from,
                host: Some(host),
                ..
            } => {
                return Some(format!(
                    "does {host} resolve on {from}, does anything listen on that port, and do the \
                     security groups let {from} in?"
                ));
            }
            Self::NothingListens { port, .. } | Self::NotForwarded { port, .. } => {
                return Some(format!("does anything listen on port {port} there?"));
            }
        };
        Some(hint.to_owned())
    }
}

impl Refusal {
    /// Whether a wrong clock may be the cause.
    fn is_about_identity(&self) -> bool {
        use RefusalReason::{Credentials, Permission};
        matches!(self.about, Credentials | Permission)
    }
}

fn refusal_hint(refusal: &Refusal) -> Option<String> {
    let hint = match refusal.about {
        RefusalReason::Port(_) => {
            "endpoints connect to ports 22 and 3389 only; forward others with ssh's -L"
        }
        RefusalReason::Permission
            if DenialReason::parse(&refusal.message).is_some_and(|it| !it.is_plain()) =>
        {
            let reason = DenialReason::parse(&refusal.message);
            let what = "ec2-instance-connect:OpenTunnel on the endpoint";
            return Some(denied::hint(reason.as_ref(), what));
        }
        RefusalReason::Permission => {
            "a policy must allow ec2-instance-connect:OpenTunnel on the endpoint, for this \
             address, port and duration if it has such conditions"
        }
        RefusalReason::Credentials => {
            "check the credentials with `aws sts get-caller-identity`, and this machine's clock"
        }
        RefusalReason::Quota => {
            "an endpoint allows 20 connections at most; end one, or try again later"
        }
        RefusalReason::Target => {
            "do the security groups let the endpoint in, and does sshd listen on that port?"
        }
        RefusalReason::Service => "try again in a moment",
        RefusalReason::Unknown => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::eice;

    #[test]
    fn a_denial_of_a_tunnel_says_what_can_be_done_about_that_policy() {
        let hint = |reason: &str| {
            let message = format!("You are not authorized to perform this operation {reason}");
            let body = format!(r#"{{"ErrorCode":"AccessDenied","Message":"{message}"}}"#);
            refusal_hint(&eice::refusal(403, body.as_bytes(), 22)).unwrap_or_default()
        };
        assert!(hint("").starts_with("a policy must allow "));
        let scp = hint("with an explicit deny in a service control policy");
        assert!(
            scp.starts_with("that policy is your AWS organization's"),
            "{scp}"
        );
    }
}
