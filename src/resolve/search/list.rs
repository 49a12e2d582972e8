//! The instances of all places, for a list.

use std::cell::RefCell;

use super::place::{self, AccountRegion, Answers, FailedPlace};
use crate::error::Error;
use crate::plan::cli::places::{Place, Places};
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::Region;
use crate::resolve::lazy_aws::LazyAws;
use crate::world::aws::listing::Page;

/// The places that were listed.
pub(crate) struct Listed {
    pub(crate) done: Vec<Place>,
    pub(crate) failed: Vec<FailedPlace>,
}

/// Lists the instances that match the filters in all places, some places at a time; `own` is the region
/// that the target itself contains. `take` gets each page as it arrives, and knows which is the last one
/// of a place.
///
/// # Errors
/// If no place answers, the first one's error.
pub(crate) async fn list(
    (places, own): (&Places, Option<&Region>),
    accounts: &[LazyAws],
    filters: &[Filter],
    take: impl FnMut(Page),
) -> Result<Listed, Error> {
    let take = RefCell::new(take);
    let all = place::all(places, own, accounts).await;
    let list =
        async |it: AccountRegion<'_>| it.list(filters, |page| (take.borrow_mut())(page)).await;
    let Answers { done, failed } = place::ask_all(all, list).await?;
    Ok(Listed { done, failed })
}
