//! An instance that one caller finds stopped, and may start. Its sshd and agent run all the time; the
//! agent's status, and what an endpoint reaches, may be late.

use std::time::{Duration, Instant};

use super::aws_error::{AwsError, Protocol};
use super::instances::{self, State, WEB1};
use super::request::Operation;

/// The public address of [`WEB1`], and another one before it is started.
const ADDRESSES: (&str, &str) = ("127.0.0.11", "192.0.2.11");

/// Whether an instance runs. By default all do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Power {
    id: Option<&'static str>,
    /// Until when it is stopping.
    stops: Option<Instant>,
    boots: Duration,
    /// How long its agent needs after that.
    agent: Duration,
    /// How long endpoints cannot connect to it after that.
    sshd: Duration,
    started: Option<Instant>,
}

impl Power {
    /// It is stopped, and takes this long to run.
    pub(crate) fn stopped(id: &'static str, boots: Duration) -> Self {
        Self {
            id: Some(id),
            boots,
            ..Self::default()
        }
    }

    /// It is stopping for so long first.
    pub(crate) fn after(mut self, stops: Duration) -> Self {
        self.stops = Some(Instant::now() + stops);
        self
    }

    /// Its agent is online so long after it runs.
    pub(crate) fn with_agent_after(mut self, agent: Duration) -> Self {
        self.agent = agent;
        self
    }

    /// Endpoints can connect to its sshd so long after it runs.
    pub(crate) fn with_sshd_after(mut self, sshd: Duration) -> Self {
        self.sshd = sshd;
        self
    }

    /// Its state, if it does not run.
    pub(crate) fn state(&self, id: &str) -> Option<State> {
        self.id.filter(|it| *it == id)?;
        match self.started {
            None if self.stops.is_some_and(|until| Instant::now() < until) => Some(State::Stopping),
            None => Some(State::Stopped),
            Some(at) => (at.elapsed() < self.boots).then_some(State::Pending),
        }
    }

    /// Whether its agent is online.
    pub(crate) fn has_agent(&self, id: &str) -> bool {
        let boots = self.boots + self.agent;
        self.id != Some(id) || self.started.is_some_and(|at| at.elapsed() >= boots)
    }

    /// Whether endpoints can connect to this private address.
    pub(crate) fn has_sshd(&self, address: &str) -> bool {
        let boots = self.boots + self.sshd;
        let instance = self.id.and_then(instances::find);
        instance.is_none_or(|it| it.private != Some(address))
            || self.started.is_some_and(|at| at.elapsed() >= boots)
    }

    /// Answers `StartInstances`.
    pub(crate) fn start(
        &mut self,
        operation: &Operation,
        request_id: &str,
    ) -> Result<String, AwsError> {
        let ids = operation.list("InstanceId");
        let id = ids.first().map(String::as_str).unwrap_or_default();
        match self.state(id) {
            Some(State::Stopped) => self.started = Some(Instant::now()),
            Some(State::Stopping) => {
                let message =
                    format!("The instance '{id}' is not in a state from which it can be started.");
                return Err(AwsError::new(400, "IncorrectInstanceState", message));
            }
            _ => return Err(AwsError::unknown_action(Protocol::Ec2, "StartInstances")),
        }
        Ok(format!(
            "<StartInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\
             <requestId>{request_id}</requestId><instancesSet><item><instanceId>{id}</instanceId>\
             <currentState><code>0</code><name>pending</name></currentState>\
             <previousState><code>80</code><name>stopped</name></previousState></item>\
             </instancesSet></StartInstancesResponse>"
        ))
    }

    /// Puts its state into an answer of `DescribeInstances`.
    pub(crate) fn in_instances(&self, answer: String) -> String {
        let Some((id, state)) = self.id.and_then(|id| Some((id, self.state(id)?))) else {
            return answer;
        };
        let item = answer.find(&format!("<instanceId>{id}</instanceId>"));
        let Some(at) = item else { return answer };
        let (code, name) = state.code_and_name();
        let running = "<code>16</code><name>running</name>";
        let state = format!("<code>{code}</code><name>{name}</name>");
        let rest = answer[at..].replacen(running, &state, 1);
        let answer = format!("{}{rest}", &answer[..at]);
        match id {
            WEB1 => answer.replace(ADDRESSES.0, ADDRESSES.1),
            _ => answer,
        }
    }
}
