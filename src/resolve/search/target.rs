//! The instance of one destination.

use super::super::host::Settings;
use super::super::lazy_aws::LazyAws;
use super::super::{choose, find};
use super::place::{self, AccountRegion, Answers, FailedPlace};
use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::invocation::Invocation;
use crate::plan::cli::usage::Usage;
use crate::plan::ssh_g::bad_value::BadConfigValue;
use crate::plan::target::Target;
use crate::plan::target::candidate::{Candidate, Known};
use crate::plan::target::destination::Destination;
use crate::plan::target::ids::Region;
use crate::plan::target::lookup::{self, Lookup};
use crate::plan::target::tag_query::TagQuery;
use crate::world::net::resolver;
use crate::world::openssh;
use crate::world::tty::terminal::Terminal;

/// An instance, and where it was found.
#[derive(Clone)]
pub(super) struct Found {
    pub(super) known: Known,
    /// The index of the account.
    pub(super) account: usize,
    /// The region, if several places were searched.
    pub(super) region: Option<Region>,
}

/// Finds the instance of a destination; `None` if the usual look-up does.
///
/// # Errors
/// None found, or several; those of the calls.
pub(super) async fn find(
    destination: &Destination,
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
    accounts: &[LazyAws],
    terminal: Terminal,
) -> Result<Option<Found>, Error> {
    let options = &invocation.options;
    if options.places.are_several() {
        let lookup = lookup(destination, invocation, settings).await?;
        let found = everywhere(destination, invocation, &lookup, accounts, terminal).await?;
        return Ok(Some(found));
    }
    let (Target::Tags(query), [aws]) = (&destination.target, accounts) else {
        return Ok(None);
    };
    let place = aws.in_region(destination.region()).await?;
    let lookup = Lookup::Tags(query.clone());
    let instance = find::instance(&lookup, &destination.host, options.pick, &place).await?;
    terminal.debug(|| format!("{} is {}", destination.host, instance.id));
    Ok(Some(Found {
        known: Known {
            instance,
            by_tag: true,
        },
        account: 0,
        region: None,
    }))
}

/// How to look up a destination in several places.
async fn lookup(
    destination: &Destination,
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
) -> Result<Lookup, Error> {
    let by_target = lookup::of(&destination.target);
    match (by_target, &invocation.options.instance, &destination.target) {
        (Some(Lookup::Id(id)), ..) => return Ok(Lookup::Id(id)),
        (_, Some(id), _) => return Ok(Lookup::Id(id.clone())),
        (Some(lookup), ..) => return Ok(lookup),
        (None, None, Target::Node(id)) => return Err(Usage::NodePlaces(id.to_string()).into()),
        (None, None, _) => {}
    }
    let typed = &destination.host;
    let hostname = match settings {
        // ssh has decided it.
        Some(Settings::Given(_)) => typed.clone(),
        _ => openssh::host_name(invocation, destination).await?,
    };
    let named = Target::parse(&hostname).map_err(BadConfigValue::host_name)?;
    if let Some(lookup) = lookup::of(&named) {
        return Ok(lookup);
    }
    match resolver::addresses(&hostname).await {
        Ok(addresses) => Ok(lookup::by_addresses(&addresses)),
        Err(_) if hostname.eq_ignore_ascii_case(typed) => Ok(Lookup::Tags(TagQuery::name(typed))),
        Err(not) => Err(not.into()),
    }
}

/// Looks an instance up in all places at once, some at a time.
///
/// # Errors
/// None found, or several. If no place answers, the first one's error.
async fn everywhere(
    destination: &Destination,
    invocation: &Invocation,
    lookup: &Lookup,
    accounts: &[LazyAws],
    terminal: Terminal,
) -> Result<Found, Error> {
    let options = &invocation.options;
    let places = place::all(&options.places, destination.region(), accounts).await;
    let names: Vec<String> = places.iter().map(AccountRegion::name).collect();
    let find = async |it: AccountRegion<'_>| it.find(lookup).await;
    let Answers { done, failed } = place::ask_all(places, find).await?;
    terminal.debug(|| {
        let lines = failed.iter().map(FailedPlace::to_string);
        let lines = lines.collect::<Vec<_>>().join("; ");
        format!(
            "searched {}; failed: {}",
            place::names(&names),
            if lines.is_empty() { "none" } else { &lines }
        )
    });
    let word = &destination.host;
    let Some(only) = choose::one(word, lookup::meant(done.concat()), options.pick).await? else {
        return Err(nowhere(lookup, word, &names, &failed));
    };
    Ok(known(only, lookup, accounts))
}

fn known(only: Candidate, lookup: &Lookup, accounts: &[LazyAws]) -> Found {
    let is_its = |it: &LazyAws| it.profile() == only.profile.as_deref();
    let instance = match lookup {
        Lookup::Filters(filters) => only.instance.at(lookup::addresses(filters)),
        Lookup::Id(_) | Lookup::Tags(_) | Lookup::Found(_) => only.instance,
    };
    Found {
        account: accounts.iter().position(is_its).unwrap_or_default(),
        region: only.region,
        known: Known {
            instance,
            by_tag: matches!(lookup, Lookup::Tags(_)),
        },
    }
}

/// The error for an instance that is in none of these places.
fn nowhere(lookup: &Lookup, word: &str, places: &[String], failed: &[FailedPlace]) -> Error {
    let what = match lookup {
        Lookup::Id(id) => id.to_string(),
        Lookup::Tags(query) => query.what(),
        Lookup::Filters(_) | Lookup::Found(_) => format!("with address {word}"),
    };
    InstanceError::Nowhere {
        what,
        places: place::names(places),
        failed: failed.iter().map(FailedPlace::to_string).collect(),
    }
    .into()
}
