//! An instance as a row of a list.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::plan::target::ids::{InstanceId, Region};
use crate::plan::target::instance::State;

/// What a list shows of an instance. Its texts are the user's own, unescaped; an empty one stands for
/// none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: InstanceId,
    /// The value of its `Name` tag.
    pub(crate) name: String,
    pub(crate) state: State,
    /// The profile with which it was found, if there are several.
    pub(crate) profile: String,
    pub(crate) region: Region,
    pub(crate) zone: String,
    /// Its type: `t3.micro`.
    pub(crate) kind: String,
    pub(crate) private: Option<Ipv4Addr>,
    pub(crate) public: Option<Ipv4Addr>,
    pub(crate) ipv6: Option<Ipv6Addr>,
    /// When it was launched last, in seconds since 1970.
    pub(crate) launched: Option<u64>,
    /// Its other tags.
    pub(crate) tags: Vec<(String, String)>,
}

/// How an instance can be reached, as far as its own description tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It has a public IPv4 address.
    Direct,
    /// It has no public IPv4 address, but an IPv6 one.
    Ipv6,
    /// It has a private address only: from its own network, or by an endpoint or Session Manager. Only
    /// more calls would tell, which a login makes.
    Tunnel,
    /// It does not run, or has no address.
    No,
}

impl Reach {
    /// The word in the table.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Ipv6 => "ipv6",
            Self::Tunnel => "tunnel?",
            Self::No => "-",
        }
    }

    /// The word for programs; `None` if it cannot be reached.
    pub(crate) fn code(self) -> Option<&'static str> {
        match self {
            Self::Direct => Some("direct"),
            Self::Ipv6 => Some("ipv6"),
            Self::Tunnel => Some("tunnel"),
            Self::No => None,
        }
    }
}

impl Row {
    /// How it can be reached.
    pub(crate) fn reach(&self) -> Reach {
        match self {
            Self { state, .. } if *state != State::Running => Reach::No,
            Self {
                public: Some(_), ..
            } => Reach::Direct,
            Self { ipv6: Some(_), .. } => Reach::Ipv6,
            Self {
                private: Some(_), ..
            } => Reach::Tunnel,
            _ => Reach::No,
        }
    }

    /// Its public IPv4 address, else its IPv6 address.
    pub(crate) fn outer(&self) -> Option<IpAddr> {
        let v6 = || self.ipv6.map(IpAddr::V6);
        self.public.map(IpAddr::V4).or_else(v6)
    }

    /// How long ago it was launched, in seconds.
    pub(crate) fn age(&self, now: u64) -> Option<u64> {
        self.launched.map(|launched| now.saturating_sub(launched))
    }
}

/// Sorts by name, in whatever case, those without one last; then by region and ID.
pub(crate) fn sort(rows: &mut [Row]) {
    rows.sort_by_cached_key(|row| {
        let name = row.name.to_lowercase();
        let place = (row.profile.clone(), row.region.as_str().to_owned());
        (row.name.is_empty(), name, place, row.id.as_str().to_owned())
    });
}

/// Whether the rows are of more than one region.
pub(crate) fn has_several_regions(rows: &[Row]) -> bool {
    rows.windows(2).any(|two| two[0].region != two[1].region)
}

#[cfg(test)]
impl Row {
    /// A running instance without an address.
    pub(crate) fn example(id: &str, name: &str) -> Self {
        Self {
            id: InstanceId::parse(id).expect("an ID"),
            name: name.to_owned(),
            state: State::Running,
            profile: String::new(),
            region: Region::us_east_1(),
            zone: "us-east-1a".to_owned(),
            kind: "t3.micro".to_owned(),
            private: None,
            public: None,
            ipv6: None,
            launched: None,
            tags: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_in_whatever_case_and_the_nameless_come_last() {
        let mut rows = [
            Row::example("i-0000000b", "web"),
            Row::example("i-0000000c", ""),
            Row::example("i-0000000a", "web"),
            Row::example("i-0000000d", "API"),
        ];
        sort(&mut rows);
        let ids = rows.each_ref().map(|row| row.id.as_str());
        assert_eq!(
            ids,
            ["i-0000000d", "i-0000000a", "i-0000000b", "i-0000000c"]
        );
    }

    #[test]
    fn a_row_tells_how_its_instance_can_be_reached() {
        let private = Some(Ipv4Addr::LOCALHOST);
        let mut row = Row::example("i-0000000a", "web");
        assert_eq!(row.reach(), Reach::No);
        row.private = private;
        assert_eq!(row.reach(), Reach::Tunnel);
        row.ipv6 = Some(Ipv6Addr::LOCALHOST);
        assert_eq!(row.reach(), Reach::Ipv6);
        row.public = private;
        assert_eq!(row.reach(), Reach::Direct);
        row.state = State::Stopped;
        assert_eq!(row.reach(), Reach::No);
    }
}
