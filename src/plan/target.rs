//! What the user connects to: an instance ID, an address, or a name.

pub(crate) mod bad_name;
pub(crate) mod candidate;
pub(crate) mod destination;
pub(crate) mod eice_id;
pub(crate) mod filter;
pub(crate) mod glob;
pub(crate) mod hop;
pub(crate) mod ids;
pub(crate) mod instance;
pub(crate) mod lookup;
pub(crate) mod name_patterns;
pub(crate) mod pasted;
pub(crate) mod remote_host;
pub(crate) mod tag_query;

use std::net::{IpAddr, Ipv4Addr};

use self::ids::{InstanceId, NodeId, Region};
use self::tag_query::TagQuery;
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
    /// A host of ssh_config or of the DNS; else the Name tag of an instance.
    Host(String),
    /// Instances by their tags: `tag:…`, `asg:…`, or a Name tag that cannot be a host, because it has
    /// wildcards or characters that ssh refuses.
    Tags(TagQuery),
}

impl Target {
    /// Reads the host part of a destination, without brackets.
    ///
    /// # Errors
    /// A word that is none of them; `host:path`; a mistyped ID; a query that names no tag.
    pub fn parse(host: &str) -> Result<Self, BadName> {
        if let Ok(address) = host.parse() {
            return Ok(Self::Address(address));
        }
        if let Some(query) = TagQuery::parse(host) {
            return query.map(Self::Tags);
        }
        if host.contains(':') && !host.contains('%') {
            return Err(BadName::PathOnHost(host.to_owned()));
        }
        if host.is_empty() || host.starts_with('-') || host.contains(is_never_in_a_name) {
            return Err(BadName::Host(host.to_owned()));
        }
        if let Some(id) = InstanceId::parse_if_like_id(host) {
            return id.map(Self::Id);
        }
        if let Some(id) = NodeId::parse_if_like_id(host) {
            return id.map(Self::Node);
        }
        if host.contains(is_never_in_a_host) {
            return Ok(Self::Tags(TagQuery::name(host)));
        }
        Ok(AwsName::parse(host).map_or_else(|| Self::Host(host.to_owned()), Self::Aws))
    }

    /// The region in a DNS name made by AWS.
    #[must_use]
    pub fn region(&self) -> Option<&Region> {
        match self {
            Self::Aws(name) => Some(&name.region),
            Self::Id(_) | Self::Node(_) | Self::Address(_) | Self::Host(_) | Self::Tags(_) => None,
        }
    }
}

/// Separators of paths and lists. A `tag:Name=…` may have the first two.
fn is_never_in_a_name(char: char) -> bool {
    char.is_control() || "/,".contains(char)
}

/// What ssh refuses in a host name (`ssh_valid_hostname` in `ssh.c`), and the wildcards.
fn is_never_in_a_host(char: char) -> bool {
    char.is_whitespace() || "*?'`\"$\\;&<>|(){}".contains(char)
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
    fn what_ssh_refuses_as_a_host_is_a_name_tag() {
        for name in [
            "a;b", "a b", "$(x)", "a|b", "a'b", "a\"b", "Web (1)", "CORP\\x", "web-*", "web-?",
        ] {
            let query = TagQuery::name(name);
            assert_eq!(Target::parse(name), Ok(Target::Tags(query)), "{name}");
        }
        for host in ["web-1", "büro", "web_1", "a#b", "web[1]", "web=1"] {
            assert_eq!(Target::parse(host), Ok(Target::Host(host.into())));
        }
        for query in ["tag:role=web", "tag:Name=a/b,c:d", "asg:web"] {
            assert!(matches!(Target::parse(query), Ok(Target::Tags(_))));
        }
        assert_eq!(Target::parse("tag:=x"), Err(BadName::Tag("tag:=x".into())));
    }

    #[test]
    fn words_that_are_no_name_are_invalid() {
        for bad in [
            "",
            "-oProxyCommand=x",
            "-web*",
            "a\nb",
            "a/b",
            "a,b",
            "a\x1b[2J",
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
