//! Several regions and profiles in which to look for an instance: `--region a,b`, `--all-regions`,
//! `--profile a,b`.

use std::ffi::OsString;
use std::fmt;

use super::usage::Usage;
use crate::plan::target::ids::Region;

/// Where to look, as far as it is more than one region and one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Two or more regions, or none.
    pub(crate) regions: Vec<Region>,
    /// `--all-regions`: those that are enabled for the account.
    pub(crate) all_regions: bool,
    /// Two or more profiles, or none.
    pub(crate) profiles: Vec<String>,
}

/// The regions to look in with one profile.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Regions<'a> {
    /// The target's own; else that of the option or the AWS configuration.
    One(Option<&'a Region>),
    Named(&'a [Region]),
    /// Those that are enabled for the account.
    Enabled,
}

/// A region of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The profile; `None` if there is only the one of the options or the environment.
    pub(crate) profile: Option<String>,
    pub(crate) region: Region,
}

impl Places {
    /// Whether there is more than one place.
    #[must_use]
    pub(crate) fn are_several(&self) -> bool {
        self.all_regions || self.has_regions() || !self.profiles.is_empty()
    }

    /// Whether several regions are named.
    #[must_use]
    pub(crate) fn has_regions(&self) -> bool {
        !self.regions.is_empty()
    }

    /// The profiles to look with: all, or `None` for the only one.
    #[must_use]
    pub(crate) fn each_profile(&self) -> Vec<Option<&String>> {
        if self.profiles.is_empty() {
            return vec![None];
        }
        self.profiles.iter().map(Some).collect()
    }

    /// The regions to look in with one profile. `own` is the one that the target itself contains.
    #[must_use]
    pub(crate) fn regions<'a>(&'a self, own: Option<&'a Region>) -> Regions<'a> {
        match own {
            None if self.all_regions => Regions::Enabled,
            None if self.has_regions() => Regions::Named(&self.regions),
            own => Regions::One(own),
        }
    }
}

impl Place {
    /// The words of a command line that choose it.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let mut words = Vec::new();
        words.extend(self.profile.as_ref().map(|it| format!("--profile={it}")));
        words.push(format!("--region={}", self.region));
        words.into_iter().map(OsString::from).collect()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.profile {
            Some(profile) => write!(f, "{} (profile {profile})", self.region),
            None => self.region.fmt(f),
        }
    }
}

/// The values of `--region`: one, or several.
///
/// # Errors
/// The first that is no region.
pub(super) fn regions(value: &str) -> Result<(Option<Region>, Vec<Region>), Usage> {
    let mut all: Vec<Region> = Vec::new();
    for word in value.split(',') {
        let region = Region::parse(word)?;
        if !all.contains(&region) {
            all.push(region);
        }
    }
    Ok(one_or_several(all))
}

/// The values of `--profile`: one, or several.
pub(super) fn profiles(value: &str) -> (Option<String>, Vec<String>) {
    let mut all: Vec<String> = Vec::new();
    for word in value.split(',') {
        if !all.iter().any(|it| it == word) {
            all.push(word.to_owned());
        }
    }
    one_or_several(all)
}

fn one_or_several<T>(mut all: Vec<T>) -> (Option<T>, Vec<T>) {
    if all.len() == 1 {
        (all.pop(), all)
    } else {
        (None, all)
    }
}
