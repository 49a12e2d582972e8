//! Which instances the targets are.

use futures_util::future::try_join_all;

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::each::{EachLookup, EachRequest, Wanted};
use crate::plan::cli::places::Place;
use crate::plan::list::row::Row;
use crate::plan::target::tag_query::not_gone;
use crate::resolve::lazy_aws::{LazyAws, twice_if_dropped};
use crate::resolve::search;
use crate::resolve::search::list::Listed;
use crate::resolve::search::place::{FailedPlace, names};
use crate::world::aws::listing::Page;
use crate::world::tty::terminal::Terminal;
use crate::world::tty::waiting::Wait;

/// The instances of all targets, sorted by name.
///
/// # Errors
/// Those of the calls; a target without an instance.
pub(super) async fn rows(request: &EachRequest, terminal: Terminal) -> Result<Vec<Row>, Error> {
    let options = &request.options;
    let mut accounts = search::accounts(&options.places, LazyAws::new(options, true, terminal));
    let rows = async |accounts: &[LazyAws]| rows_of(request, accounts).await;
    twice_if_dropped(&mut accounts, terminal, rows).await
}

async fn rows_of(request: &EachRequest, accounts: &[LazyAws]) -> Result<Vec<Row>, Error> {
    let _wait = Wait::begin("the instances".to_owned());
    let lookups = request.lookups();
    let answers = lookups.iter().map(|it| found(request, it, accounts));
    let (rows, listed): (Vec<_>, Vec<_>) = try_join_all(answers).await?.into_iter().unzip();
    let with_failed = listed.iter().find(|it| !it.failed.is_empty());
    if let Some(Listed { done, failed }) = with_failed {
        return Err(InstanceError::NotAllSearched {
            places: done.len() + failed.len(),
            failed: failed.iter().map(FailedPlace::to_string).collect(),
        }
        .into());
    }
    match request.choose(rows.concat()) {
        Ok(chosen) => Ok(chosen),
        Err(wanted) => {
            let of_it = lookups.iter().zip(&listed);
            let mut of_it = of_it.filter(|(lookup, _)| lookup.region == wanted.region);
            let places = of_it.next().map_or(&[][..], |(_, listed)| &listed.done);
            let is_only = !request.options.places.are_several();
            Err(not_found(wanted, (places, is_only), accounts).await)
        }
    }
}

async fn found(
    request: &EachRequest,
    lookup: &EachLookup,
    accounts: &[LazyAws],
) -> Result<(Vec<Row>, Listed), Error> {
    let mut rows = Vec::new();
    let places = (&request.options.places, lookup.region.as_ref());
    let filters = [lookup.filter.clone(), not_gone()];
    let take = |page: Page| rows.extend(page.rows);
    let listed = search::list::list(places, accounts, &filters, take).await?;
    Ok((rows, listed))
}

async fn not_found(
    wanted: &Wanted,
    (places, is_only): (&[Place], bool),
    accounts: &[LazyAws],
) -> Error {
    let what = wanted.pattern.what();
    if let ([place], [aws]) = (places, accounts) {
        let named = Some(&place.region).filter(|_| !is_only);
        return match aws.in_region(wanted.region.as_ref().or(named)).await {
            Ok(aws) => InstanceError::NotFound {
                what,
                region: aws.chosen(),
            }
            .into(),
            Err(error) => error,
        };
    }
    let places: Vec<String> = places.iter().map(Place::to_string).collect();
    InstanceError::Nowhere {
        what,
        places: names(&places),
        failed: Vec::new(),
    }
    .into()
}
