//! The AWS configuration and credentials, loaded once a step needs them.

use std::cell::Cell;

use tokio::sync::OnceCell;

use crate::error::Error;
use crate::plan::aws::region::RegionSource;
use crate::plan::cli::invocation::Options;
use crate::plan::target::ids::Region;
use crate::world::aws::error::AwsError;
use crate::world::aws::{Aws, Credentials, Prompts, Regional};
use crate::world::tty::terminal::Terminal;

/// AWS as the user's options choose it. Loading may ask for an MFA code, so it is done once, and
/// never for a run that needs no call.
pub(crate) struct LazyAws {
    profile: Option<String>,
    /// `--region`, or that of the configuration file.
    region: Option<Region>,
    /// The regions that the configuration file sets, with their places there.
    places: Vec<(Region, String)>,
    /// Whether the target's region is the only one of this run.
    is_one_target: bool,
    prompts: Cell<Prompts>,
    loaded: OnceCell<Aws>,
    /// The enabled regions, once they were asked for.
    enabled: OnceCell<Vec<Region>>,
    terminal: Terminal,
}

impl LazyAws {
    pub(crate) fn new(options: &Options, is_one_target: bool, terminal: Terminal) -> Self {
        Self {
            profile: options.profile.clone(),
            region: options.region.clone(),
            places: options.region_places(),
            is_one_target,
            prompts: Cell::new(Prompts::Allowed),
            loaded: OnceCell::new(),
            enabled: OnceCell::new(),
            terminal,
        }
    }

    /// The same with another profile.
    pub(crate) fn with_profile(&self, profile: &str) -> Self {
        Self {
            profile: Some(profile.to_owned()),
            region: self.region.clone(),
            places: self.places.clone(),
            is_one_target: self.is_one_target,
            prompts: self.prompts.clone(),
            loaded: OnceCell::new(),
            enabled: OnceCell::new(),
            terminal: self.terminal,
        }
    }

    /// `--profile`.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// Goes on as if `--region` had this value.
    pub(crate) fn choose_region(&mut self, region: Region) {
        self.region = Some(region);
    }

    /// BatchMode: from now on no MFA code is asked for.
    pub(crate) fn forbid_prompts(&self) {
        self.prompts.set(Prompts::Forbidden);
    }

    /// AWS in the region of `--region`, else the target's, else the configured one.
    ///
    /// # Errors
    /// Those of [`Aws::load`] and [`Aws::region`].
    pub(crate) async fn in_region(
        &self,
        target_region: Option<&Region>,
    ) -> Result<Regional<'_>, Error> {
        let region = self.region.as_ref().or(target_region);
        let aws = self
            .loaded
            .get_or_try_init(|| self.load(target_region))
            .await?;
        Ok(self.with_chooser(aws.region(region)?, target_region))
    }

    /// Loads the configuration and the credentials, if they are not loaded.
    ///
    /// # Errors
    /// Those of [`Aws::load`] and [`Aws::region`].
    pub(crate) async fn load_now(&self) -> Result<(), Error> {
        match self.in_region(None).await {
            // Several regions are named elsewhere.
            Ok(_) | Err(Error::Aws(AwsError::NoRegion(_))) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The enabled regions of the account. Without a configured region, the first one is asked.
    ///
    /// # Errors
    /// Those of the call.
    pub(crate) async fn enabled_regions(&self) -> Result<&[Region], Error> {
        let enabled = self
            .enabled
            .get_or_try_init(|| self.ask_for_regions())
            .await;
        enabled.map(Vec::as_slice)
    }

    async fn ask_for_regions(&self) -> Result<Vec<Region>, Error> {
        let place = match self.in_region(None).await {
            Err(Error::Aws(AwsError::NoRegion(_))) => {
                self.in_region(Some(&Region::us_east_1())).await?
            }
            place => place?,
        };
        Ok(place.enabled_regions().await?)
    }

    async fn load(&self, target_region: Option<&Region>) -> Result<Aws, Error> {
        let region = self.region.as_ref().or(target_region);
        let for_all = region.filter(|_| self.region.is_some() || self.is_one_target);
        let (profile, prompts) = (self.profile.as_deref(), self.prompts.get());
        let aws = Aws::load(profile, for_all, prompts, self.terminal).await?;
        let chosen = self
            .with_chooser(aws.region(region)?, target_region)
            .chosen();
        self.terminal.debug(|| format!("region {chosen}"));
        Ok(aws)
    }

    fn with_chooser<'a>(&self, aws: Regional<'a>, target_region: Option<&Region>) -> Regional<'a> {
        let chosen = self.region.as_ref().or(target_region);
        let place = self.places.iter().find(|(name, _)| Some(name) == chosen);
        if let Some((_, place)) = place {
            return aws.chosen_by(RegionSource::ConfigFile(place.clone()));
        }
        match (&self.region, target_region) {
            (Some(_), _) => aws.chosen_by(RegionSource::Option),
            (None, Some(_)) => aws.chosen_by(RegionSource::Target),
            (None, None) => aws,
        }
    }

    /// AWS in the same region as [`Self::in_region`], if it has been loaded and there is one.
    pub(crate) fn loaded_in(&self, target_region: Option<&Region>) -> Option<Regional<'_>> {
        let region = self.region.as_ref().or(target_region);
        let found = self.loaded.get()?.region(region).ok()?;
        Some(self.with_chooser(found, target_region))
    }

    /// The credentials, if they have been loaded.
    ///
    /// # Errors
    /// Those of [`Aws::credentials`].
    pub(crate) async fn credentials(&self) -> Result<Option<Credentials>, Error> {
        match self.loaded() {
            Some(aws) => Ok(Some(aws.credentials().await?)),
            None => Ok(None),
        }
    }

    /// The configuration, if it has been loaded.
    pub(crate) fn loaded(&self) -> Option<&Aws> {
        self.loaded.get()
    }
}

/// After an error that is worth another try, because AWS refused a session, which is no longer in the
/// AWS CLI's cache: warns, and drops what was loaded, so that it is loaded again.
///
/// # Errors
/// Any other error.
pub(crate) fn forget_dropped(
    accounts: &mut [LazyAws],
    error: Error,
    terminal: Terminal,
) -> Result<(), Error> {
    let Some(stale) = error.dropped_session() else {
        return Err(error);
    };
    terminal.warn(&stale.to_string());
    for aws in accounts {
        aws.loaded = OnceCell::new();
    }
    Ok(())
}

/// Runs this once more, with newly loaded credentials, if AWS refused a session (see [`forget_dropped`]).
///
/// # Errors
/// Any other error, and that of the second run.
pub(crate) async fn twice_if_dropped<T>(
    accounts: &mut [LazyAws],
    terminal: Terminal,
    run: impl AsyncFn(&[LazyAws]) -> Result<T, Error>,
) -> Result<T, Error> {
    match run(accounts).await {
        Err(error) => forget_dropped(accounts, error, terminal)?,
        done => return done,
    }
    run(accounts).await
}
