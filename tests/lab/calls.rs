//! The recorded calls of each access key, and the faults injected into them.

use std::time::{Duration, Instant};

use super::clock::Clock;
use super::console_output::ConsoleOutput;
use super::eice::{TunnelFault, TunnelRequest};
use super::fault::{Fault, Trouble};
use super::fleet::Fleet;
use super::http::Request;
use super::images::Software;
use super::keys;
use super::network::Network;
use super::power::Power;
use super::request::{Operation, Signer};
use super::ssm::SessionBehavior;

/// One request, and how it was answered.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    /// `DescribeInstances`, `SendSSHPublicKey`, …
    pub(crate) action: String,
    pub(crate) region: String,
    pub(crate) access_key: String,
    pub(crate) user_agent: String,
    /// The instance IDs in the request.
    pub(crate) instance_ids: Vec<String>,
    pub(crate) filters: Vec<(String, Vec<String>)>,
    pub(crate) next_token: Option<String>,
    pub(crate) user: Option<String>,
    /// The availability zone of a push, if it names one.
    pub(crate) zone: Option<String>,
    pub(crate) public_key: Option<String>,
    /// All parameters of the request: names and values.
    pub(crate) parameters: Vec<(String, String)>,
    /// `None` until it is answered.
    pub(crate) status: Option<u16>,
    /// The AWS error code of the answer.
    pub(crate) error: Option<String>,
}

impl Call {
    pub(crate) fn read(request: &Request, operation: &Operation, signer: &Signer) -> Self {
        let text = |name| operation.get(name).map(str::to_owned);
        let mut instance_ids = operation.list("InstanceId");
        instance_ids.extend(text("InstanceId"));
        Self {
            at: Instant::now(),
            action: operation.action.clone(),
            region: signer.region.clone(),
            access_key: signer.access_key.clone(),
            user_agent: request.header("user-agent").to_owned(),
            instance_ids,
            filters: operation.filters(),
            next_token: text("NextToken"),
            user: text("InstanceOSUser"),
            zone: text("AvailabilityZone"),
            public_key: text("SSHPublicKey"),
            parameters: operation.parameters.clone(),
            status: None,
            error: None,
        }
    }

    /// The value of a parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// Whether the lab does not know the action: a mistake of the program, or a gap in the lab.
    pub(crate) fn is_unknown(&self) -> bool {
        let unknown = ["InvalidAction", "UnknownOperationException"];
        self.error
            .as_deref()
            .is_some_and(|it| unknown.contains(&it))
    }
}

/// Everything about one access key.
pub(crate) struct CallerState {
    pub(crate) calls: Vec<Call>,
    pub(crate) faults: Vec<Fault>,
    pub(crate) tunnels: Vec<TunnelRequest>,
    pub(crate) tunnel_fault: Option<TunnelFault>,
    /// How long pushed keys are valid.
    pub(crate) lifetime: Duration,
    pub(crate) behavior: SessionBehavior,
    /// The network that EC2 describes.
    pub(crate) network: Network,
    pub(crate) console: ConsoleOutput,
    pub(crate) software: Software,
    pub(crate) power: Power,
    /// Instances instead of the lab's, in calls without IDs.
    pub(crate) fleet: Fleet,
    /// Whether instances have ordinary names (see [`super::everyday`]).
    pub(crate) everyday: bool,
    /// AWS's clock, as this caller sees it.
    pub(crate) clock: Clock,
}

impl Default for CallerState {
    fn default() -> Self {
        Self {
            calls: Vec::new(),
            faults: Vec::new(),
            tunnels: Vec::new(),
            tunnel_fault: None,
            lifetime: keys::LIFETIME,
            behavior: SessionBehavior::default(),
            network: Network::default(),
            console: ConsoleOutput::default(),
            software: Software::default(),
            power: Power::default(),
            fleet: Fleet::default(),
            everyday: false,
            clock: Clock::default(),
        }
    }
}

impl CallerState {
    /// The faults of a request for `action`: all latencies, and the first of any other trouble.
    pub(crate) fn apply_faults(&mut self, action: &str) -> (Duration, Option<Trouble>) {
        let mut delay = Duration::ZERO;
        for fault in &mut self.faults {
            match fault.apply(action) {
                Some(Trouble::Latency(latency)) => delay += latency,
                Some(trouble) => return (delay, Some(trouble)),
                None => {}
            }
        }
        (delay, None)
    }
}

/// The access key whose state a call belongs to. The session of a role has the key of the caller
/// that assumed it, and a caller may append to its key to get more keys.
pub(crate) fn caller_key(access_key: &str) -> String {
    let key = access_key.replacen("ASIA", "AKIA", 1);
    key.get(..20).map_or(key.clone(), str::to_owned)
}
