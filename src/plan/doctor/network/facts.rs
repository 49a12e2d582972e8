//! What was found out about the network between this machine and an instance.

use std::net::IpAddr;

use super::acl::Acl;
use super::group::GroupRule;
use super::prefix_list::PrefixList;
use super::route::RouteTable;
use super::source::{Membership, Source};
use crate::plan::doctor::fact::Fact;
use crate::plan::route::NoAddress;
use crate::plan::route::eice::EndpointState;
use crate::plan::way::Way;

/// All of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct NetworkFacts {
    /// The port of its sshd, as ssh will ask for it.
    pub port: u16,
    pub commands: CommandOptions,
    /// The addresses of the instance, and what happened when we connected to them.
    pub addresses: Vec<InstanceAddress>,
    /// The address that the user asked for, and that the instance does not have.
    pub no_address: Option<NoAddress>,
    /// The ID of the endpoint that the user asked for.
    pub asked_endpoint: Option<String>,
    /// Whether a login may go through an EC2 Instance Connect Endpoint.
    pub wants_endpoint: bool,
    pub interfaces: Fact<Vec<InterfaceFacts>>,
    /// The rules of the groups of these interfaces and of the endpoints.
    pub rules: Fact<Vec<GroupRule>>,
    /// The prefix lists that the rules and routes refer to, as far as they are known.
    pub lists: Vec<PrefixList>,
    /// Whether all of their blocks are.
    pub are_lists_read: Fact<()>,
    /// The network ACLs of the subnets of the interfaces, and of the first endpoint's.
    pub acls: Fact<Vec<Acl>>,
    /// All route tables of the VPC.
    pub tables: Fact<Vec<RouteTable>>,
    /// The endpoints in the VPC, the one that a login would use first.
    pub endpoints: Fact<Vec<EndpointFacts>>,
    /// The addresses of the first endpoint's network interfaces.
    pub endpoint_addresses: Fact<Vec<IpAddr>>,
    /// The IPv4 address that the internet sees when this machine connects to it.
    pub public_address: Fact<PublicAddress>,
}

/// The address that the internet sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublicAddress {
    pub address: IpAddr,
    /// The URL of the service that says so.
    pub service: String,
}

/// The options of the AWS CLI that make its commands apply to the same account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CommandOptions {
    pub region: String,
    /// The profile, if it is not the default one.
    pub profile: Option<String>,
}

/// An address of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InstanceAddress {
    pub address: IpAddr,
    /// The value of `--via` for it: public, private or ipv6.
    pub way: Way,
    /// Whether a login would try it.
    pub is_used: bool,
    /// The address of this machine from which it connects there.
    pub local: Option<IpAddr>,
    pub answer: PortAnswer,
}

/// What came of a connection to the port of the sshd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PortAnswer {
    /// The version that an SSH server says: `SSH-2.0-OpenSSH_9.6`.
    Ssh(String),
    /// The beginning of what another server says.
    Other(String),
    /// It is connected, and nothing comes.
    Silent,
    /// The connection was closed before a line came.
    Closed,
    /// Nothing listens, or something rejects the connection.
    Refused,
    /// There is no answer.
    Dropped,
    /// This machine has no network path there, as the system says.
    NoPath(String),
}

/// A network interface of the instance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InterfaceFacts {
    pub subnet: String,
    pub vpc: String,
    pub groups: Vec<String>,
    /// The primary private address.
    pub private: Option<IpAddr>,
    /// All of its addresses: private, public, IPv6.
    pub addresses: Vec<IpAddr>,
}

/// An EC2 Instance Connect Endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EndpointFacts {
    pub id: String,
    pub state: EndpointState,
    /// AWS's reason for the state, if there is one.
    pub state_message: Option<String>,
    pub subnet: String,
    pub zone: Option<String>,
    pub groups: Vec<String>,
    pub interfaces: Vec<String>,
    /// Whether instances see the client's address instead of the endpoint's.
    pub preserves_client_ip: bool,
}

impl InterfaceFacts {
    /// The instance, as the endpoint's network sees it.
    pub(super) fn as_other_end(&self) -> Source {
        Source {
            addresses: self.private.into_iter().collect(),
            is_ipv6: false,
            groups: Membership::Of(self.groups.clone()),
        }
    }
}

impl NetworkFacts {
    /// The network interface with this address.
    pub(crate) fn interface_of(&self, address: IpAddr) -> Option<&InterfaceFacts> {
        let interfaces = self.interfaces.known()?;
        interfaces.iter().find(|it| it.addresses.contains(&address))
    }

    /// Where this machine's connections to one of the addresses come from.
    pub(crate) fn source_for(&self, to: &InstanceAddress) -> Source {
        let is_ipv6 = to.address.is_ipv6();
        match to.way {
            Way::Public => {
                Source::internet(self.public_address.known().map(|it| it.address), false)
            }
            // IPv6 knows no NAT worth the name: the local address is the one that others see.
            _ if is_ipv6 => Source::internet(to.local, true),
            _ => Source::private(to.local, false),
        }
    }

    /// Where connections through the endpoint come from.
    pub(super) fn source_by(&self, endpoint: &EndpointFacts) -> Source {
        if endpoint.preserves_client_ip {
            return Source::internet(self.public_address.known().map(|it| it.address), false);
        }
        let addresses = self.endpoint_addresses.known().cloned();
        Source {
            addresses: addresses.unwrap_or_default(),
            is_ipv6: false,
            groups: Membership::Of(endpoint.groups.clone()),
        }
    }
}
