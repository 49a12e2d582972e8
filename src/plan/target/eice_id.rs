//! The names of EC2 Instance Connect Endpoints.

use std::fmt;

/// The ID of an EC2 Instance Connect Endpoint: `eice-` and letters or digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointId(String);

impl EndpointId {
    /// Reads an ID by its shape. Like the AWS CLI, it accepts `_`.
    pub fn parse(word: &str) -> Option<Self> {
        let rest = word.strip_prefix("eice-")?;
        let part = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let ok = !rest.is_empty() && rest.len() <= 64 && rest.bytes().all(part);
        ok.then(|| Self(word.to_owned()))
    }

    /// The ID itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EndpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A DNS name: labels of letters, digits, `-` and `_` with dots between them (RFC 1123, 2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostName(String);

impl HostName {
    /// Reads a name.
    pub fn parse(word: &str) -> Option<Self> {
        let label = |label: &str| {
            let byte = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            (1..=63).contains(&label.len()) && !label.starts_with('-') && label.bytes().all(byte)
        };
        let ok = word.len() <= 253 && word.split('.').all(label);
        ok.then(|| Self(word.to_owned()))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of `--eice-endpoint`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndpointRef {
    Id(EndpointId),
    /// The DNS name, which begins with the ID. It saves the call that finds it, which does not list
    /// another account's endpoint in a shared VPC.
    Host(EndpointId, HostName),
}

impl EndpointRef {
    pub(crate) fn id(&self) -> &EndpointId {
        match self {
            Self::Id(id) | Self::Host(id, _) => id,
        }
    }

    /// Reads the value of `--eice-endpoint`.
    pub fn parse(word: &str) -> Option<Self> {
        match word.split_once('.') {
            None => EndpointId::parse(word).map(Self::Id),
            Some((id, _)) => Some(Self::Host(EndpointId::parse(id)?, HostName::parse(word)?)),
        }
    }
}

impl fmt::Display for EndpointRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Host(_, host) => host.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_have_ids_and_names() {
        assert!(EndpointId::parse("eice-0123456789abcdef0").is_some());
        for bad in ["eice-", "eice-a;b", "vpce-1", "eice-a,b", "EICE-1"] {
            assert_eq!(EndpointId::parse(bad), None, "{bad}");
        }
        assert!(HostName::parse("eice-1.0a1b.ec2-instance-connect-endpoint.x").is_some());
        for bad in [
            "",
            "a..b",
            "-a.b",
            "a b",
            "a,b",
            "a/b",
            "a:1",
            "ü.example",
            "a.",
        ] {
            assert_eq!(HostName::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_endpoint_is_named_by_its_id_or_its_dns_name() {
        let id = EndpointId::parse("eice-0abc").expect("an ID");
        assert_eq!(
            EndpointRef::parse("eice-0abc"),
            Some(EndpointRef::Id(id.clone()))
        );
        let name = "eice-0abc.1234abcd.ec2-instance-connect-endpoint.eu-west-1.amazonaws.com";
        let host = HostName::parse(name).expect("a name");
        assert_eq!(EndpointRef::parse(name), Some(EndpointRef::Host(id, host)));
        for bad in [
            "",
            "vpce-1",
            "eice-",
            "x.eice-1",
            "eice-1.a:443",
            "eice-1/a",
            "eice-1.",
        ] {
            assert_eq!(EndpointRef::parse(bad), None, "{bad}");
        }
    }
}
