//! Which instances the targets are.

use std::slice;

use futures_util::future::try_join_all;

use crate::error::Error;
use crate::plan::aws::instance_error::InstanceError;
use crate::plan::cli::each::{EachLookup, EachRequest, Wanted};
use crate::plan::list::row::Row;
use crate::plan::target::ids::Region;
use crate::plan::target::tag_query::not_gone;
use crate::resolve::lazy_aws::{LazyAws, forget_dropped};
use crate::world::tty::terminal::Terminal;
use crate::world::tty::waiting::Wait;

/// The instances of all targets, sorted by name.
///
/// # Errors
/// Those of the calls; a target without an instance.
pub(super) async fn rows(request: &EachRequest, terminal: Terminal) -> Result<Vec<Row>, Error> {
    let mut aws = LazyAws::new(&request.options, true, terminal);
    match rows_of(request, &aws).await {
        Err(error) => forget_dropped(slice::from_mut(&mut aws), error, terminal)?,
        found => return found,
    }
    rows_of(request, &aws).await
}

async fn rows_of(request: &EachRequest, aws: &LazyAws) -> Result<Vec<Row>, Error> {
    let _wait = Wait::begin("the instances".to_owned());
    let places = &request.options.places;
    let regions: Vec<Option<Region>> = if places.all_regions {
        aws.enabled_regions().await?.into_iter().map(Some).collect()
    } else if places.has_regions() {
        places.regions.iter().cloned().map(Some).collect()
    } else {
        vec![None]
    };
    let lookups = request.lookups();
    let calls = lookups.iter().flat_map(|lookup| {
        let regions = match &lookup.region {
            Some(own) => vec![Some(own.clone())],
            None => regions.clone(),
        };
        regions.into_iter().map(|region| one(lookup, region, aws))
    });
    let found = try_join_all(calls).await?.concat();
    match request.choose(found) {
        Ok(chosen) => Ok(chosen),
        Err(wanted) => Err(not_found(wanted, &regions, aws).await),
    }
}

async fn one(
    lookup: &EachLookup,
    region: Option<Region>,
    aws: &LazyAws,
) -> Result<Vec<Row>, Error> {
    let aws = aws.in_region(region.as_ref()).await?;
    let mut rows = Vec::new();
    let filters = [lookup.filter.clone(), not_gone()];
    aws.list(&filters, |page| rows.extend(page.rows)).await?;
    Ok(rows)
}

async fn not_found(wanted: &Wanted, regions: &[Option<Region>], aws: &LazyAws) -> Error {
    let what = wanted.pattern.what();
    let own = wanted.region.as_ref();
    let error = if let (None, [_, _, ..]) = (own, regions) {
        let names = regions.iter().flatten().map(Region::as_str);
        InstanceError::Nowhere {
            what,
            places: names.collect::<Vec<_>>().join(", "),
            failed: Vec::new(),
        }
    } else {
        let only = own.or_else(|| regions.iter().flatten().next());
        match aws.in_region(only).await {
            Ok(aws) => InstanceError::NotFound {
                what,
                region: aws.chosen(),
            },
            Err(error) => return error,
        }
    };
    error.into()
}
