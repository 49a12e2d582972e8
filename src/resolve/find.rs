//! Which instance a destination refers to. Changes nothing.

use super::choose;
use super::lazy_aws::LazyAws;
use super::name::{self, Named};
use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::invocation::{Invocation, Options};
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::target::Target;
use crate::plan::target::candidate::{Candidate, Pick};
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::{Instance, State};
use crate::plan::target::lookup::{self, Lookup};
use crate::plan::target::tag_query::TagQuery;
use crate::plan::way::Way;
use crate::world::aws::Regional;
use crate::world::aws::error::AwsError;
use crate::world::tty::terminal::Terminal;

/// How to look up an instance.
pub(crate) struct InstanceLookup {
    pub(crate) lookup: Lookup,
    /// The region in ssh_config's HostName.
    pub(crate) region: Option<Region>,
    /// Whether a name or tag has found it, so that the word is no host.
    pub(crate) by_tag: bool,
}

impl From<Lookup> for InstanceLookup {
    fn from(lookup: Lookup) -> Self {
        let by_tag = matches!(lookup, Lookup::Found(_) | Lookup::Tags(_));
        Self {
            lookup,
            region: None,
            by_tag,
        }
    }
}

/// How to look up a destination: by its ID or that of `-t`; by the name itself; by ssh_config's
/// `hostname` for it; by the addresses that the system resolves it to; by its Name tag, in the region
/// of the target or the configured one.
///
/// # Errors
/// What is wrong with the HostName, or a name that is no host and no instance's.
pub(crate) async fn lookup(
    named: &Named<'_>,
    options: &Options,
    in_region: (&LazyAws, Option<&Region>),
    terminal: Terminal,
) -> Result<InstanceLookup, Error> {
    let by_target = lookup::of(named.target);
    let known = match (by_target, &options.instance) {
        // An ID as the target takes precedence over -t.
        (Some(Lookup::Id(id)), _) => Some(id),
        (_, id) => id.clone(),
    };
    if let Some(id) = known {
        return Ok(Lookup::Id(id).into());
    }
    let by_hostname = Target::parse(named.hostname).map_err(BadConfigValue::host_name)?;
    let by_name = lookup::of(named.target).or_else(|| lookup::of(&by_hostname));
    let lookup = match by_name {
        Some(lookup) => lookup,
        // On the heap: it is large.
        None => Box::pin(name::lookup(named, in_region, options.pick, terminal)).await?,
    };
    Ok(InstanceLookup {
        region: by_hostname.region().cloned(),
        ..lookup.into()
    })
}

/// How necessary the look-up of an instance is when its ID is known.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// It must succeed.
    Required,
    /// It only explains why the instance may not answer: IAM may deny it.
    MayBeDenied,
    /// Not necessary: with host, ID and zone on the command line, no ec2:DescribeInstances is
    /// needed.
    Unneeded,
}

impl Need {
    pub(super) fn of(invocation: &Invocation, destination: &Destination) -> Self {
        let options = &invocation.options;
        match options.via {
            Way::Auto if invocation.is_host_beside_id(destination) => match options.zone {
                Some(_) => Self::Unneeded,
                None => Self::MayBeDenied,
            },
            _ => Self::Required,
        }
    }
}

/// Looks up an instance by its ID; `None` if it need not be looked up, or if IAM denies a look-up
/// that may fail.
///
/// # Errors
/// Those of the call.
pub(crate) async fn by_id(
    id: &InstanceId,
    need: Need,
    aws: &Regional<'_>,
) -> Result<Option<Instance>, Error> {
    if need == Need::Unneeded {
        return Ok(None);
    }
    match aws.instance(id).await {
        Err(AwsError::Denied(_)) if need == Need::MayBeDenied => Ok(None),
        found => Ok(Some(existing(found?, id, aws)?)),
    }
}

/// The instance with this ID, if there is one.
fn existing(
    found: Option<Instance>,
    id: &InstanceId,
    aws: &Regional<'_>,
) -> Result<Instance, InstanceError> {
    found.ok_or_else(|| not_found(id, aws))
}

pub(crate) fn not_found(id: &InstanceId, aws: &Regional<'_>) -> InstanceError {
    InstanceError::NotFound {
        what: id.to_string(),
        region: aws.chosen(),
    }
}

/// Looks up an instance; `word` is what the user typed for it.
///
/// # Errors
/// Those of the call: none found, or several.
pub(crate) async fn instance(
    lookup: &Lookup,
    word: &str,
    pick: Option<Pick>,
    aws: &Regional<'_>,
) -> Result<Instance, Error> {
    match lookup {
        Lookup::Found(instance) => Ok((**instance).clone()),
        Lookup::Id(id) => Ok(existing(aws.instance(id).await?, id, aws)?),
        Lookup::Filters(filters) => {
            let found = aws.instances(filters).await?;
            let one = lookup::one_of(found, filters);
            Ok(one.map_err(|found| InstanceError::not_one(word, found, aws.chosen()))?)
        }
        Lookup::Tags(query) => tagged(query, pick, aws).await,
    }
}

/// Looks up the only instance with these tags, or the only running one.
async fn tagged(
    query: &TagQuery,
    pick: Option<Pick>,
    aws: &Regional<'_>,
) -> Result<Instance, Error> {
    let found = aws.tagged(query).await?.into_iter().map(Candidate::from);
    let found = choose::one(&query.to_string(), lookup::meant(found.collect()), pick).await?;
    let none = || InstanceError::NotFound {
        what: query.what(),
        region: aws.chosen(),
    };
    Ok(found.ok_or_else(none)?.instance)
}

/// Checks that an instance in this state can be reached, this way.
///
/// # Errors
/// [`InstanceError::NotRunning`].
pub(crate) fn check_state(
    instance: &Instance,
    way: Way,
    aws: &Regional<'_>,
    terminal: Terminal,
) -> Result<(), Error> {
    terminal.debug(|| format!("found the instance: {instance}"));
    let state = &instance.state;
    if *state == State::Running || way == Way::Serial && state.may_have_output() {
        return Ok(());
    }
    Err(not_running(instance, aws))
}

pub(crate) fn not_running(instance: &Instance, aws: &Regional<'_>) -> Error {
    InstanceError::NotRunning {
        id: instance.id.clone(),
        state: instance.state.clone(),
        region: aws.region.clone(),
    }
    .into()
}
