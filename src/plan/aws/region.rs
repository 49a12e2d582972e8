//! The region that a run works in, and who chose it: for errors, whose cause it often is.

use std::fmt;

/// A region with who chose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChosenRegion {
    /// Its name.
    pub name: String,
    /// Who chose it, if that is known.
    pub by: Option<Chooser>,
    /// The profile and the region that it would have chosen, where that is another one.
    pub other: Option<(String, String)>,
}

/// Who can choose a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chooser {
    /// `--region`.
    Option,
    /// The target: a DNS name made by AWS.
    Target,
    /// An environment variable.
    Variable(&'static str),
    /// A profile, in this file and line.
    Profile(String, String),
    /// The setting `sso_region`, which is for IAM Identity Center alone.
    Sso,
    /// The instance metadata service of the machine that we run on.
    Metadata,
}

/// What environment and profile say of the region, used or not.
#[derive(Debug, Default)]
pub struct Configured {
    /// The first region in the AWS CLI's order.
    pub first: Option<(String, Chooser)>,
    /// The profile and its region.
    pub profile: Option<(String, String)>,
}

impl Configured {
    /// The region of this name, chosen by `by`. Where that is not known, it is the configuration if
    /// that says the same.
    #[must_use]
    pub fn chosen(&self, name: &str, by: Option<Chooser>) -> ChosenRegion {
        let first = self.first.as_ref().filter(|(region, _)| region == name);
        let other = self.profile.as_ref().filter(|(_, region)| region != name);
        let other = other.filter(|_| by != Some(Chooser::Sso));
        ChosenRegion {
            name: name.to_owned(),
            by: by.or_else(|| first.map(|(_, by)| by.clone())),
            other: other.cloned(),
        }
    }
}

impl fmt::Display for ChosenRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
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

impl fmt::Display for Chooser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option => f.write_str("set by --region"),
            Self::Target => f.write_str("told by the target's name"),
            Self::Variable(name) => write!(f, "set by {name}"),
            Self::Profile(name, file) => {
                write!(f, "set by profile `{name}` in {file}")
            }
            Self::Sso => f.write_str("set by `sso_region`"),
            Self::Metadata => f.write_str("that of this machine, by its metadata service"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_told_with_who_chose_it_and_what_the_profile_has() {
        let said = |by, other: Option<&str>| {
            let other = other.map(|region| ("dev".to_owned(), region.to_owned()));
            let name = "us-east-1".to_owned();
            ChosenRegion { name, by, other }.to_string()
        };
        let profile = || Chooser::Profile("dev".into(), "/home/jane/.aws/config, line 2".into());
        for (by, other, words) in [
            (None, None, "us-east-1"),
            (
                None,
                Some("eu-west-3"),
                "us-east-1 (profile `dev` has eu-west-3)",
            ),
            (Some(Chooser::Option), None, "us-east-1 (set by --region)"),
            (
                Some(Chooser::Variable("AWS_REGION")),
                Some("eu-west-3"),
                "us-east-1 (set by AWS_REGION; profile `dev` has eu-west-3)",
            ),
            (
                Some(Chooser::Target),
                None,
                "us-east-1 (told by the target's name)",
            ),
            (
                Some(profile()),
                None,
                "us-east-1 (set by profile `dev` in /home/jane/.aws/config, line 2)",
            ),
            (
                Some(Chooser::Metadata),
                None,
                "us-east-1 (that of this machine, by its metadata service)",
            ),
        ] {
            assert_eq!(said(by, other), words);
        }
    }
    #[test]
    fn who_is_not_known_to_have_chosen_a_region_is_the_configuration_if_it_says_the_same() {
        let configured = Configured {
            first: Some(("us-east-1".into(), Chooser::Variable("AWS_REGION"))),
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
                Some(Chooser::Option),
                "eu-west-3 (set by --region)",
            ),
            ("eu-west-3", None, "eu-west-3"),
            (
                "eu-west-1",
                Some(Chooser::Sso),
                "eu-west-1 (set by `sso_region`)",
            ),
            ("eu-west-1", None, "eu-west-1 (profile `dev` has eu-west-3)"),
        ] {
            assert_eq!(configured.chosen(name, by).to_string(), words);
        }
    }
}
