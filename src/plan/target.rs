//! What a target can be, and the shapes of the names that go with it.
//!
//! Each type here can only be made by its `parse`: whoever holds one holds a checked value.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use super::usage::Usage;

/// What the user named: the word between `user@` and `:path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An instance ID.
    Id(InstanceId),
    /// An IP address.
    Address(IpAddr),
    /// A DNS name that AWS made, which tells the region and the instance or its address.
    Aws(AwsName),
    /// Any other host name.
    Host(String),
}

impl Target {
    /// Reads the host part of a destination, without brackets.
    ///
    /// # Errors
    /// Anything that ssh would refuse as a host name (`ssh_valid_hostname` in its `ssh.c`) or
    /// that is no host in this position, like `host:path`; and what is nearly an instance ID.
    pub fn parse(host: &str) -> Result<Self, Usage> {
        let hostile = |c: char| "'`\"$\\;&<>|(){},/".contains(c) || c.is_whitespace();
        if let Ok(address) = host.parse() {
            return Ok(Self::Address(address));
        }
        if host.contains(':') && !host.contains('%') {
            return Err(Usage::PathOnHost(host.to_owned()));
        }
        if host.is_empty()
            || host.starts_with('-')
            || host.contains(|c: char| hostile(c) || c.is_control())
        {
            return Err(Usage::BadHost(host.to_owned()));
        }
        if let Some(id) = InstanceId::claimed(host) {
            return id.map(Self::Id);
        }
        Ok(AwsName::parse(host).map_or_else(|| Self::Host(host.to_owned()), Self::Aws))
    }
}

/// An EC2 instance ID, in lower case: `i-` and 8 or 17 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct InstanceId(String);

impl InstanceId {
    /// Reads an ID, in either case of letters.
    ///
    /// # Errors
    /// [`Usage::BadInstanceId`] for anything else.
    pub fn parse(word: &str) -> Result<Self, Usage> {
        let id = word.to_ascii_lowercase();
        match id.strip_prefix("i-") {
            Some(digits)
                if [8, 17].contains(&digits.len())
                    && digits.bytes().all(|b| b.is_ascii_hexdigit()) =>
            {
                Ok(Self(id))
            }
            _ => Err(Usage::BadInstanceId(word.to_owned())),
        }
    }

    /// `word` read as an ID, if that is what it wants to be: `i-` or `mi-`, a digit, and no dot
    /// or dash after it. A host may be called `i-bastion`, so not every `i-` is an ID.
    fn claimed(word: &str) -> Option<Result<Self, Usage>> {
        let lower = word.to_ascii_lowercase();
        let (managed, rest) = match lower.strip_prefix("mi-") {
            Some(rest) => (true, rest),
            None => (false, lower.strip_prefix("i-")?),
        };
        let plain = rest.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain || !rest.starts_with(|c: char| c.is_ascii_digit()) {
            return InstanceId::parse(word).ok().map(Ok);
        }
        Some(if managed {
            Err(Usage::ManagedNode(word.to_owned()))
        } else {
            Self::parse(word)
        })
    }

    /// The ID as AWS writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A DNS name made by AWS for an instance, taken apart.
///
/// Source: "Amazon EC2 instance hostname types" in the EC2 user guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsName {
    /// The region in the name.
    pub region: Region,
    /// What the name stands for.
    pub stands_for: StandsFor,
}

/// What a DNS name made by AWS stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StandsFor {
    /// `i-….REGION.compute.internal`.
    Id(InstanceId),
    /// `ec2-A-B-C-D.REGION.compute.amazonaws.com`.
    Public(Ipv4Addr),
    /// `ip-A-B-C-D.REGION.compute.internal`.
    Private(Ipv4Addr),
}

impl AwsName {
    fn parse(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix('.').unwrap_or(&name);
        let (label, domain) = name.split_once('.')?;
        let region = match domain {
            // The first region keeps the names it had before there were others.
            "ec2.internal" | "compute-1.amazonaws.com" => "us-east-1",
            _ => [
                ".compute.internal",
                ".compute.amazonaws.com",
                ".compute.amazonaws.com.cn",
            ]
            .iter()
            .find_map(|suffix| domain.strip_suffix(suffix))?,
        };
        let stands_for = if let Some(address) = label.strip_prefix("ec2-") {
            StandsFor::Public(dashed(address)?)
        } else if let Some(address) = label.strip_prefix("ip-") {
            StandsFor::Private(dashed(address)?)
        } else {
            StandsFor::Id(InstanceId::parse(label).ok()?)
        };
        let region = Region::parse(region).ok()?;
        Some(Self { region, stands_for })
    }
}

