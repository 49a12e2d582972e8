//! What can be wrong with a name, wherever it came from.

use std::fmt;

/// A word that is not the name it should be: typed, or read from ssh_config, the AWS configuration
/// or an answer of AWS's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the text of each variant stands in Display")]
pub enum BadName {
    User(String),
    Host(String),
    PathOnHost(String),
    InstanceId(String),
    NodeId(String),
    Region(String),
    Zone(String),
    PastedHop(String),
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(user) if user.is_empty() => write!(f, "the user name is empty"),
            Self::User(user) => write!(f, "`{user}` is not a valid user name"),
            Self::Host(host) if host.is_empty() => write!(f, "the target is empty"),
            Self::Host(host) => write!(f, "`{host}` is not a valid target"),
            Self::PathOnHost(host) => write!(f, "`{host}` is not a valid target for mssh"),
            Self::InstanceId(id) => write!(f, "`{id}` is not a valid instance ID"),
            Self::NodeId(id) => write!(f, "`{id}` is not a valid ID of a managed node"),
            Self::Region(region) => write!(f, "`{region}` is not a valid region"),
            Self::Zone(zone) => write!(f, "`{zone}` is not a valid availability zone"),
            Self::PastedHop(hop) => write!(f, "a hop is named by its ID, not by `{hop}`"),
        }
    }
}

impl BadName {
    /// What to try instead.
    pub fn hint(&self) -> String {
        match self {
            Self::User(_) => "EC2 Instance Connect takes up to 32 letters, digits and `._-@`, \
                              beginning with a letter, a digit or `_`, and not digits alone"
                .into(),
            Self::Host(_) => {
                "a target is [user@] and an instance ID, an IP address or a host name".into()
            }
            Self::PathOnHost(host) => match host.rsplit_once(':') {
                Some((_, port)) if port.parse::<u16>().is_ok() => {
                    format!("the port goes with -p {port}")
                }
                _ if host.starts_with("http") => {
                    "of web addresses, only an instance's page in the AWS console is a target"
                        .into()
                }
                _ => "for files there are mscp and msftp".into(),
            },
            Self::InstanceId(_) => "an instance ID is `i-` and 17 (or 8) hexadecimal digits".into(),
            Self::NodeId(_) => "such an ID is `mi-` and 17 hexadecimal digits".into(),
            Self::Region(_) => "a region looks like eu-west-1".into(),
            Self::Zone(_) => "an availability zone looks like eu-west-1a".into(),
            Self::PastedHop(_) => "write -J i-…, and --region if it is not the usual one".into(),
        }
    }
}
