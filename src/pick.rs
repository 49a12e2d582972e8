//! The picker: the user chooses an instance, or several for `--each`, and mssh starts again with them as
//! the target.
//!
//! It opens at once with the cached list, and is updated when AWS answers. Nothing else depends on the
//! cache: the login asks AWS itself.

use std::ffi::OsString;
use std::process::ExitCode;

use futures_util::future::try_join_all;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::error::Error;
use crate::plan::cli::Options;
use crate::plan::cli::pick::PickRequest;
use crate::plan::cli::places::Place;
use crate::plan::cli::usage::Usage;
use crate::plan::list::row::Row;
use crate::plan::picker::Picker;
use crate::plan::program::Program;
use crate::plan::target::tag_query::not_gone;
use crate::resolve::lazy_aws::LazyAws;
use crate::resolve::search;
use crate::run::wait_for;
use crate::world::aws::listing::Page;
use crate::world::cache::{self, InstanceCache};
use crate::world::picks;
use crate::world::process::clock::seconds;
use crate::world::process::error::IoError;
use crate::world::process::own_program;
use crate::world::tty::picker::{self, Update};
use crate::world::tty::terminal::Terminal;

/// The exit status if nothing is chosen: that of a program that Ctrl-C has ended (fzf(1) has it, too).
const CANCELED: u8 = 130;

/// Lets the user choose, and becomes mssh with that instance.
///
/// # Errors
/// If there is no terminal, or nothing to choose from.
pub(crate) fn run(request: &PickRequest, terminal: Terminal) -> Result<ExitCode, Error> {
    if !picker::can_ask() {
        let is_asked = request.options.picker;
        return Err(if is_asked {
            Usage::NoTerminal
        } else {
            Usage::NoTarget
        }
        .into());
    }
    let Some(rows) = wait_for(choose(request, terminal))? else {
        return Ok(ExitCode::from(CANCELED));
    };
    picks::add(rows.iter().map(|row| &row.id), seconds());
    let words: Vec<OsString> = request.words(&rows);
    Err(IoError::Start(own_program::start_again(&words)).into())
}

async fn choose(request: &PickRequest, terminal: Terminal) -> Result<Option<Vec<Row>>, Error> {
    let options = &request.options;
    // A message would be written into the picture.
    let quiet = Terminal::new(Program::Ssh);
    let accounts = search::accounts(&options.places, LazyAws::new(options, true, quiet));
    let mut picker = Picker::new(picks::read(), request.query.clone());
    if request.takes_several {
        picker = picker.with_marks();
    }
    let cached = cached(options, terminal).filter(|rows| !rows.is_empty());
    let is_cached = cached.is_some();
    if let Some(rows) = cached {
        picker.set(rows, seconds());
        // The user may choose without AWS; what it takes to ask AWS can wait for the login.
        accounts.iter().for_each(LazyAws::forbid_prompts);
    } else {
        let load = try_join_all(accounts.iter().map(LazyAws::load_now));
        terminal.show_wait_during(false, load).await?;
    }
    let (sender, updates) = unbounded_channel();
    let feed = ask(request, &accounts, (sender, is_cached), quiet);
    let failed = |error| IoError::Start(error).into();
    picker::choose(picker, Box::pin(feed), updates, failed).await
}

/// The instances of the last lists, in all places that are known without AWS. `None` if one of them has
/// no list; of `--all-regions`, many have none.
fn cached(options: &Options, terminal: Terminal) -> Option<Vec<Row>> {
    let mut rows = Vec::new();
    for cache in InstanceCache::all(options, terminal) {
        let Place { profile, region } = &cache.place;
        let Some(list) = cache.read() else {
            if options.places.all_regions {
                continue;
            }
            return None;
        };
        terminal.debug(|| format!("the list of {region} is {} s old", list.age(seconds())));
        let own = list.rows(region).into_iter();
        rows.extend(own.map(|row| Row {
            profile: profile.clone().unwrap_or_default(),
            ..row
        }));
    }
    Some(rows)
}

/// Asks AWS for all instances. Sends each page, or, in place of a cached list, all at the end.
async fn ask(
    request: &PickRequest,
    accounts: &[LazyAws],
    (sender, is_cached): (UnboundedSender<Update>, bool),
    terminal: Terminal,
) -> Result<(), Error> {
    let mut all = Vec::new();
    let take = |page: Page| {
        if !is_cached {
            let _ = sender.send(Update::Add(page.rows.clone()));
        }
        all.extend(page.rows);
    };
    let options = &request.options;
    let places = (&options.places, None);
    let listed = search::list::list(places, accounts, &[not_gone()], take).await?;
    cache::write(options, &listed.done, &all, terminal);
    // The receiver is gone if the user has chosen already.
    if is_cached {
        let _ = sender.send(Update::Set(all));
    }
    let failed = listed.failed.into_iter().next();
    failed.map_or(Ok(()), |it| Err(it.error))
}
