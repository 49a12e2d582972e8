//! The cached lists of several places.

use super::InstanceCache;
use crate::plan::cli::Options;
use crate::plan::cli::places::{Place, Regions};
use crate::plan::route::serial;
use crate::plan::target::ids::Region;
use crate::world::aws::configured_region;
use crate::world::tty::terminal::Terminal;

/// The most lists that are read.
const MOST: usize = 64;

impl InstanceCache {
    /// The lists of all places of these options, as far as their regions are known without AWS: all
    /// known regions stand for those that are enabled. None with `--no-cache`.
    pub(crate) fn all(options: &Options, terminal: Terminal) -> Vec<Self> {
        let mut all = Vec::new();
        for profile in options.places.each_profile() {
            for region in regions(options, profile) {
                let profile = profile.cloned();
                all.extend(Self::of(options, Place { profile, region }, terminal));
            }
        }
        all.truncate(MOST);
        all
    }
}

fn regions(options: &Options, profile: Option<&String>) -> Vec<Region> {
    match options.places.regions(options.region.as_ref()) {
        Regions::One(Some(region)) => vec![region.clone()],
        Regions::One(None) => {
            let profile = profile.or(options.profile.as_ref());
            let region = configured_region(profile.map(String::as_str));
            region.ok().flatten().into_iter().collect()
        }
        Regions::Named(regions) => regions.to_vec(),
        Regions::Enabled => {
            let known = serial::regions().into_iter();
            known.filter_map(|it| Region::parse(it).ok()).collect()
        }
    }
}
