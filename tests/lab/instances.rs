//! The instances. Each constant tells the kind of its instance, or its trouble; so does its Name
//! tag.

mod addresses;
mod tags;

pub(crate) use self::addresses::in_vpc;

pub(crate) const HOME_REGION: &str = "us-east-1";
pub(crate) const OTHER_REGION: &str = "eu-west-1";
/// A region newer than the programs, so that their table of serial consoles lacks it.
pub(crate) const NEW_REGION: &str = "mars-north-1";
pub(crate) const ACCOUNT: &str = "123456789012";

pub(crate) const WEB1: &str = "i-0face000000000001";
pub(crate) const WEB2: &str = "i-0face000000000002";
pub(crate) const SHORT_ID: &str = "i-0face003";
pub(crate) const PRIVATE: &str = "i-0cafe000000000001";
pub(crate) const IPV6_ONLY: &str = "i-0ade0000000000001";
pub(crate) const STOPPED: &str = "i-0dead000000000001";
pub(crate) const TERMINATED: &str = "i-0dead000000000002";
pub(crate) const PENDING: &str = "i-0dead000000000003";
pub(crate) const STOPPING: &str = "i-0dead000000000004";
pub(crate) const PUSH_DENIED: &str = "i-0bad0000000000001";
pub(crate) const DESCRIBE_DENIED: &str = "i-0bad0000000000002";
pub(crate) const NO_ADDRESS: &str = "i-0bad0000000000003";
pub(crate) const SAME_ADDRESS1: &str = "i-02220000000000001";
pub(crate) const SAME_ADDRESS2: &str = "i-02220000000000002";
pub(crate) const ODD_PORT: &str = "i-00dd0000000000001";
pub(crate) const PRIVATE_WITH_AGENT: &str = "i-05e55000000000001";
pub(crate) const ENDPOINT_ONLY: &str = "i-0e1ce000000000001";
pub(crate) const SSM_ONLY: &str = "i-0ce11000000000001";
pub(crate) const ENDPOINT_OR_SSM: &str = "i-0b0b0000000000001";
pub(crate) const REJECTS_DIRECT: &str = "i-00a70000000000001";
pub(crate) const UNREACHABLE: &str = "i-00ff0000000000001";
pub(crate) const BROKEN: &str = "i-0bad0000000000004";
pub(crate) const IN_EU_WEST_1: &str = "i-0e000000000000001";
pub(crate) const MULTI_HOMED: &str = "i-0adde000000000001";
pub(crate) const STOPPED_SAME_ADDRESSES: &str = "i-0dead000000000005";
/// Packets to it are dropped, wherever they come from.
pub(crate) const CLOSED: &str = "i-0c105ed0000000001";
pub(crate) const WINDOWS: &str = "i-0d0c0000000000001";
pub(crate) const METADATA_OFF: &str = "i-0d0c0000000000002";
pub(crate) const NO_PACKAGE: &str = "i-0d0c0000000000003";
pub(crate) const NO_SSHD: &str = "i-0d0c0000000000004";
pub(crate) const CONSOLE_ONLY: &str = "i-0c0de000000000001";

/// Two instances of the same name, and more of them: stopped, and in the other region.
pub(crate) const TWIN1: &str = "i-07a10000000000001";
pub(crate) const TWIN2: &str = "i-07a10000000000002";
pub(crate) const TWIN_STOPPED: &str = "i-07a10000000000003";
pub(crate) const TWIN_IN_EU_WEST_1: &str = "i-07a10000000000004";
/// Its name has all that EC2's filters, ssh and shells take for something else.
pub(crate) const ODD_NAME: &str = "i-0dd00000000000001";
pub(crate) const ODD: &str = "-Büro *1* \"x\" 'y' \\ $(z) [31m;";

/// The serial consoles of all regions share one sshd.
pub(crate) const CONSOLE: &str = "console";
pub(crate) const CONSOLE_ADDRESS: &str = "127.0.0.71";
pub(crate) const CONSOLE_NAMES: &[&str] = &[
    "serial-console.ec2-instance-connect.us-east-1.aws",
    "serial-console.ec2-instance-connect.eu-west-1.aws",
    "ec2-serial-console.mars-north-1.api.aws",
];

#[derive(Clone, Copy, Debug)]
pub(crate) struct Instance {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    /// What `examples/lab.rs` shows about it.
    pub(crate) about: &'static str,
    pub(crate) region: &'static str,
    pub(crate) zone: &'static str,
    pub(crate) vpc: &'static str,
    pub(crate) state: State,
    pub(crate) access: Access,
    pub(crate) public: Option<&'static str>,
    pub(crate) private: Option<&'static str>,
    pub(crate) ipv6: Option<&'static str>,
    pub(crate) secondary: &'static [SecondaryAddress],
    /// Whether this machine reaches its private address.
    pub(crate) firewall: Firewall,
    pub(crate) platform: Option<&'static str>,
    /// Whether its instance metadata service is on.
    pub(crate) metadata: bool,
    /// Whether its sshd learns of pushed keys.
    pub(crate) takes_keys: bool,
    /// Whether it has an sshd.
    pub(crate) listens: bool,
    /// The state of its SSM agent.
    pub(crate) agent: AgentStatus,
}

