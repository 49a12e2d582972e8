//! Why no way leads to an instance.

use std::fmt;

use super::race::Shut;
use crate::plan::aws::denial::DenialReason;
use crate::plan::way::EICE_PORTS;

impl fmt::Display for Shut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAddress(missing) => write!(f, "the instance has no {missing}"),
            Self::Refused(at) => write!(f, "{} refuses port {}", at.ip(), at.port()),
            Self::Silent(at) => write!(f, "{} does not answer at port {}", at.ip(), at.port()),
            Self::NoPath(at, cause) => write!(f, "{} cannot be reached: {cause}", at.ip()),
            Self::Port(port) => {
                let [ssh, rdp] = EICE_PORTS;
                write!(f, "endpoints lead to ports {ssh} and {rdp}, not to {port}")
            }
            Self::NoEndpoint(no) => no.fmt(f),
            Self::Unmanaged => f.write_str("Session Manager does not know the instance"),
            Self::NoAgent => f.write_str("Session Manager has lost its SSM Agent"),
            Self::Denied(action, Some(reason)) if !reason.is_plain() => {
                write!(f, "not allowed: {action}, since {reason}")
            }
            Self::Denied(action, _) => write!(f, "not allowed: {action}"),
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// What to try where every way is shut.
pub(crate) fn hint(shut: &[(&'static str, Shut)]) -> String {
    let denied: Vec<&str> = shut
        .iter()
        .filter_map(|(_, why)| match why {
            // Where another policy decides, its own words are enough.
            Shut::Denied(action, reason) if reason.as_ref().is_none_or(DenialReason::is_plain) => {
                Some(*action)
            }
            _ => None,
        })
        .collect();
    let general = "join its network, make an endpoint in its VPC, or have its SSM Agent connect";
    if denied.is_empty() {
        general.to_owned()
    } else {
        format!("{general}; or a policy must allow {}", denied.join(" and "))
    }
}
