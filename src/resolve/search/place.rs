//! The places to look in, each a region of an account, and what they answer.

use std::fmt;

use futures_util::future::join_all;
use futures_util::stream::{self, StreamExt};

use super::super::lazy_aws::LazyAws;
use crate::error::Error;
use crate::hint;
use crate::plan::cli::places::{Place, Places, Regions};
use crate::plan::target::candidate::Candidate;
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::Region;
use crate::plan::target::lookup::Lookup;
use crate::world::aws::listing::Page;

/// How many places are asked at the same time.
const AT_ONCE: usize = 16;

/// A place to ask.
pub(super) struct AccountRegion<'a> {
    aws: &'a LazyAws,
    /// The region, or the configured one; or why the regions are not known.
    region: Result<Option<Region>, Error>,
    /// Whether there are several accounts.
    tells_profile: bool,
}

/// What all places answered, in their order.
pub(super) struct Answers<T> {
    pub(super) done: Vec<T>,
    pub(super) failed: Vec<FailedPlace>,
}

/// A place that did not answer, by its name.
pub(crate) struct FailedPlace {
    name: String,
    pub(crate) error: Error,
}

/// All places: the target's own region, else those of the options, of each account.
pub(super) async fn all<'a>(
    places: &Places,
    own: Option<&Region>,
    accounts: &'a [LazyAws],
) -> Vec<AccountRegion<'a>> {
    let of = |aws: &'a LazyAws| async move {
        let regions = match places.regions(own) {
            Regions::One(region) => Ok(vec![region.cloned()]),
            // Loaded once, ahead: else each region would try again what has failed.
            Regions::Named(named) => aws
                .in_region(named.first())
                .await
                .map(|_| named.iter().cloned().map(Some).collect()),
            Regions::Enabled => aws
                .enabled_regions()
                .await
                .map(|enabled| enabled.iter().cloned().map(Some).collect()),
        };
        let regions: Vec<Result<Option<Region>, Error>> = match regions {
            Ok(regions) => regions.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        };
        let place = |region| AccountRegion {
            aws,
            region,
            tells_profile: accounts.len() > 1,
        };
        regions.into_iter().map(place).collect::<Vec<_>>()
    };
    join_all(accounts.iter().map(of))
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// Asks all places, some at a time.
///
/// # Errors
/// If no place answers, the first one's error; a refused session, which is worth another try.
pub(super) async fn ask_all<'a, T>(
    places: Vec<AccountRegion<'a>>,
    ask: impl AsyncFn(AccountRegion<'a>) -> Result<T, Error>,
) -> Result<Answers<T>, Error> {
    let ask = &ask;
    let asked = stream::iter(places).map(|it| async move { (it.name(), ask(it).await) });
    let answers: Vec<_> = asked.buffered(AT_ONCE).collect().await;
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for (name, answer) in answers {
        match answer {
            Ok(answer) => done.push(answer),
            Err(error) if error.dropped_session().is_some() => return Err(error),
            Err(error) => failed.push(FailedPlace { name, error }),
        }
    }
    if done.is_empty() && !failed.is_empty() {
        return Err(failed.swap_remove(0).error);
    }
    Ok(Answers { done, failed })
}

/// The names of a few places, or the number of many.
pub(crate) fn names(places: &[String]) -> String {
    match places {
        [before @ .., last] if (1..5).contains(&before.len()) => {
            format!("{} and {last}", before.join(", "))
        }
        [only] => only.clone(),
        many => format!("any of {} regions", many.len()),
    }
}

impl fmt::Display for FailedPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, hint::line(&self.error))
    }
}

impl AccountRegion<'_> {
    /// For errors.
    pub(super) fn name(&self) -> String {
        match (&self.region, self.profile()) {
            (Ok(Some(region)), profile) => Place {
                profile,
                region: region.clone(),
            }
            .to_string(),
            (_, Some(profile)) => format!("profile {profile}"),
            (_, None) => "the regions".to_owned(),
        }
    }

    /// The profile, if there are several.
    fn profile(&self) -> Option<String> {
        let profile = self.aws.profile().filter(|_| self.tells_profile);
        profile.map(str::to_owned)
    }

    /// Lists the instances here, page by page. Returns the place.
    ///
    /// # Errors
    /// Those of the calls.
    pub(super) async fn list(
        self,
        filters: &[Filter],
        mut take: impl FnMut(Page),
    ) -> Result<Place, Error> {
        let profile = self.profile();
        let aws = self.aws.in_region(self.region?.as_ref()).await?;
        let with_profile = |mut page: Page| {
            for row in &mut page.rows {
                row.profile = profile.clone().unwrap_or_default();
            }
            take(page);
        };
        aws.list(filters, with_profile).await?;
        let region = aws.region;
        Ok(Place { profile, region })
    }

    /// The instances that a look-up finds here.
    ///
    /// # Errors
    /// Those of the calls.
    pub(super) async fn find(self, lookup: &Lookup) -> Result<Vec<Candidate>, Error> {
        let profile = self.profile();
        let place = self.aws.in_region(self.region?.as_ref()).await?;
        let found = match lookup {
            Lookup::Id(id) => place.instance(id).await?.into_iter().collect(),
            Lookup::Filters(filters) => place.instances(filters).await?,
            Lookup::Tags(query) => place.tagged(query).await?,
            Lookup::Found(instance) => vec![(**instance).clone()],
        };
        let candidate = |instance| Candidate {
            instance,
            region: Some(place.region.clone()),
            profile: profile.clone(),
        };
        Ok(found.into_iter().map(candidate).collect())
    }
}
