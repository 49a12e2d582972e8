//! The documents that sessions are started by.

use std::net::{IpAddr, Ipv4Addr};

use super::behavior::SessionBehavior;
use crate::lab::aws_error::AwsError;
use crate::lab::request::{Operation, Signer};

/// The name and address of a host that only instances reach.
pub(crate) const DATABASE: (&str, Ipv4Addr) = ("db.lab.internal", Ipv4Addr::new(127, 0, 2, 7));

/// What a session is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Document {
    Shell,
    Ssh(u16),
    Forward(u16),
    ToHost(String, u16),
}

impl Document {
    /// The document in a `StartSession`.
    pub(super) fn of(
        operation: &Operation,
        signer: &Signer,
        behavior: &SessionBehavior,
    ) -> Result<Self, AwsError> {
        let name = operation.get("DocumentName");
        let parameter = |name: &str| operation.json["Parameters"][name][0].as_str();
        let port = |default: u16| {
            let port = parameter("portNumber").and_then(|port| port.parse().ok());
            port.unwrap_or(default)
        };
        let document = match name.unwrap_or("SSM-SessionManagerRunShell") {
            "SSM-SessionManagerRunShell" => Self::Shell,
            "AWS-StartSSHSession" => Self::Ssh(port(22)),
            "AWS-StartPortForwardingSession" => Self::Forward(port(80)),
            "AWS-StartPortForwardingSessionToRemoteHost" => {
                let host = parameter("host").unwrap_or("localhost");
                Self::ToHost(host.to_owned(), port(80))
            }
            _ => {
                let message = "Document with name does not exist.";
                return Err(AwsError::new(400, "InvalidDocument", message));
            }
        };
        if let Some(name) = name.filter(|name| behavior.denied_documents.contains(name)) {
            let resource = format!("arn:aws:ssm:{}::document/{name}", signer.region);
            let (protocol, action) = (operation.protocol, &operation.action);
            return Err(AwsError::denied(protocol, action, Some(&resource)));
        }
        Ok(document)
    }

    pub(crate) fn port(&self) -> Option<u16> {
        match self {
            Self::Shell => None,
            Self::Ssh(port) | Self::Forward(port) | Self::ToHost(_, port) => Some(*port),
        }
    }

    /// Whether the agent multiplexes the session.
    pub(super) fn is_multiplexed(&self) -> bool {
        matches!(self, Self::Forward(_) | Self::ToHost(..))
    }

    /// Where the agent at `own` connects to; `None` for a name that does not resolve.
    pub(super) fn address(&self, own: IpAddr) -> Option<IpAddr> {
        match self {
            Self::ToHost(host, _) if host == DATABASE.0 => Some(DATABASE.1.into()),
            Self::ToHost(host, _) if host == "localhost" => Some(own),
            Self::ToHost(host, _) => host.parse().ok(),
            Self::Shell | Self::Ssh(_) | Self::Forward(_) => Some(own),
        }
    }
}
