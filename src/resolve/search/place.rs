//! A place to look in: a region of an account.

use futures_util::future::join_all;

use super::super::lazy_aws::LazyAws;
use crate::error::Error;
use crate::plan::cli::places::Places;
use crate::plan::target::candidate::Candidate;
use crate::plan::target::filter::Filter;
use crate::plan::target::ids::Region;
use crate::plan::target::lookup::Lookup;
use crate::world::aws::listing::Page;

/// A region of an account.
pub(super) struct Place<'a> {
    aws: &'a LazyAws,
    /// The region, or the configured one; or why the regions are not known.
    region: Result<Option<Region>, Error>,
    /// Whether there are several accounts.
    tells_profile: bool,
}

/// All places: the target's own region, else those of the options, of each account.
pub(super) async fn all<'a>(
    places: &Places,
    own: Option<&Region>,
    accounts: &'a [LazyAws],
) -> Vec<Place<'a>> {
    let of = |aws: &'a LazyAws| async move {
        let regions = match (own, places.all_regions) {
            (None, true) => match aws.enabled_regions().await {
                Ok(regions) => regions.into_iter().map(|it| Ok(Some(it))).collect(),
                Err(error) => vec![Err(error)],
            },
            // Loaded once, ahead: else each region would try again what has failed.
            (None, false) if places.has_regions() => {
                match aws.in_region(places.regions.first()).await {
                    Ok(_) => {
                        let regions = places.regions.iter().cloned();
                        regions.map(|it| Ok(Some(it))).collect()
                    }
                    Err(error) => vec![Err(error)],
                }
            }
            _ => vec![Ok(own.cloned())],
        };
        let place = |region| Place {
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

impl Place<'_> {
    /// For errors.
    pub(super) fn name(&self) -> String {
        let profile = self.aws.profile().filter(|_| self.tells_profile);
        match (&self.region, profile) {
            (Ok(Some(region)), None) => region.to_string(),
            (Ok(Some(region)), Some(profile)) => format!("{region} (profile {profile})"),
            (_, Some(profile)) => format!("profile {profile}"),
            (_, None) => "the regions".to_owned(),
        }
    }

    /// Lists the instances here, page by page. Returns the profile, if there are several, and the
    /// region.
    ///
    /// # Errors
    /// Those of the calls.
    pub(super) async fn list(
        self,
        filters: &[Filter],
        mut take: impl FnMut(Page),
    ) -> Result<(Option<String>, Region), Error> {
        let place = self.aws.in_region(self.region?.as_ref()).await?;
        let profile = self.aws.profile().filter(|_| self.tells_profile);
        let with_profile = |mut page: Page| {
            for row in &mut page.rows {
                profile.unwrap_or_default().clone_into(&mut row.profile);
            }
            take(page);
        };
        place.list(filters, with_profile).await?;
        Ok((profile.map(str::to_owned), place.region))
    }

    /// The instances that a look-up finds here.
    ///
    /// # Errors
    /// Those of the calls.
    pub(super) async fn find(self, lookup: &Lookup) -> Result<Vec<Candidate>, Error> {
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
            profile: self
                .aws
                .profile()
                .filter(|_| self.tells_profile)
                .map(str::to_owned),
        };
        Ok(found.into_iter().map(candidate).collect())
    }
}
