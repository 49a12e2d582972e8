//! The region, and what has set it: errors say so, since a wrong region is often their cause.

use std::fmt;

use thiserror::Error;

use crate::hint::Hint;
use crate::plan::target::ids::Region;

/// A region, with what has set it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChosenRegion {
    pub name: Region,
    /// What has set it, if that is known.
    pub by: Option<RegionSource>,
    /// The profile and its region, if that is another one.
    pub other: Option<(String, Region)>,
}

/// What can set a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RegionSource {
    /// `--region`.
    Option,
    /// The target: one of AWS's DNS names.
    Target,
    /// mssh's configuration file, at this place.
    ConfigFile(String),
    /// An environment variable.
    Variable(&'static str),
    /// A profile.
    Profile {
        /// Its name.
        name: String,
        /// The file and the line.
        place: String,
    },
    /// The setting `sso_region`, which only IAM Identity Center uses.
    SsoRegion,
    /// The metadata service of the instance that we run on.
    Metadata,
}

/// A configured region that does not look like one.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{value}` is not a valid region ({by})")]
pub(crate) struct BadRegion {
    /// What is set.
    pub value: String,
    /// By what.
    pub by: RegionSource,
}

/// Parses a region that is not from the command line.
///
/// # Errors
/// [`BadRegion`], which says where it is from.
pub(crate) fn configured(value: &str, by: &RegionSource) -> Result<Region, BadRegion> {
    Region::parse(value).map_err(|_| BadRegion {
        value: value.to_owned(),
        by: by.clone(),
    })
}

/// The regions in environment and profile. They are not checked, since they may not be used.
#[derive(Debug, Default)]
pub(crate) struct RegionSettings {
    /// The first one in the AWS CLI's order.
    pub first: Option<(String, RegionSource)>,
    /// The profile and its region.
    pub profile: Option<(String, String)>,
}

impl RegionSettings {
    /// The region to use.
    ///
    /// # Errors
    /// [`BadRegion`].
    pub(crate) fn region(&self) -> Result<Option<Region>, BadRegion> {
        let first = self.first.as_ref();
        first.map(|(value, by)| configured(value, by)).transpose()
    }

    /// A region set by `by`. If that is unknown, the configuration counts as its source where it
    /// sets the same region.
    #[must_use]
    pub(crate) fn chosen(&self, name: &Region, by: Option<RegionSource>) -> ChosenRegion {
        let first = self.first.as_ref();
        let first = first.filter(|(region, _)| region == name.as_str());
        let other = self.profile.as_ref().and_then(|(profile, region)| {
            let region = Region::parse(region).ok()?;
            Some((profile.clone(), region))
        });
        let is_for_sso = by == Some(RegionSource::SsoRegion);
        ChosenRegion {
            name: name.clone(),
            by: by.or_else(|| first.map(|(_, by)| by.clone())),
            other: other.filter(|(_, region)| !is_for_sso && region != name),
        }
    }
}

impl fmt::Display for ChosenRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name.fmt(f)?;
        match (&self.by, &self.other) {
            (None, None) => Ok(()),
            (Some(by), None) => write!(f, " ({by})"),
            (None, Some((profile, region))) => write!(f, " (profile `{profile}` has {region})"),
            (Some(by), Some((profile, region))) => {
                write!(f, " ({by}; profile `{profile}` has {region})")
            }
        }
    }
}

impl Hint for BadRegion {
    fn hint(&self) -> Option<String> {
        Some("a region looks like eu-west-1".to_owned())
    }
}

impl fmt::Display for RegionSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => f.write_str("set by --region"),
            Self::Target => f.write_str("from the target's name"),
            Self::ConfigFile(place) => write!(f, "set by {place}"),
            Self::Variable(name) => write!(f, "set by {name}"),
            Self::Profile { name, place } => write!(f, "set by profile `{name}` in {place}"),
            Self::SsoRegion => f.write_str("set by `sso_region`"),
            Self::Metadata => f.write_str("from the instance metadata service"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(name: &str) -> Region {
        Region::parse(name).expect("a region")
    }

    #[test]
    fn a_region_is_shown_with_what_has_set_it_and_what_the_profile_has() {
        let shown = |by, other: Option<&str>| {
            let other = other.map(|name| ("dev".to_owned(), region(name)));
            let name = region("us-east-1");
            ChosenRegion { name, by, other }.to_string()
        };
        let profile = || RegionSource::Profile {
            name: "dev".into(),
            place: "/home/jane/.aws/config, line 2".into(),
        };
        for (by, other, words) in [
            (None, None, "us-east-1"),
            (
                None,
                Some("eu-west-3"),
                "us-east-1 (profile `dev` has eu-west-3)",
            ),
            (
                Some(RegionSource::Option),
                None,
                "us-east-1 (set by --region)",
            ),
            (
                Some(RegionSource::Variable("AWS_REGION")),
                Some("eu-west-3"),
                "us-east-1 (set by AWS_REGION; profile `dev` has eu-west-3)",
            ),
            (
                Some(RegionSource::Target),
                None,
                "us-east-1 (from the target's name)",
            ),
            (
                Some(profile()),
                None,
                "us-east-1 (set by profile `dev` in /home/jane/.aws/config, line 2)",
            ),
            (
                Some(RegionSource::Metadata),
                None,
                "us-east-1 (from the instance metadata service)",
            ),
        ] {
            assert_eq!(shown(by, other), words);
        }
    }

    #[test]
    fn a_region_of_unknown_source_is_the_configurations_if_that_says_the_same() {
        let settings = RegionSettings {
            first: Some(("us-east-1".into(), RegionSource::Variable("AWS_REGION"))),
            profile: Some(("dev".into(), "eu-west-3".into())),
        };
        for (name, by, words) in [
            (
                "us-east-1",
                None,
                "us-east-1 (set by AWS_REGION; profile `dev` has eu-west-3)",
            ),
            (
                "eu-west-3",
                Some(RegionSource::Option),
                "eu-west-3 (set by --region)",
            ),
            ("eu-west-3", None, "eu-west-3"),
            (
                "eu-west-1",
                Some(RegionSource::SsoRegion),
                "eu-west-1 (set by `sso_region`)",
            ),
            ("eu-west-1", None, "eu-west-1 (profile `dev` has eu-west-3)"),
        ] {
            let chosen = settings.chosen(&region(name), by);
            assert_eq!(chosen.to_string(), words);
        }
    }

    #[test]
    fn an_invalid_region_is_refused_with_its_source() {
        let by = RegionSource::Variable("AWS_REGION");
        let bad = configured("us-east-1 ", &by).expect_err("a bad region");
        assert_eq!(
            bad.to_string(),
            "`us-east-1 ` is not a valid region (set by AWS_REGION)"
        );
    }
}
