//! The ways to an instance (`--via`), and the address families of ssh_config(5).

use std::net::IpAddr;

use crate::plan::program::Program;

/// The ports that EC2 Instance Connect Endpoints connect to (`remotePort` of the service).
pub(crate) const EICE_PORTS: [u16; 2] = [22, 3389];

/// How many seconds a tunnel may last (`maxTunnelDuration` of the service).
pub(crate) const TUNNEL_SECONDS: std::ops::RangeInclusive<u16> = 1..=3600;

/// How to reach an instance, as `--via` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described by its row in WAYS")]
pub enum Way {
    #[default]
    Auto,
    Public,
    Private,
    Ipv6,
    InstanceId,
    Eice,
    Ssm,
    Serial,
}

/// What the command line, the help and the man pages need to know about a way.
struct WayRow {
    way: Way,
    /// The value of `--via`.
    name: &'static str,
    kind: WayKind,
    /// For the man page.
    help: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum WayKind {
    Automatic,
    Address,
    Tunnel,
    /// Only ssh itself can take it: through the user's ssh_config, or as the console's user.
    Ssh,
}

/// The parser, `--help`, the completions and the man pages all read this table, in this order.
/// The serial console is last, because [`Way::names`] leaves it out for `msftp` and `mscp`.
const WAYS: [WayRow; 8] = [
    WayRow {
        way: Way::Auto,
        name: "auto",
        kind: WayKind::Automatic,
        help: "The default. A public address, a host typed with -t, hops, and a proxy that your \
               ssh_config(5) has for the instance ID are used without trying anything else. If the \
               instance has only private addresses, mssh uses the first of these that works: its \
               private address, an EC2 Instance Connect Endpoint in its VPC, Session Manager. It \
               tries them while the key is pushed.",
    },
    WayRow {
        way: Way::Public,
        name: "public",
        kind: WayKind::Address,
        help: "The public IPv4 address of the instance.",
    },
    WayRow {
        way: Way::Private,
        name: "private",
        kind: WayKind::Address,
        help: "Its private IPv4 address.",
    },
    WayRow {
        way: Way::Ipv6,
        name: "ipv6",
        kind: WayKind::Address,
        help: "Its IPv6 address.",
    },
    WayRow {
        way: Way::InstanceId,
        name: "instance-id",
        kind: WayKind::Ssh,
        help: "ssh gets the instance ID as its host; a Host i-* block in your ssh_config(5) must say \
               how to connect.",
    },
    WayRow {
        way: Way::Eice,
        name: "eice",
        kind: WayKind::Tunnel,
        help: "An EC2 Instance Connect Endpoint in the instance's VPC: one in its subnet, else in its \
               zone, else any; or the one given with --eice-endpoint. Endpoints connect to ports 22 \
               and 3389 only, for an hour at most.",
    },
    WayRow {
        way: Way::Ssm,
        name: "ssm",
        kind: WayKind::Tunnel,
        help: "A Session Manager session that forwards to the instance's sshd. It needs Amazon's SSM \
               Agent on the instance, but no open port and no session-manager-plugin. Managed nodes \
               (mi-...) work too, with -i and a key that they already accept.",
    },
    WayRow {
        way: Way::Serial,
        name: "serial",
        kind: WayKind::Ssh,
        help: "The serial console of the instance, for when its network is broken: no user, no \
               command, no files. The console's host key must be the one that AWS publishes, unless \
               the command line sets StrictHostKeyChecking or the like.",
    },
];

impl Way {
    /// The values of `--via`.
    pub(crate) const NAMES: [&str; WAYS.len()] = {
        let mut names = [""; WAYS.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = WAYS[at].name;
            at += 1;
        }
        names
    };

    const fn row(self) -> &'static WayRow {
        &WAYS[self as usize]
    }

    /// Reads the value of `--via`.
    pub fn parse(word: &str) -> Option<Self> {
        WAYS.iter().find(|row| row.name == word).map(|row| row.way)
    }

    /// The value of `--via`.
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The values of `--via` that `program` accepts: a serial console transfers no files.
    pub fn names(program: Program) -> &'static [&'static str] {
        match (program, Self::NAMES.split_last()) {
            (Program::Sftp | Program::Scp, Some((_serial, others))) => others,
            _ => &Self::NAMES,
        }
    }

    /// Each of these with its description for the man page.
    pub(crate) fn descriptions(
        program: Program,
    ) -> impl Iterator<Item = (&'static str, &'static str)> {
        let rows = WAYS.iter().zip(Self::names(program));
        rows.map(|(row, name)| (*name, row.help))
    }

    /// Whether mssh copies the bytes.
    pub fn is_tunnel(self) -> bool {
        self.row().kind == WayKind::Tunnel
    }

    /// Whether only ssh itself can take it.
    pub fn is_for_ssh(self) -> bool {
        self.row().kind == WayKind::Ssh
    }

    /// How to reach the next hop: a tunnel reaches the first hop only.
    #[must_use]
    pub fn after_hop(self) -> Self {
        if self.is_tunnel() { Self::Auto } else { self }
    }
}

/// The address family to use: `-4`, `-6` or AddressFamily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Both.
    #[default]
    Any,
    /// IPv4.
    Inet,
    /// IPv6.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_has_its_row_and_its_name() {
        for row in &WAYS {
            assert_eq!(row.way.name(), row.name);
            assert_eq!(Way::parse(row.name), Some(row.way));
        }
        assert_eq!(Way::parse("tunnel"), None);
    }

    #[test]
    fn the_file_programs_have_no_serial_console() {
        assert!(Way::names(Program::Ssh).contains(&"serial"));
        assert!(!Way::names(Program::Scp).contains(&"serial"));
        assert_eq!(Way::descriptions(Program::Scp).count() + 1, WAYS.len());
    }
}