/// A secondary private address, and its Elastic IP.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SecondaryAddress {
    /// Whether it is on the second network interface.
    pub(crate) second: bool,
    pub(crate) address: &'static str,
    pub(crate) elastic: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Running,
    Stopping,
    Stopped,
    Terminated,
}

/// The firewall in front of a private address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Firewall {
    Open,
    /// Connections are refused. The sshd listens at this address instead, which stands for the view
    /// from within the VPC.
    Rejects(&'static str),
    /// The same, but packets are dropped.
    Drops(&'static str),
    /// Packets to all of its addresses are dropped.
    DropsAll,
}

/// The ping status of an SSM agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AgentStatus {
    Unregistered,
    ConnectionLost,
    Online,
}

/// What the caller's IAM policy allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Granted,
    PushDenied,
    DescribeDenied,
}

/// What most instances have in common.
const RUNNING: Instance = Instance {
    id: "",
    name: "",
    about: "",
    region: HOME_REGION,
    zone: "us-east-1a",
    vpc: "vpc-0face000000000001",
    state: State::Running,
    access: Access::Granted,
    public: None,
    private: None,
    ipv6: None,
    secondary: &[],
    firewall: Firewall::Open,
    platform: None,
    metadata: true,
    takes_keys: true,
    listens: true,
    agent: AgentStatus::Unregistered,
};

