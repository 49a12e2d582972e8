//! What can be wrong with a name, wherever it came from.

use thiserror::Error;

use crate::hint::Hint;

/// A word that is not a valid name of its kind. It may come from the command line, ssh_config, the
/// AWS configuration or AWS.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum BadName {
    #[error("{}", user(.0))]
    User(String),
    #[error("{}", host(.0))]
    Host(String),
    #[error("`{0}` is not a valid target for mssh")]
    PathOnHost(String),
    #[error("`{0}` is not a valid instance ID")]
    InstanceId(String),
    #[error("`{0}` is not a valid managed node ID")]
    NodeId(String),
    #[error("`{0}` is not a valid region")]
    Region(String),
    #[error("`{0}` is not a valid availability zone")]
    Zone(String),
    #[error("a hop must be an ID, not `{0}`")]
    PastedHop(String),
    #[error("`{0}` names no tag")]
    Tag(String),
}

fn user(user: &str) -> String {
    match user {
        "" => "the user name is empty".to_owned(),
        _ => format!("`{user}` is not a valid user name"),
    }
}

fn host(host: &str) -> String {
    match host {
        "" => "the target is empty".to_owned(),
        _ => format!("`{host}` is not a valid target"),
    }
}

impl Hint for BadName {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::User(_) => {
                "EC2 Instance Connect allows up to 32 letters, digits and `._-@`, beginning with a \
                 letter, a digit or `_`, and not digits alone"
            }
            Self::Host(_) => {
                "a target is an instance ID, a name, an IP address or a host name, with or without \
                 user@; tag:Name=NAME finds any other name"
            }
            Self::PathOnHost(host) => return Some(path_on_host(host)),
            Self::InstanceId(_) => {
                "an instance ID is `i-` followed by 17 (or 8) hexadecimal digits"
            }
            Self::NodeId(_) => "a managed node ID is `mi-` followed by 17 hexadecimal digits",
            Self::Region(_) => "a region looks like eu-west-1",
            Self::Zone(_) => "an availability zone looks like eu-west-1a",
            Self::Tag(_) => "write tag:KEY=VALUE, tag:KEY or asg:NAME",
            Self::PastedHop(_) => "write -J i-…, and --region if it is not the default one",
        };
        Some(hint.to_owned())
    }
}

fn path_on_host(host: &str) -> String {
    match host.rsplit_once(':') {
        Some((_, port)) if port.parse::<u16>().is_ok() => format!("give the port with -p {port}"),
        _ if host.starts_with("http") => {
            "the only URL that mssh takes is that of an instance's page in the AWS console".into()
        }
        _ => "for files there are mscp and msftp".into(),
    }
}
