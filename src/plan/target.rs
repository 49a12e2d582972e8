//! What the user connects to: an instance ID, an address, or a name.

pub(crate) mod bad_name;
pub(crate) mod destination;
pub(crate) mod eice_id;
pub(crate) mod hop;
pub(crate) mod ids;
pub(crate) mod instance;
pub(crate) mod lookup;
pub(crate) mod pasted;

use std::net::{IpAddr, Ipv4Addr};

use self::ids::{InstanceId, NodeId, Region};
use crate::plan::target::bad_name::BadName;

/// The host part of a destination: what is between `user@` and `:path`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Id(InstanceId),
    /// A managed node, which is not an EC2 instance.
    Node(NodeId),
    Address(IpAddr),
    /// A DNS name made by AWS, which contains the region, and the instance ID or an address.
    Aws(AwsName),
    Host(String),
}

impl Target {
    /// Reads the host part of a destination, without brackets.
    ///
    /// # Errors
    /// A host name that ssh would refuse (`ssh_valid_hostname` in `ssh.c`), `host:path`, or a mistyped
    /// ID.
    pub fn parse(host: &str) -> Result<Self, BadName> {
        let hostile = |c: char| "'`\"$\\;&<>|(){},/".contains(c) || c.is_whitespace();
        if let Ok(address) = host.parse() {
            return Ok(Self::Address(address));
        }
        if host.contains(':') && !host.contains('%') {
            return Err(BadName::PathOnHost(host.to_owned()));
        }
        if host.is_empty()
            || host.starts_with('-')
            || host.contains(|c: char| hostile(c) || c.is_control())
        {
            return Err(BadName::Host(host.to_owned()));
        }
        if let Some(id) = InstanceId::parse_if_like_id(host) {
            return id.map(Self::Id);
        }
        if let Some(id) = NodeId::parse_if_like_id(host) {
            return id.map(Self::Node);
        }
        Ok(AwsName::parse(host).map_or_else(|| Self::Host(host.to_owned()), Self::Aws))
    }
}

impl Target {
    /// The region in a DNS name made by AWS.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        match self {
            Self::Aws(name) => Some(&name.region),
            Self::Id(_) | Self::Node(_) | Self::Address(_) | Self::Host(_) => None,
        }
    }
}

/// A DNS name that AWS made for an instance.
///
/// Source: "Amazon EC2 instance hostname types" in the EC2 user guide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwsName {
    pub(crate) region: Region,
    pub(crate) host: AwsHost,
}

/// What a DNS name made by AWS refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AwsHost {
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
            // The names in the first region are older than the second region.
            "ec2.internal" | "compute-1.amazonaws.com" => "us-east-1",
            _ => [
                ".compute.internal",
                ".compute.amazonaws.com",
                ".compute.amazonaws.com.cn",
            ]
            .iter()
            .find_map(|suffix| domain.strip_suffix(suffix))?,
        };
        let host = if let Some(address) = label.strip_prefix("ec2-") {
            AwsHost::Public(dashed(address)?)
        } else if let Some(address) = label.strip_prefix("ip-") {
            AwsHost::Private(dashed(address)?)
        } else {
            AwsHost::Id(InstanceId::parse(label).ok()?)
        };
        let region = Region::parse(region).ok()?;
        Some(Self { region, host })
    }
}

/// Reads an address as it is in a DNS label: `10-0-0-1`.
fn dashed(address: &str) -> Option<Ipv4Addr> {
    address.replace('-', ".").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_id_is_an_error_and_a_dashed_name_a_host() {
        for near in [
            "i-0abc",
            "i-0123456789abcdef01",
            "i-0123456789abcdefo",
            "I-1",
        ] {
            assert_eq!(Target::parse(near), Err(BadName::InstanceId(near.into())));
        }
        assert!(matches!(Target::parse("i-bastion"), Ok(Target::Host(_))));
        assert!(matches!(Target::parse("i-xyz"), Ok(Target::Host(_))));
        assert!(matches!(
            Target::parse("i-0123456789abcdef0.example.com"),
            Ok(Target::Host(_))
        ));
        assert!(matches!(
            Target::parse("mi-0123456789abcdef0"),
            Ok(Target::Node(_))
        ));
        assert_eq!(
            Target::parse("mi-0123"),
            Err(BadName::NodeId("mi-0123".into()))
        );
        assert!(matches!(Target::parse("i-face0123"), Ok(Target::Id(_))));
    }

    #[test]
    fn names_made_by_aws_contain_region_and_address() {
        let read = |name: &str| match Target::parse(name) {
            Ok(Target::Aws(name)) => Some((name.region.as_str().to_owned(), name.host)),
            _ => None,
        };
        let address = Ipv4Addr::new(10, 0, 0, 1);
        let id = InstanceId::parse("i-0123456789abcdef0").expect("an ID");
        for (name, region, host) in [
            (
                "ec2-10-0-0-1.compute-1.amazonaws.com",
                "us-east-1",
                AwsHost::Public(address),
            ),
            (
                "EC2-10-0-0-1.eu-west-1.compute.amazonaws.com",
                "eu-west-1",
                AwsHost::Public(address),
            ),
            (
                "ec2-10-0-0-1.cn-north-1.compute.amazonaws.com.cn",
                "cn-north-1",
                AwsHost::Public(address),
            ),
            (
                "ip-10-0-0-1.ec2.internal",
                "us-east-1",
                AwsHost::Private(address),
            ),
            (
                "ip-10-0-0-1.eu-west-1.compute.internal",
                "eu-west-1",
                AwsHost::Private(address),
            ),
            (
                "i-0123456789abcdef0.ec2.internal",
                "us-east-1",
                AwsHost::Id(id.clone()),
            ),
            (
                "i-0123456789abcdef0.eu-west-1.compute.internal",
                "eu-west-1",
                AwsHost::Id(id),
            ),
        ] {
            assert_eq!(read(name), Some((region.to_owned(), host)), "{name}");
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
    fn hosts_that_are_unsafe_in_a_shell_or_refused_by_ssh_are_invalid() {
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
            assert_eq!(Target::parse(bad), Err(BadName::Host(bad.into())));
        }
        for path in ["host:/tmp/x", "host:file"] {
            assert_eq!(Target::parse(path), Err(BadName::PathOnHost(path.into())));
        }
        assert!(matches!(Target::parse("fe80::1"), Ok(Target::Address(_))));
        assert!(matches!(Target::parse("fe80::1%eth0"), Ok(Target::Host(_))));
    }
}
