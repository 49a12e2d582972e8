//! The refresh of a cached list behind the prompt: `mssh --refresh-list --list …`, a process without a
//! terminal, of which the user sees nothing.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::Duration;

use tokio::time::timeout;

use super::cached_list::CachedList;
use crate::error::Error;
use crate::plan::cache::Snapshot;
use crate::plan::cli::complete::REFRESH_OPTION;
use crate::plan::list::row;
use crate::plan::target::tag_query::not_gone;
use crate::resolve::lazy_aws::LazyAws;
use crate::run::wait_for;
use crate::world::aws::listing::Page;
use crate::world::aws::{Unattended, unattended};
use crate::world::process::{self, own_program};
use crate::world::tty::terminal::Terminal;

/// How long it may take in all.
const LIMIT: Duration = Duration::from_mins(1);

/// Starts the process if the list is old, nobody refreshes it, and there are credentials that nobody
/// has to be asked for. Does not wait for it. Whether it was started.
pub(super) fn start_if_due(cached: &CachedList, list: Option<&Snapshot>) -> bool {
    if !cached.cache.is_due(list) {
        return false;
    }
    let can = match unattended(cached.options.profile.as_deref()) {
        Unattended::Yes => true,
        Unattended::OfMachine => list.is_some(),
        Unattended::No => false,
    };
    let Some(program) = own_program::path().ok().filter(|_| can) else {
        return false;
    };
    let started = Command::new(program)
        .arg(REFRESH_OPTION)
        .args(cached.words())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    started.is_ok()
}

/// Refreshes the list for these words of `--list`.
///
/// # Errors
/// Those of AWS, which nobody sees.
pub(crate) fn run(words: &[OsString], terminal: Terminal) -> Result<(), Error> {
    process::detach_from_terminal();
    let Some(cached) = CachedList::all(words, terminal).pop() else {
        return Ok(());
    };
    let Some(_lock) = cached.cache.begin_refresh() else {
        return Ok(());
    };
    wait_for(async {
        let refresh = refresh(&cached, terminal);
        timeout(LIMIT, refresh).await.unwrap_or(Ok(()))
    })
}

async fn refresh(cached: &CachedList, terminal: Terminal) -> Result<(), Error> {
    let aws = LazyAws::new(&cached.options, true, terminal);
    aws.forbid_prompts();
    let aws = aws.in_region(None).await?;
    let mut rows = Vec::new();
    let take = |page: Page| rows.extend(page.rows);
    aws.list(&[not_gone()], take).await?;
    row::sort(&mut rows);
    cached.cache.write(&rows);
    Ok(())
}