/// `10-0-0-1`, an address as it stands in a DNS label.
fn dashed(address: &str) -> Option<Ipv4Addr> {
    address.replace('-', ".").parse().ok()
}

/// An OS user that EC2 Instance Connect accepts.
///
/// Its own pattern is `[A-Za-z_][A-Za-z0-9@._-]{0,30}[A-Za-z0-9$_-]?`
/// (`InstanceOSUser` in the API reference of `SendSSHPublicKey`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Login(String);

impl Login {
    /// Reads a user name.
    ///
    /// # Errors
    /// [`Usage::BadUser`] for a name that AWS would refuse.
    pub fn parse(user: &str) -> Result<Self, Usage> {
        let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
        let goes_on = |c: char| c.is_ascii_alphanumeric() || "@._-".contains(c);
        let body = user.strip_suffix('$').unwrap_or(user);
        if user.len() <= 32 && body.starts_with(begins) && body.chars().all(goes_on) {
            Ok(Self(user.to_owned()))
        } else {
            Err(Usage::BadUser(user.to_owned()))
        }
    }

    /// The user of most Amazon Linux images, and the original's default.
    pub fn ec2_user() -> Self {
        Self("ec2-user".to_owned())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name of the shape of an AWS region, like `us-gov-west-1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region(String);

impl Region {
    /// Reads a region by its shape; whether there is one of that name, AWS knows.
    ///
    /// # Errors
    /// [`Usage::BadRegion`].
    pub fn parse(word: &str) -> Result<Self, Usage> {
        let parts: Vec<&str> = word.split('-').collect();
        let ok = match parts.as_slice() {
            [area, middle @ .., number] => {
                (2..=4).contains(&area.len())
                    && (1..=3).contains(&middle.len())
                    && [area].into_iter().chain(middle).all(|part| {
                        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase())
                    })
                    && (1..=2).contains(&number.len())
                    && number.bytes().all(|b| b.is_ascii_digit())
            }
            _ => false,
        };
        if ok {
            Ok(Self(word.to_owned()))
        } else {
            Err(Usage::BadRegion(word.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name of the shape of an availability, local or wavelength zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(String);

impl Zone {
    /// Reads a zone by its shape: a region, then a letter, or more parts that end in a letter or
    /// digit (`us-west-2-lax-1a`, `us-east-1-wl1-bos-wlz-1`).
    ///
    /// # Errors
    /// [`Usage::BadZone`].
    pub fn parse(word: &str) -> Result<Self, Usage> {
        let lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let split = word.bytes().position(|b| b.is_ascii_digit());
        let ok = split.is_some_and(|digit| {
            let (region, rest) = word.split_at(digit + 1);
            Region::parse(region).is_ok()
                && rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '-')
                && rest.bytes().all(lower)
                && !rest.ends_with('-')
                && word.len() <= 32
        });
        if ok {
            Ok(Self(word.to_owned()))
        } else {
            Err(Usage::BadZone(word.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_exact_but_for_their_case() {
        let id = InstanceId::parse("I-0ABCDEF0").map(|id| id.to_string());
        assert_eq!(id, Ok("i-0abcdef0".to_owned()));
        for bad in [
            "i-",
            "i-0abc",
            "i-0123456789abcdefg",
            "mi-0123456789abcdef0",
            "-i0",
        ] {
            assert!(InstanceId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mistyped_id_is_no_host_but_a_dashed_name_is() {
        for near in [
            "i-0abc",
            "i-0123456789abcdef01",
            "i-0123456789abcdefo",
            "I-1",
        ] {
            assert_eq!(Target::parse(near), Err(Usage::BadInstanceId(near.into())));
        }
        assert!(matches!(Target::parse("i-bastion"), Ok(Target::Host(_))));
        assert!(matches!(Target::parse("i-xyz"), Ok(Target::Host(_))));
        assert!(matches!(
            Target::parse("i-0123456789abcdef0.example.com"),
            Ok(Target::Host(_))
        ));
        assert!(matches!(
            Target::parse("mi-0123456789abcdef0"),
            Err(Usage::ManagedNode(_))
        ));
        assert!(matches!(Target::parse("i-face0123"), Ok(Target::Id(_))));
    }

    #[test]
    fn the_names_that_aws_makes_tell_region_and_address() {
        let read = |name: &str| match Target::parse(name) {
            Ok(Target::Aws(name)) => Some((name.region.0, name.stands_for)),
            _ => None,
        };
        let address = Ipv4Addr::new(10, 0, 0, 1);
        let id = InstanceId("i-0123456789abcdef0".into());
        for (name, region, stands_for) in [
            (
                "ec2-10-0-0-1.compute-1.amazonaws.com",
                "us-east-1",
                StandsFor::Public(address),
            ),
            (
                "EC2-10-0-0-1.eu-west-1.compute.amazonaws.com",
                "eu-west-1",
                StandsFor::Public(address),
            ),
            (
                "ec2-10-0-0-1.cn-north-1.compute.amazonaws.com.cn",
                "cn-north-1",
                StandsFor::Public(address),
            ),
            (
                "ip-10-0-0-1.ec2.internal",
                "us-east-1",
                StandsFor::Private(address),
            ),
            (
                "ip-10-0-0-1.eu-west-1.compute.internal",
                "eu-west-1",
                StandsFor::Private(address),
            ),
            (
                "i-0123456789abcdef0.ec2.internal",
                "us-east-1",
                StandsFor::Id(id.clone()),
            ),
            (
                "i-0123456789abcdef0.eu-west-1.compute.internal",
                "eu-west-1",
                StandsFor::Id(id),
            ),
        ] {
            assert_eq!(read(name), Some((region.to_owned(), stands_for)), "{name}");
        }
        for other in [
            "ec2-10-0-0.compute-1.amazonaws.com",
            "db.compute.internal",
            "ec2.internal",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn what_a_shell_or_ssh_would_take_amiss_is_no_host() {
        for bad in [
            "",
            "-oProxyCommand=x",
            "a;b",
            "a b",
            "$(x)",
            "a|b",
            "a'b",
            "a\nb",
            "a/b",
        ] {
            assert_eq!(Target::parse(bad), Err(Usage::BadHost(bad.into())));
        }
        for path in ["host:/tmp/x", "host:file"] {
            assert_eq!(Target::parse(path), Err(Usage::PathOnHost(path.into())));
        }
        assert!(matches!(Target::parse("fe80::1"), Ok(Target::Address(_))));
        assert!(matches!(Target::parse("fe80::1%eth0"), Ok(Target::Host(_))));
    }

    #[test]
    fn users_are_those_of_instance_connect() {
        for good in [
            "ec2-user",
            "BAD",
            "first.last",
            "_x",
            "machine$",
            "ad@corp.example",
        ] {
            assert!(Login::parse(good).is_ok(), "{good}");
        }
        let long = "a".repeat(33);
        for bad in [
            "",
            "-l",
            "1st",
            "a;b",
            "a$b",
            "a b",
            "$(x)",
            "ü",
            "$",
            long.as_str(),
        ] {
            assert!(Login::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn regions_and_zones_have_shapes() {
        for good in [
            "us-east-1",
            "us-gov-west-1",
            "eusc-de-east-1",
            "us-iso-east-1",
            "ap-southeast-5",
        ] {
            assert!(Region::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "bogus",
            "us-east-1;x",
            "us-east-1a",
            "-r",
            "us--1",
            "US-EAST-1",
            "us-east-",
        ] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
        for good in [
            "us-east-1a",
            "us-west-2-lax-1a",
            "us-east-1-wl1-bos-wlz-1",
            "us-gov-west-1b",
        ] {
            assert!(Zone::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "bogus",
            "us-east-1",
            "us-east-1a;x",
            "us-east-1a-",
            "-z",
            "f",
        ] {
            assert!(Zone::parse(bad).is_err(), "{bad}");
        }
    }
}
