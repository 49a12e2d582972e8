//! Finds instances ahead of everything else: where a target or a hop is a query by tags, which no
//! client can read, or where it may be in one of several regions or accounts. What follows is the same as for an
//! ID in one region.

mod hops;
pub(crate) mod list;
pub(crate) mod place;
mod target;

use std::slice;

use futures_util::future::try_join_all;

use self::hops::Queries;
use self::target::Found;
use super::host::{Settings, asked_about};
use super::lazy_aws::{LazyAws, twice_if_dropped};
use crate::error::Error;
use crate::plan::cli::invocation::{Invocation, Options, Word};
use crate::plan::cli::places::Places;
use crate::plan::cli::usage::Usage;
use crate::plan::target::Target;
use crate::plan::target::destination::Destination;
use crate::world::tty::picker;
use crate::world::tty::terminal::Terminal;
use crate::world::tty::waiting;

/// What a run goes on with.
pub(crate) struct Ahead {
    /// The command line with known instances and one place, if that is another one.
    pub(crate) invocation: Option<Invocation>,
    /// The account to use.
    pub(crate) aws: LazyAws,
}

/// Finds the instances that must be known first; asks nobody if there is none. `settings` are ssh's, as
/// far as it takes part. Repeats all of it if AWS refused a session from the AWS CLI's cache.
///
/// # Errors
/// None found, or several; those of the calls.
pub(crate) async fn ahead(
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
    aws: LazyAws,
    terminal: Terminal,
) -> Result<Ahead, Error> {
    let options = &invocation.options;
    let is_query = |it: &Destination| matches!(it.target, Target::Tags(_));
    let is_wide = options.places.are_several();
    let Some(hops) = Queries::of(invocation)? else {
        if is_wide || invocation.destinations().any(is_query) {
            return Box::pin(targets(invocation, settings, aws, terminal)).await;
        }
        let invocation = None;
        return Ok(Ahead { invocation, aws });
    };
    // On the heap: it is large.
    Box::pin(with_hops(&hops, invocation, settings, aws, terminal)).await
}

/// Finds the instances of the targets, and then those of the hops, in the same account.
async fn with_hops(
    hops: &Queries,
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
    aws: LazyAws,
    terminal: Terminal,
) -> Result<Ahead, Error> {
    let unknown = hops.unknown(invocation)?;
    let settings = settings.map(|it| hops::settings_of(it, &unknown));
    let mut ahead = targets(&unknown, settings.as_ref(), aws, terminal).await?;
    let targets = ahead.invocation.as_ref().unwrap_or(&unknown);
    let find = async |accounts: &[LazyAws]| hops.find(targets, &accounts[0], terminal).await;
    let found = twice_if_dropped(slice::from_mut(&mut ahead.aws), terminal, find).await?;
    ahead.invocation = Some(found);
    Ok(ahead)
}

/// Whether a hop of `-J` must be found before ssh is asked, which cannot read it.
pub(crate) fn has_hops(invocation: &Invocation) -> bool {
    !matches!(Queries::of(invocation), Ok(None))
}

/// Finds the instances of the targets.
async fn targets(
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
    aws: LazyAws,
    terminal: Terminal,
) -> Result<Ahead, Error> {
    let options = &invocation.options;
    let mut accounts = accounts(&options.places, aws);
    forbid_prompts_in_batch_mode(invocation, settings, &accounts).await?;
    let find =
        async |accounts: &[LazyAws]| find_all(invocation, settings, accounts, terminal).await;
    let found = twice_if_dropped(&mut accounts, terminal, find).await?;
    settled(invocation, found, accounts)
}

/// An account for each profile.
pub(crate) fn accounts(places: &Places, aws: LazyAws) -> Vec<LazyAws> {
    if places.profiles.is_empty() {
        return vec![aws];
    }
    let profiles = places.profiles.iter();
    profiles.map(|it| aws.with_profile(it)).collect()
}

/// BatchMode: nobody is there to type an MFA code.
async fn forbid_prompts_in_batch_mode(
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
    accounts: &[LazyAws],
) -> Result<(), Error> {
    let first = invocation.destinations().next();
    if let (Some(settings), Some(destination)) = (settings, first)
        && settings
            .of(destination, &asked_about(destination))
            .await?
            .batch
    {
        waiting::disable();
        picker::forbid();
        accounts.iter().for_each(LazyAws::forbid_prompts);
    }
    Ok(())
}

/// The instances of all destinations, in the order of the command line.
async fn find_all(
    invocation: &Invocation,
    settings: Option<&Settings<'_>>,
    accounts: &[LazyAws],
    terminal: Terminal,
) -> Result<Vec<Option<Found>>, Error> {
    let (distinct, order) = invocation.distinct_destinations();
    let find = |it| target::find(it, invocation, settings, accounts, terminal);
    let found = try_join_all(distinct.into_iter().map(find)).await?;
    Ok(order.into_iter().map(|at| found[at].clone()).collect())
}

/// The command line for these instances.
fn settled(
    invocation: &Invocation,
    found: Vec<Option<Found>>,
    mut accounts: Vec<LazyAws>,
) -> Result<Ahead, Error> {
    let mut used = found.iter().flatten().map(|it| it.account);
    let account = used.next().unwrap_or_default();
    if used.any(|it| it != account) {
        return Err(Usage::SeveralAccounts.into());
    }
    let mut aws = accounts.swap_remove(account);
    let mut options = Options {
        places: Places::default(),
        ..invocation.options.clone()
    };
    options.profile = aws.profile().map(str::to_owned);
    let mut regions = found.iter().flatten().map(|it| it.region.as_ref());
    // If they differ, each destination has its own.
    if let Some(Some(region)) = regions.next()
        && regions.all(|it| it == Some(region))
    {
        options.region = Some(region.clone());
        aws.choose_region(region.clone());
    }
    let mut found = found.into_iter();
    let words = invocation.words.iter().map(|word| match word {
        Word::Typed(_) => word.clone(),
        Word::Destination(destination) => match found.next().flatten() {
            Some(it) => Word::Destination(destination.found(it.known, it.region)),
            None => word.clone(),
        },
    });
    let invocation = Some(Invocation {
        program: invocation.program,
        options,
        words: words.collect(),
        flags: invocation.flags.clone(),
        command: invocation.command,
    });
    Ok(Ahead { invocation, aws })
}
