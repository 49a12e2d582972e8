//! Why there is no tunnel, or none any more.

use std::fmt;

use crate::plan::aws::clock::Offset;
use crate::plan::aws::denial::DenialReason;
use crate::plan::way::TUNNEL_SECONDS;
use crate::wire::eice::{Refusal, RefusalReason};
use crate::world::aws::error::{clock_hint, denied};

/// What is wrong with a tunnel.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the text of each variant stands in fmt()")]
pub enum Tunnel {
    BadWords,
    Unreachable {
        host: String,
        cause: String,
    },
    TimedOut {
        step: Step,
        host: String,
    },
    NoWebsocket {
        host: String,
        cause: String,
    },
    Refused {
        endpoint: String,
        refusal: Refusal,
        off: Option<Offset>,
    },
    NoSession {
        status: u16,
        off: Option<Offset>,
    },
    NotResumed {
        minutes: u64,
        cause: String,
        hint: Option<String>,
    },
    Closed {
        endpoint: String,
        refusal: Refusal,
    },
    TimeOver {
        seconds: u16,
    },
    Lost(String),
    Silent,
}

/// A step on the way to a websocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Name and TCP.
    Connect,
    /// A proxy's CONNECT.
    Proxy,
    /// TLS.
    Tls,
    /// The upgrade from HTTP to a websocket.
    Handshake,
}

impl std::error::Error for Tunnel {}

impl fmt::Display for Tunnel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadWords => f.write_str("--tunnel is for ssh to call us with"),
            Self::Unreachable { host, cause } => write!(f, "cannot reach {host}: {cause}"),
            Self::TimedOut { step, host } => match step {
                Step::Connect => write!(f, "no connection to {host} in time"),
                Step::Proxy => write!(f, "the proxy does not connect us to {host} in time"),
                Step::Tls => write!(f, "{host} does not answer to TLS in time"),
                Step::Handshake => write!(f, "{host} does not open the tunnel in time"),
            },
            Self::NoWebsocket { host, cause } => {
                write!(f, "cannot open a websocket at {host}: {cause}")
            }
            Self::Refused {
                endpoint, refusal, ..
            } => {
                write!(f, "{endpoint} refuses the tunnel: {refusal}")
            }
            Self::Closed { endpoint, refusal } => {
                write!(f, "{endpoint} has closed the tunnel: {refusal}")
            }
            Self::TimeOver { seconds } => {
                write!(f, "the {seconds} seconds of the tunnel are over")
            }
            Self::NoSession { status, .. } => {
                write!(
                    f,
                    "Session Manager refuses the session's websocket (HTTP {status})"
                )
            }
            Self::NotResumed { minutes, cause, .. } => {
                write!(
                    f,
                    "the session did not go on within {minutes} minutes: {cause}"
                )
            }
            Self::Lost(cause) => write!(f, "the tunnel is lost: {cause}"),
            Self::Silent => f.write_str("the tunnel is lost: the endpoint has gone silent"),
        }
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

impl Tunnel {
    /// What to try.
    pub(super) fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::BadWords | Self::Lost(_) => return None,
            Self::NotResumed { hint, .. } => {
                return Some(
                    hint.clone()
                        .unwrap_or_else(|| "check the network, and log in again".to_owned()),
                );
            }
            Self::Unreachable { .. }
            | Self::TimedOut {
                step: Step::Connect,
                ..
            } => "check the network; where only a proxy leads out, HTTPS_PROXY names it",
            Self::TimedOut { .. } => "check the network, and try again",
            Self::NoWebsocket { .. } => "is there a proxy or a firewall that knows no websockets?",
            Self::NoSession {
                status: 401 | 403,
                off: off @ Some(_),
            } => return Some(clock_hint(*off)),
            Self::Refused { refusal, off, .. }
                if off.is_some()
                    && matches!(
                        refusal.about,
                        RefusalReason::Credentials | RefusalReason::Permission
                    ) =>
            {
                return Some(clock_hint(*off));
            }
            Self::NoSession {
                status: 401 | 403, ..
            } => "a policy must allow ssmmessages:OpenDataChannel; is this machine's clock right?",
            Self::NoSession { .. } => "try again in a moment",
            Self::Refused { refusal, .. } | Self::Closed { refusal, .. } => {
                return refusal_hint(refusal);
            }
            Self::TimeOver { seconds } if seconds == TUNNEL_SECONDS.end() => {
                "endpoints give no more; in `tmux` or `screen` what runs there goes on"
            }
            Self::TimeOver { .. } => "--max-tunnel-duration gives up to 3600",
            Self::Silent => "check the network; `-o ServerAliveInterval=15` notices sooner",
        };
        Some(hint.to_owned())
    }
}

fn refusal_hint(refusal: &Refusal) -> Option<String> {
    let hint = match refusal.about {
        RefusalReason::Port(_) => {
            "endpoints connect to ports 22 and 3389 alone; forward others with ssh's -L"
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
            "`aws sts get-caller-identity` tells whether the credentials work at all; is this \
             machine's clock right?"
        }
        RefusalReason::Quota => {
            "an endpoint has 20 connections at most; end one, or try again later"
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
