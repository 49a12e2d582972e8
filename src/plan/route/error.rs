//! Why no route reaches an instance.

use thiserror::Error;

use super::NoAddress;
use super::eice::NoEndpoint;
use super::no_console::ConsoleError;
use super::race::{RouteKind, Unavailable};
use crate::hint::Hint;
use crate::plan::aws::denial::DenialReason;
use crate::plan::target::ids::InstanceId;

/// Why an existing instance cannot be reached, or not as the user wants.
#[derive(Debug, Error)]
#[expect(clippy::enum_variant_names, reason = "each says what there is not")]
pub(crate) enum RouteError {
    #[error("instance {id} has no {missing}")]
    NoAddress { id: InstanceId, missing: NoAddress },
    /// None of the routes that were tried.
    #[error("cannot reach instance {id}")]
    NoRoute {
        id: InstanceId,
        tried: Vec<(RouteKind, Unavailable)>,
    },
    #[error(transparent)]
    NoEndpoint(#[from] NoEndpoint),
    #[error(transparent)]
    NoConsole(#[from] ConsoleError),
}

impl Hint for RouteError {
    fn hint(&self) -> Option<String> {
        match self {
            Self::NoAddress { missing, .. } => Some(missing.hint().to_owned()),
            Self::NoRoute { tried, .. } => Some(hint(tried)),
            Self::NoEndpoint(error) => error.hint(),
            Self::NoConsole(error) => error.hint(),
        }
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::NoRoute { tried, .. } => {
                let line = |(kind, why): &(RouteKind, Unavailable)| format!("{kind}: {why}");
                tried.iter().map(line).collect()
            }
            Self::NoAddress { .. } | Self::NoEndpoint(_) | Self::NoConsole(_) => Vec::new(),
        }
    }
}

fn hint(tried: &[(RouteKind, Unavailable)]) -> String {
    let denied: Vec<&str> = tried
        .iter()
        .filter_map(|(_, why)| match why {
            // Where another kind of policy decides, AWS's reason says enough.
            Unavailable::Denied(action, reason)
                if reason.as_ref().is_none_or(DenialReason::is_plain) =>
            {
                Some(*action)
            }
            _ => None,
        })
        .collect();
    let general = "join its network, create an endpoint in its VPC, or get its SSM Agent online";
    if denied.is_empty() {
        general.to_owned()
    } else {
        format!("{general}; or a policy must allow {}", denied.join(" and "))
    }
}
