//! Why no instance can be connected to: it is not found, or not in a state to.

use thiserror::Error;

use super::region::{ChosenRegion, RegionSource};
use crate::hint::Hint;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::{Instance, State};

/// What is wrong with the instance that the user means.
#[derive(Debug, Error)]
pub(crate) enum InstanceError {
    #[error("cannot resolve {host}: {cause}")]
    Unresolvable { host: String, cause: String },
    #[error("there is no instance {what} in {region}")]
    NotFound {
        what: String,
        region: Box<ChosenRegion>,
    },
    #[error("{what} matches {} instances", found.len())]
    Several { what: String, found: Vec<Instance> },
    #[error("instance {id} is {state}")]
    NotRunning {
        id: InstanceId,
        state: State,
        region: Region,
    },
    #[error("instance {id} is not ready: {message}")]
    NotReady { id: InstanceId, message: String },
    #[error("Session Manager cannot reach {target} in {region}")]
    NotManaged {
        target: String,
        region: Box<ChosenRegion>,
    },
}

impl InstanceError {
    /// The error for a look-up of `what`, which the user typed, that has found none or several.
    #[must_use]
    pub(crate) fn not_one(what: &str, found: Vec<Instance>, region: Box<ChosenRegion>) -> Self {
        if found.is_empty() {
            let what = format!("with address {what}");
            return Self::NotFound { what, region };
        }
        let what = what.to_owned();
        Self::Several { what, found }
    }
}

impl Hint for InstanceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unresolvable { .. } => {
                "name the instance by its ID, or add `-t INSTANCE_ID`".to_owned()
            }
            Self::NotFound { region, .. } => elsewhere(region),
            Self::Several { .. } => "choose one by its ID".to_owned(),
            Self::NotRunning { id, state, region } => return start(id, state, region),
            Self::NotReady { .. } => "wait until it has started, and try again".to_owned(),
            Self::NotManaged { region, .. } => format!(
                "is its SSM Agent running, does its role have AmazonSSMManagedInstanceCore, and \
                 can it reach ssmmessages.{}.amazonaws.com?",
                region.name
            ),
        })
    }

    fn details(&self) -> Vec<String> {
        match self {
            Self::Several { found, .. } => found.iter().map(ToString::to_string).collect(),
            Self::Unresolvable { .. }
            | Self::NotFound { .. }
            | Self::NotRunning { .. }
            | Self::NotReady { .. }
            | Self::NotManaged { .. } => Vec::new(),
        }
    }
}

fn elsewhere(region: &ChosenRegion) -> String {
    match (&region.by, &region.other) {
        (Some(RegionSource::Target), _) => "is it in another account (--profile)?".to_owned(),
        (_, Some((_, other))) => {
            format!("is it in --region {other}, or in another account (--profile)?")
        }
        (_, None) => "is it in another region (--region) or account (--profile)?".to_owned(),
    }
}

pub(crate) fn start(id: &InstanceId, state: &State, region: &Region) -> Option<String> {
    let hint = match state {
        State::Stopped => {
            format!("start it with `aws ec2 start-instances --region {region} --instance-ids {id}`")
        }
        State::Stopping => "wait until it has stopped, then start it".to_owned(),
        State::Pending => format!(
            "wait for it with `aws ec2 wait instance-running --region {region} --instance-ids {id}`"
        ),
        State::ShuttingDown | State::Terminated => "it cannot be started again".to_owned(),
        State::Running | State::Other(_) => return None,
    };
    Some(hint)
}
