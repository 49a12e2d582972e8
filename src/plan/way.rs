//! What the user asks for with `--via`, and the address families of ssh_config(5).

use std::net::IpAddr;

/// The ports that EC2 Instance Connect Endpoints lead to (`remotePort` of the service).
pub const EICE_PORTS: [u16; 2] = [22, 3389];

/// How many seconds a tunnel may last (`maxTunnelDuration` of the service).
pub const TUNNEL_SECONDS: std::ops::RangeInclusive<u16> = 1..=3600;

/// The way in that the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// What fits: see [`choose`].
    #[default]
    Auto,
    /// The public IPv4 address.
    Public,
    /// The private IPv4 address.
    Private,
    /// The IPv6 address.
    Ipv6,
    /// The instance ID as ssh's host, for a proxy of the user's ssh_config.
    InstanceId,
    /// The serial console, for when the network itself is broken.
    Serial,
    /// An EC2 Instance Connect Endpoint.
    Eice,
    /// Session Manager.
    Ssm,
}

impl Way {
    /// Reads the value of `--via`.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Auto,
            Self::Public,
            Self::Private,
            Self::Ipv6,
            Self::InstanceId,
            Self::Serial,
            Self::Eice,
            Self::Ssm,
        ]
        .into_iter()
        .find(|way| way.name() == word)
    }

    /// Whether we carry the bytes.
    pub const fn is_tunnel(self) -> bool {
        matches!(self, Self::Eice | Self::Ssm)
    }

    /// Whether only ssh itself can go there: by its own configuration, or as a console's own user.
    pub const fn is_for_ssh(self) -> bool {
        matches!(self, Self::InstanceId | Self::Serial)
    }

    /// The way on from a hop: a tunnel leads to the first one, and none leads on.
    #[must_use]
    pub const fn after_hop(self) -> Self {
        if self.is_tunnel() { Self::Auto } else { self }
    }

    /// Its name, as `--via` takes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Public => "public",
            Self::Private => "private",
            Self::Ipv6 => "ipv6",
            Self::InstanceId => "instance-id",
            Self::Serial => "serial",
            Self::Eice => "eice",
            Self::Ssm => "ssm",
        }
    }
}

/// The address family that ssh is told to use: `-4`, `-6` or AddressFamily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Either.
    #[default]
    Any,
    /// IPv4 only.
    Inet,
    /// IPv6 only.
    Inet6,
}

impl Family {
    /// Whether the address is of this family.
    pub fn includes(self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Inet => address.is_ipv4(),
            Self::Inet6 => address.is_ipv6(),
        }
    }
}
