//! The instances that a name means, and which of them the user wants.

use std::fmt;

use super::ids::Region;
use super::instance::Instance;

/// One of the instances that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) instance: Instance,
    /// Where it was found, if several regions were searched.
    pub(crate) region: Option<Region>,
    /// With which profile, if there were several.
    pub(crate) profile: Option<String>,
}

/// The instance that a destination was found to be, ahead of everything else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) instance: Instance,
    /// Whether by a name or tag, so that the word is no host.
    pub(crate) by_tag: bool,
}

/// `--newest`, `--oldest` or `--any`: which of several instances is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// That with the latest launch time.
    Newest,
    /// That with the earliest launch time.
    Oldest,
    /// The first one by name and ID.
    Any,
}

impl Candidate {
    /// What candidates are sorted by.
    pub(super) fn key(&self) -> (Option<&str>, &str) {
        let Instance { name, id, .. } = &self.instance;
        (name.as_deref(), id.as_str())
    }
}

impl From<Instance> for Candidate {
    fn from(instance: Instance) -> Self {
        Self {
            instance,
            region: None,
            profile: None,
        }
    }
}

/// The instance's line in a list, and where it is.
impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.instance.fmt(f)?;
        if let Some(region) = &self.region {
            write!(f, " {region}")?;
        }
        match &self.profile {
            Some(profile) => write!(f, " (profile {profile})"),
            None => Ok(()),
        }
    }
}

impl Pick {
    /// The one that is meant; of several with the same launch time, the first by name and ID.
    pub(crate) fn of(self, mut all: Vec<Candidate>) -> Option<Candidate> {
        all.sort_by(|a, b| a.key().cmp(&b.key()));
        let launched = |it: &Candidate| it.instance.launched;
        match self {
            Self::Any => {}
            Self::Oldest => all.sort_by_key(launched),
            Self::Newest => all.sort_by_key(|it| std::cmp::Reverse(launched(it))),
        }
        all.into_iter().next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::target::ids::InstanceId;

    fn candidate(id: &str, name: &str, launched: i64) -> Candidate {
        Candidate::from(Instance {
            id: InstanceId::parse(id).expect("an ID"),
            name: Some(name.to_owned()),
            launched: Some(launched),
            ..Instance::example()
        })
    }

    #[test]
    fn one_is_picked_by_launch_time_or_by_name() {
        let picked = |pick: Pick| {
            let all = vec![
                candidate("i-0000000b", "b", 30),
                candidate("i-0000000c", "a", 20),
                candidate("i-0000000a", "a", 20),
                candidate("i-0000000d", "d", 10),
                candidate("i-0000000e", "c", 30),
            ];
            pick.of(all).map(|it| it.instance.id.to_string())
        };
        assert_eq!(picked(Pick::Any).as_deref(), Some("i-0000000a"));
        assert_eq!(picked(Pick::Newest).as_deref(), Some("i-0000000b"));
        assert_eq!(picked(Pick::Oldest).as_deref(), Some("i-0000000d"));
        assert_eq!(Pick::Any.of(Vec::new()), None);
    }

    #[test]
    fn a_line_says_where_it_was_found_if_that_is_a_question() {
        let mut found = candidate("i-0000000a", "web", 0);
        assert_eq!(found.to_string(), "i-0000000a web running - -");
        found.region = Region::parse("eu-west-1").ok();
        found.profile = Some("dev".to_owned());
        let line = "i-0000000a web running - - eu-west-1 (profile dev)";
        assert_eq!(found.to_string(), line);
    }
}
