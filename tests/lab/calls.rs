//! Who has called what, and what is to befall them: one book for each access key.

use std::time::{Duration, Instant};

use super::clock::Clock;
use super::eice::{TunnelFault, TunnelRequest};
use super::fault::{Fault, Trouble};
use super::http::Request;
use super::keys;
use super::request::{Operation, Signer};
use super::ssm::SessionBehavior;

/// One request, as it came and as it was answered.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    /// `DescribeInstances`, `SendSSHPublicKey`, …
    pub(crate) action: String,
    pub(crate) region: String,
    pub(crate) access_key: String,
    pub(crate) user_agent: String,
    /// The instances asked for by ID.
    pub(crate) instance_ids: Vec<String>,
    /// The filters asked with: names, each with its values.
    pub(crate) filters: Vec<(String, Vec<String>)>,
    pub(crate) next_token: Option<String>,
    /// The OS user of a push.
    pub(crate) user: Option<String>,
    /// The availability zone of a push, where the caller gave one.
    pub(crate) zone: Option<String>,
    pub(crate) public_key: Option<String>,
    /// All that was said, by its names.
    pub(crate) parameters: Vec<(String, String)>,
    /// `None` while it is unanswered, and for good if it never was.
    pub(crate) status: Option<u16>,
    /// The error code it was answered with.
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

    /// Something that was said, by its name.
    pub(crate) fn said(&self, name: &str) -> Option<&str> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(known, _)| known == name)?;
        Some(value)
    }

    /// Whether it was for something no service here has: a mistake of the caller or a gap here.
    pub(crate) fn is_unknown(&self) -> bool {
        let unknown = ["InvalidAction", "UnknownOperationException"];
        self.error
            .as_deref()
            .is_some_and(|it| unknown.contains(&it))
    }
}

/// All about one access key.
pub(crate) struct CallerState {
    pub(crate) calls: Vec<Call>,
    pub(crate) faults: Vec<Fault>,
    /// The tunnels asked for.
    pub(crate) tunnels: Vec<TunnelRequest>,
    /// What is wrong with tunnels.
    pub(crate) tunnel_fault: Option<TunnelFault>,
    /// How long the keys pushed with it are good for.
    pub(crate) lifetime: Duration,
    /// What befalls the sessions started with it.
    pub(crate) behavior: SessionBehavior,
    /// What AWS's clock says to it.
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
            clock: Clock::default(),
        }
    }
}

impl CallerState {
    /// What strikes a request for `action`: all the latencies, and the first of other trouble.
    pub(crate) fn strike(&mut self, action: &str) -> (Duration, Option<Trouble>) {
        let mut delay = Duration::ZERO;
        for fault in &mut self.faults {
            match fault.strike(action) {
                Some(Trouble::Latency(latency)) => delay += latency,
                Some(trouble) => return (delay, Some(trouble)),
                None => {}
            }
        }
        (delay, None)
    }
}

/// The key in whose book a call goes: of a role's session, that of who has assumed the role. What
/// is appended to a caller's key makes it another key of the same caller's.
pub(crate) fn caller_key(access_key: &str) -> String {
    let key = access_key.replacen("ASIA", "AKIA", 1);
    key.get(..20).map_or(key.clone(), str::to_owned)
}