#[rustfmt::skip]
pub(crate) const INSTANCES: &[Instance] = &[
    Instance { id: WEB1, name: "web1",
        about: "running, public address",
        public: Some("127.0.0.11"), private: Some("127.0.1.11"), agent: AgentStatus::Online,
        ..RUNNING },
    Instance { id: WEB2, name: "web2", about: "running, public address, another zone",
        zone: "us-east-1b", public: Some("127.0.0.12"), private: Some("127.0.1.12"), ..RUNNING },
    Instance { id: SHORT_ID, name: "short-id", about: "running, an ID of the short old form",
        public: Some("127.0.0.13"), private: Some("127.0.1.13"), ..RUNNING },
    Instance { id: PRIVATE, name: "private", about: "running, private address only",
        private: Some("127.0.1.21"), ..RUNNING },
    Instance { id: IPV6_ONLY, name: "ipv6-only", about: "running, IPv6 only",
        ipv6: Some("::1"), ..RUNNING },
    Instance { id: STOPPED, name: "stopped", about: "stopped",
        state: State::Stopped, private: Some("127.0.1.91"), ..RUNNING },
    Instance { id: TERMINATED, name: "terminated", about: "terminated",
        state: State::Terminated, ..RUNNING },
    Instance { id: PENDING, name: "pending", about: "pending",
        state: State::Pending, public: Some("127.0.0.93"), private: Some("127.0.1.93"),
        ..RUNNING },
    Instance { id: STOPPING, name: "stopping", about: "stopping",
        state: State::Stopping, public: Some("127.0.0.94"), private: Some("127.0.1.94"),
        ..RUNNING },
    Instance { id: PUSH_DENIED, name: "push-denied", about: "running, SendSSHPublicKey is denied",
        access: Access::PushDenied, public: Some("127.0.0.31"), private: Some("127.0.1.31"),
        ..RUNNING },
    Instance { id: DESCRIBE_DENIED, name: "describe-denied",
        about: "running, DescribeInstances is denied",
        access: Access::DescribeDenied, public: Some("127.0.0.32"), private: Some("127.0.1.32"),
        ..RUNNING },
    Instance { id: NO_ADDRESS, name: "no-address", about: "running, no address at all", ..RUNNING },
    Instance { id: SAME_ADDRESS1, name: "same-address1",
        about: "running, shares its private address with same-address2",
        vpc: "vpc-02220000000000001", private: Some("127.0.1.41"), ..RUNNING },
    Instance { id: SAME_ADDRESS2, name: "same-address2",
        about: "running, shares its private address with same-address1",
        vpc: "vpc-02220000000000002", private: Some("127.0.1.41"), ..RUNNING },
    Instance { id: ODD_PORT, name: "odd-port", about: "running, sshd on a port of its own",
        public: Some("127.0.0.51"), private: Some("127.0.1.51"), ..RUNNING },
    Instance { id: PRIVATE_WITH_AGENT, name: "private-with-agent",
        about: "running, private, Session Manager reaches it",
        private: Some("127.0.1.71"), agent: AgentStatus::Online, ..RUNNING },
    Instance { id: ENDPOINT_ONLY, name: "endpoint-only",
        about: "running, private, only an endpoint leads there",
        private: Some("127.0.1.81"), firewall: Firewall::Drops("127.0.2.81"), ..RUNNING },
    Instance { id: SSM_ONLY, name: "ssm-only",
        about: "running, private, only Session Manager gets there",
        vpc: "vpc-0ce11000000000001", private: Some("127.0.1.82"), firewall:
        Firewall::Drops("127.0.2.82"), agent: AgentStatus::Online, ..RUNNING },
    Instance { id: ENDPOINT_OR_SSM, name: "endpoint-or-ssm",
        about: "running, private, by endpoint or Session Manager",
        private: Some("127.0.1.83"), firewall: Firewall::Drops("127.0.2.83"), agent:
        AgentStatus::Online, ..RUNNING },
    Instance { id: REJECTS_DIRECT, name: "rejects-direct",
        about: "the same, and its private address refuses",
        private: Some("127.0.1.84"), firewall: Firewall::Rejects("127.0.2.84"), agent:
        AgentStatus::Online, ..RUNNING },
    Instance { id: UNREACHABLE, name: "unreachable", about: "running, private, nothing leads there",
        vpc: "vpc-0ce11000000000001", private: Some("127.0.1.85"),
        firewall: Firewall::Drops("127.0.2.85"), ..RUNNING },
    Instance { id: BROKEN, name: "broken", about: "running, private, endpoint and agent are broken",
        vpc: "vpc-0bad0000000000004", private: Some("127.0.1.86"),
        firewall: Firewall::Rejects("127.0.2.86"), agent: AgentStatus::ConnectionLost, ..RUNNING },
    Instance { id: IN_EU_WEST_1, name: "in-eu-west-1", about: "running, in eu-west-1",
        region: OTHER_REGION, zone: "eu-west-1a", vpc: "vpc-0e000000000000001",
        public: Some("127.0.0.61"), private: Some("127.0.1.61"), ..RUNNING },
    Instance { id: MULTI_HOMED, name: "multi-homed",
        about: "running, two interfaces, six addresses",
        public: Some("127.0.0.16"), private: Some("127.0.1.16"), secondary: &[
            SecondaryAddress { second: false, address: "127.0.1.17", elastic: Some("127.0.0.17") },
            SecondaryAddress { second: true, address: "127.0.1.18", elastic: Some("127.0.0.18") },
            SecondaryAddress { second: true, address: "127.0.1.19", elastic: None },
            SecondaryAddress { second: true, address: "2001:db8::18", elastic: None },
        ], ..RUNNING },
    Instance { id: STOPPED_SAME_ADDRESSES, name: "stopped-same-addresses",
        about: "stopped, has private addresses of multi-homed",
        state: State::Stopped, vpc: "vpc-0dead000000000005", private: Some("127.0.1.16"),
        secondary: &[
            SecondaryAddress { second: false, address: "127.0.1.18", elastic: None },
        ], ..RUNNING },
    Instance { id: CLOSED, name: "closed", about: "running, public address, packets are dropped",
        public: Some("127.0.0.96"), private: Some("127.0.1.96"), firewall: Firewall::DropsAll,
        ..RUNNING },
    Instance { id: WINDOWS, name: "windows", about: "running, Windows", platform: Some("windows"),
        public: Some("127.0.0.101"), private: Some("127.0.1.101"), listens: false, ..RUNNING },
    Instance { id: METADATA_OFF, name: "metadata-off",
        about: "running, its metadata service is switched off",
        public: Some("127.0.0.102"), private: Some("127.0.1.102"), metadata: false,
        takes_keys: false, ..RUNNING },
    Instance { id: NO_PACKAGE, name: "no-package",
        about: "running, without EC2 Instance Connect",
        public: Some("127.0.0.103"), private: Some("127.0.1.103"), takes_keys: false, ..RUNNING },
    Instance { id: NO_SSHD, name: "no-sshd", about: "running, without an sshd",
        public: Some("127.0.0.104"), private: Some("127.0.1.104"), listens: false, ..RUNNING },
    Instance { id: CONSOLE_ONLY, name: "console-only",
        about: "running, in mars-north-1, serial console only",
        region: NEW_REGION, zone: "mars-north-1a", vpc: "vpc-0c0de000000000001", ..RUNNING },
    Instance { id: TWIN1, name: "twin", about: "running, launched before its twin",
        public: Some("127.0.0.111"), private: Some("127.0.1.111"), ..RUNNING },
    Instance { id: TWIN2, name: "twin", about: "running, launched after its twin",
        public: Some("127.0.0.112"), private: Some("127.0.1.112"), ..RUNNING },
    Instance { id: TWIN_STOPPED, name: "twin", about: "stopped, the third of the twins",
        state: State::Stopped, private: Some("127.0.1.113"), ..RUNNING },
    Instance { id: TWIN_IN_EU_WEST_1, name: "twin", about: "running, in eu-west-1, the same name",
        region: OTHER_REGION, zone: "eu-west-1a", vpc: "vpc-0e000000000000001",
        public: Some("127.0.0.114"), private: Some("127.0.1.114"), ..RUNNING },
    Instance { id: ODD_NAME, name: ODD, about: "running, with an odd name",
        public: Some("127.0.0.115"), private: Some("127.0.1.115"), ..RUNNING },
];

/// Finds an instance in any region.
pub(crate) fn find(id: &str) -> Option<&'static Instance> {
    INSTANCES.iter().find(|instance| instance.id == id)
}
