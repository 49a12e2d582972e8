//! `--list`: the instances of a region, or of several, as a table, JSON or lines with tabs.
//!
//! On a terminal, a table of more than one page of DescribeInstances that takes longer than half a
//! second is shown page by page, each sorted in itself: EC2 needs seconds for a page of a thousand.
//! Anything else is sorted as a whole.

use std::time::{Duration, Instant};

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::list::{Format, ListRequest};
use crate::plan::list::row::{self, Row};
use crate::plan::list::table::{Style, Table};
use crate::plan::list::{json, tsv};
use crate::resolve::lazy_aws::{LazyAws, twice_if_dropped};
use crate::resolve::search;
use crate::resolve::search::place::FailedPlace;
use crate::run::{output_width, print, wait_for};
use crate::world::aws::listing::Page;
use crate::world::cache;
use crate::world::process::clock::seconds;
use crate::world::tty::printable::printable;
use crate::world::tty::terminal::Terminal;
use crate::world::tty::waiting::{self, Wait};

/// When a terminal shows what is waited for, and the pages that have come.
const PATIENCE: Duration = Duration::from_millis(500);

/// Lists the instances on standard output.
///
/// # Errors
/// Those of AWS, for one of several places after the rows of the others; and standard output that cannot be written to.
pub(crate) fn run(request: &ListRequest, terminal: Terminal) -> Result<(), Error> {
    let options = &request.options;
    let terminal = terminal.with_verbosity(options.debug, request.verbose);
    waiting::set_patience(PATIENCE);
    wait_for(async {
        let aws = LazyAws::new(options, true, terminal);
        let mut accounts = search::accounts(&options.places, aws);
        let list = async |accounts: &[LazyAws]| list(request, accounts, terminal).await;
        let list = twice_if_dropped(&mut accounts, terminal, list);
        terminal.show_wait_during(false, list).await
    })
}

async fn list(
    request: &ListRequest,
    accounts: &[LazyAws],
    terminal: Terminal,
) -> Result<(), Error> {
    let wait = Wait::begin("instances".to_owned());
    let mut listing = Listing::new(request);
    let mut written = Ok(());
    let take = |page: Page| {
        if written.is_ok() {
            written = listing.take(page);
        }
        wait.progress(format!("{} so far", listing.count()));
    };
    let (places, filters) = (&request.options.places, request.filters());
    let listed = search::list::list((places, None), accounts, &filters, take).await?;
    drop(wait);
    written?;
    let rows = listing.finish()?;
    if rows.is_empty() && listed.failed.is_empty() && request.format == Format::Table {
        let what = request.pattern.as_ref();
        let what = what.map_or(String::new(), |pattern| format!(" {}", pattern.what()));
        let regions: Vec<&str> = listed.done.iter().map(|it| it.region.as_str()).collect();
        terminal.info(&format!(
            "there is no instance{what} in {}",
            regions.join(", ")
        ));
    }
    if request.pattern.is_none() {
        cache::write(&request.options, &listed.done, &rows, terminal);
    }
    if listed.failed.is_empty() {
        return Ok(());
    }
    Err(InstanceError::NotAllListed {
        places: listed.done.len() + listed.failed.len(),
        failed: listed.failed.iter().map(FailedPlace::to_string).collect(),
    }
    .into())
}

/// What has come, and what of it is shown.
struct Listing<'a> {
    request: &'a ListRequest,
    style: Style,
    began: Instant,
    /// The columns of what is shown.
    table: Option<Table>,
    /// The rows that are not shown yet, and the others.
    waiting: Vec<Row>,
    shown: Vec<Row>,
}

impl<'a> Listing<'a> {
    fn new(request: &'a ListRequest) -> Self {
        let places = &request.options.places;
        Self {
            request,
            style: Style {
                width: output_width(),
                now: seconds(),
                has_more: false,
                regions: places.are_several(),
                profiles: !places.profiles.is_empty(),
            },
            began: Instant::now(),
            table: None,
            waiting: Vec::new(),
            shown: Vec::new(),
        }
    }

    fn count(&self) -> usize {
        self.shown.len() + self.waiting.len()
    }

    /// Keeps the rows of a page, and shows them if the reader has waited for long.
    fn take(&mut self, page: Page) -> Result<(), Error> {
        let pattern = self.request.pattern.as_ref();
        let wanted = |row: &Row| pattern.is_none_or(|pattern| pattern.wants(row));
        self.waiting.extend(page.rows.into_iter().filter(wanted));
        let for_reader = self.request.format == Format::Table && self.style.width.is_some();
        let is_late = self.table.is_some() || self.began.elapsed() >= PATIENCE;
        if for_reader && is_late && !page.is_last && !self.waiting.is_empty() {
            self.style.has_more = true;
            return self.show();
        }
        Ok(())
    }

    /// Shows the rest. Returns all.
    fn finish(mut self) -> Result<Vec<Row>, Error> {
        if self.request.format != Format::Table || !self.waiting.is_empty() {
            self.show()?;
        }
        Ok(self.shown)
    }

    fn show(&mut self) -> Result<(), Error> {
        let mut rows = std::mem::take(&mut self.waiting);
        row::sort(&mut rows);
        let text = match self.request.format {
            Format::Json => json::json(&rows),
            Format::Tsv => tsv::tsv(&rows, printable),
            Format::Table => {
                if let Some(table) = &self.table {
                    table.lines(&rows, printable)
                } else {
                    let table = Table::of(&rows, self.style, printable);
                    let text = table.head() + &table.lines(&rows, printable);
                    self.table = Some(table);
                    text
                }
            }
        };
        self.shown.append(&mut rows);
        waiting::clear();
        print(text.as_bytes())
    }
}
