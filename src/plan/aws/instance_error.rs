//! Why no instance can be connected to: it is not found, or not in a state to.

use std::time::Duration;

use thiserror::Error;

use super::region::{ChosenRegion, RegionSource};
use crate::hint::Hint;
use crate::plan::target::candidate::Candidate;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::{Instance, State};
use crate::plan::wait;

/// The most lines of a list.
const MOST: usize = 20;

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
    /// A word that is no Name tag and no host; and what the resolver says.
    #[error("there is no instance named {name} in {region}, and it is no host: {cause}")]
    NoName {
        name: String,
        region: Box<ChosenRegion>,
        cause: String,
    },
    /// The places that were searched, and the errors of some of them.
    #[error("there is no instance {what} in {places}")]
    Nowhere {
        what: String,
        places: String,
        failed: Vec<String>,
    },
    /// The places that were listed, and the errors of some of them.
    #[error("cannot list {} of {places} places", failed.len())]
    NotAllListed { places: usize, failed: Vec<String> },
    /// The same, where each instance counts.
    #[error("cannot search {} of {places} places", failed.len())]
    NotAllSearched { places: usize, failed: Vec<String> },
    #[error("{what} matches {} instances", found.len())]
    Several { what: String, found: Vec<Candidate> },
    /// The user has closed the picker.
    #[error("no instance was chosen")]
    NotChosen,
    #[error("instance {id} is {state}")]
    NotRunning {
        id: InstanceId,
        state: State,
        region: Region,
    },
    /// `--start` has waited as long as it may.
    #[error("{}", not_in_time(id, state, *limit, why.as_deref()))]
    NotInTime {
        id: InstanceId,
        state: State,
        limit: Duration,
        /// Why the last try to reach it has failed, if one has.
        why: Option<String>,
    },
    /// A signal has ended the wait.
    #[error("no longer waiting: instance {id} is {state}, and left so")]
    Left { id: InstanceId, state: State },
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
        let found = found.into_iter().map(Candidate::from).collect();
        Self::Several { what, found }
    }
}

impl Hint for InstanceError {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unresolvable { .. } => {
                "name the instance by its ID, or add `-t INSTANCE_ID`".to_owned()
            }
            Self::NotFound { region, .. } | Self::NoName { region, .. } => elsewhere(region),
            Self::Nowhere { failed, .. } if failed.is_empty() => {
                "is it in another region (--region) or account (--profile)?".to_owned()
            }
            Self::Nowhere { .. } => "not every place could be searched".to_owned(),
            Self::NotAllListed { .. } => {
                "the list is that of the other places; --region a,b chooses some".to_owned()
            }
            Self::NotAllSearched { .. } => {
                "nothing was run; name the places to search with --region and --profile".to_owned()
            }
            Self::Several { .. } => {
                "choose one by its ID, or add --newest, --oldest or --any".to_owned()
            }
            Self::NotRunning { id, state, region } => return start(id, state, region),
            Self::NotInTime { limit, .. } => format!(
                "it is left as it is; `--wait {}` waits longer",
                wait::display(*limit * 2)
            ),
            Self::NotChosen | Self::Left { .. } => return None,
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
            Self::Several { found, .. } => lines(found),
            Self::Nowhere { failed, .. }
            | Self::NotAllListed { failed, .. }
            | Self::NotAllSearched { failed, .. } => lines(failed),
            Self::Unresolvable { .. }
            | Self::NotChosen
            | Self::NotFound { .. }
            | Self::NoName { .. }
            | Self::NotRunning { .. }
            | Self::NotInTime { .. }
            | Self::Left { .. }
            | Self::NotReady { .. }
            | Self::NotManaged { .. } => Vec::new(),
        }
    }
}

/// A line for each, as far as a screen holds them.
fn lines(all: &[impl ToString]) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(MOST).map(ToString::to_string).collect();
    if all.len() > MOST {
        lines.push(format!("and {} more", all.len() - MOST));
    }
    lines
}

fn not_in_time(id: &InstanceId, state: &State, limit: Duration, why: Option<&str>) -> String {
    let limit = wait::display(limit);
    match state {
        State::Running => {
            let why = why.unwrap_or("no answer yet");
            format!("instance {id} runs, but cannot be reached after {limit}: {why}")
        }
        state => format!("instance {id} is still {state} after {limit}"),
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
            format!(
                "start it with --start, or with `aws ec2 start-instances --region {region} \
                 --instance-ids {id}`"
            )
        }
        State::Stopping => {
            "add --start, which waits until it has stopped, and starts it".to_owned()
        }
        State::Pending => format!(
            "add --start, or wait for it with `aws ec2 wait instance-running --region {region} --instance-ids {id}`"
        ),
        State::ShuttingDown | State::Terminated => "it cannot be started again".to_owned(),
        State::Running | State::Other(_) => return None,
    };
    Some(hint)
}
