//! The messages about unavailable routes.

use std::fmt;

use super::race::Unavailable;
use crate::plan::way::EICE_PORTS;

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress(missing) => write!(f, "the instance has no {missing}"),
            Self::Refused(at) => write!(f, "{} refuses connections to port {}", at.ip(), at.port()),
            Self::Silent(at) => write!(f, "no answer from {} on port {}", at.ip(), at.port()),
            Self::NoPath(at, cause) => write!(f, "cannot reach {}: {cause}", at.ip()),
            Self::Port(port) => {
                let [ssh, rdp] = EICE_PORTS;
                write!(
                    f,
                    "endpoints connect to ports {ssh} and {rdp} only, not to {port}"
                )
            }
            Self::NoEndpoint(no) => no.fmt(f),
            Self::Unmanaged => f.write_str("Session Manager does not know the instance"),
            Self::NoAgent => f.write_str("Session Manager has lost contact with its SSM Agent"),
            Self::Denied(action, Some(reason)) if !reason.is_plain() => {
                write!(f, "not allowed: {action}, since {reason}")
            }
            Self::Denied(action, _) => write!(f, "not allowed: {action}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}
