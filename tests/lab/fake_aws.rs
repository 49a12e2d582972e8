//! The fake AWS: how it answers a request. `server` does the HTTP.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, SystemTime};

use super::aws_error::{AwsError, Protocol};
use super::broken;
use super::calls::{Call, CallerState, caller_key};
use super::console_output::GET_CONSOLE_OUTPUT;
use super::describe;
use super::eice;
use super::everyday;
use super::fault::Trouble;
use super::http::{Request, Response};
use super::inspect;
use super::keys::KeyStore;
use super::network;
use super::push;
use super::request::{Operation, Signer};
use super::ssm::SessionManager;
use super::sts;
use super::token_services;

/// All regions at once: the signature of a request tells which one it is for.
pub(crate) struct FakeAws {
    states: Mutex<HashMap<String, CallerState>>,
    keys: KeyStore,
    sessions: SessionManager,
}

/// What happens on the connection.
pub(crate) enum Reaction {
    Send(Response),
    SendSlowly(Response, Duration),
    Close,
    Hang,
    /// Half of it, then the end of the connection.
    SendHalf(Response),
    /// An answer to this, without an end.
    Endless(Protocol),
    EndlessHead,
}

impl FakeAws {
    pub(crate) fn new(keys: KeyStore) -> io::Result<Self> {
        Ok(Self {
            states: Mutex::default(),
            keys,
            sessions: SessionManager::open()?,
        })
    }

    pub(crate) fn sessions(&self) -> &SessionManager {
        &self.sessions
    }

    /// Locks the state of all callers, and reads or changes that of `access_key`.
    pub(crate) fn with_state<T>(
        &self,
        access_key: &str,
        read: impl FnOnce(&mut CallerState) -> T,
    ) -> T {
        read(self.states().entry(caller_key(access_key)).or_default())
    }

    fn states(&self) -> MutexGuard<'_, HashMap<String, CallerState>> {
        self.states.lock().expect("the callers' states")
    }

    pub(crate) fn react(&self, request: &Request) -> Reaction {
        everyday::react(self, request).unwrap_or_else(|| self.answer_or_fail(request))
    }

    /// Records a request and answers it, or does what the caller's faults say.
    pub(super) fn answer_or_fail(&self, request: &Request) -> Reaction {
        if let Some(answer) = network::checkip(self, request) {
            return answer;
        }
        let operation = Operation::read(request);
        let signer = Signer::read(request).or_else(|| token_services::bearer(request, &operation));
        let signer = signer.unwrap_or_default();
        let call = Call::read(request, &operation, &signer);
        let (number, delay, trouble, clock) = self.with_state(&signer.access_key, |state| {
            state.calls.push(call);
            let (delay, trouble) = state.apply_faults(&operation.action);
            (state.calls.len() - 1, delay, trouble, state.clock)
        });
        thread::sleep(delay);
        let (mut answer, error) = match trouble {
            Some(Trouble::Reset) => return Reaction::Close,
            Some(Trouble::Hang) => return Reaction::Hang,
            Some(Trouble::Endless) => return Reaction::Endless(operation.protocol),
            Some(Trouble::EndlessHead) => return Reaction::EndlessHead,
            Some(Trouble::EndlessPages) => (broken::empty_page(request_id()), None),
            Some(Trouble::Malformed) => {
                let body = broken::nonsense(operation.protocol, request_id());
                (body, None)
            }
            Some(Trouble::Page(status)) => (broken::page(status, request_id()), None),
            _ => match trouble.and_then(|it| it.refusal(&operation, &signer)) {
                Some(error) => error_answer(&operation, &error),
                None => match clock.check(operation.protocol, request) {
                    Ok(()) => self.answer(request, &operation, &signer),
                    Err(error) => error_answer(&operation, &error),
                },
            },
        };
        answer.date = clock.now();
        self.with_state(&signer.access_key, |state| {
            let call = &mut state.calls[number];
            (call.status, call.error) = (Some(answer.status), error);
        });
        match trouble {
            Some(Trouble::SlowAnswer(time)) => Reaction::SendSlowly(answer, time),
            Some(Trouble::Truncated) => Reaction::SendHalf(answer),
            Some(trouble) => Reaction::Send(broken::spoiled(answer, trouble)),
            None => Reaction::Send(answer),
        }
    }

    fn answer(
        &self,
        request: &Request,
        operation: &Operation,
        signer: &Signer,
    ) -> (Response, Option<String>) {
        let request_id = request_id();
        let checked = signer.check(operation.protocol, request);
        match checked.and_then(|()| self.perform(operation, signer, &request_id)) {
            Err(error) => error_answer(operation, &error),
            Ok(body) => {
                let answer = Response {
                    status: 200,
                    content_type: operation.protocol.content_type(),
                    request_id,
                    date: SystemTime::now(),
                    body: body.into_bytes(),
                };
                (answer, None)
            }
        }
    }

    /// The services. An unknown action is an error, and recorded as one.
    fn perform(
        &self,
        operation: &Operation,
        signer: &Signer,
        request_id: &str,
    ) -> Result<String, AwsError> {
        match (operation.protocol, operation.action.as_str()) {
            (Protocol::Ec2, "DescribeInstances") => {
                let fleet = self.with_state(&signer.access_key, |state| state.fleet.clone());
                if fleet.knows(&operation.list("InstanceId")) {
                    return fleet.answer(operation, &signer.region, request_id);
                }
                let software = self.with_state(&signer.access_key, |state| state.software);
                let answer = describe::instances(operation, &signer.region, request_id)?;
                let power = self.with_state(&signer.access_key, |state| state.power.clone());
                Ok(power.in_instances(software.in_instances(&answer)))
            }
            (Protocol::Ec2, "StartInstances") => self.with_state(&signer.access_key, |state| {
                state.power.start(operation, request_id)
            }),
            (Protocol::Ec2, "DescribeImages") => {
                let software = self.with_state(&signer.access_key, |state| state.software);
                Ok(software.images(request_id))
            }
            (Protocol::Ec2, "DescribeInstanceStatus") => {
                inspect::status(operation, &signer.region, request_id)
            }
            (Protocol::Ec2, "DescribeRegions") => Ok(inspect::regions(request_id)),
            (Protocol::Ec2, "DescribeInstanceConnectEndpoints") => {
                eice::describe(operation, &signer.region, request_id)
            }
            (Protocol::Ec2, GET_CONSOLE_OUTPUT) => {
                let console = self.with_state(&signer.access_key, |state| state.console.clone());
                console.answer(operation, &signer.region, request_id)
            }
            (Protocol::Json, "SendSSHPublicKey") => {
                let power = self.with_state(&signer.access_key, |state| state.power.clone());
                let id = operation.get("InstanceId").unwrap_or_default();
                if power.state(id).is_some() {
                    return Err(push::invalid_state());
                }
                let fleet = self.with_state(&signer.access_key, |state| state.fleet.clone());
                let key = push::check(operation, &signer.region, &fleet)?;
                let lifetime = self.with_state(&signer.access_key, |state| state.lifetime);
                push::answer(&key, &self.keys, lifetime, request_id)
            }
            (Protocol::Json, "SendSerialConsoleSSHPublicKey") => {
                let key = push::check_console(operation, &signer.region)?;
                let lifetime = self.with_state(&signer.access_key, |state| state.lifetime);
                push::answer(&key, &self.keys, lifetime, request_id)
            }
            (Protocol::Ssm, _) => {
                let behavior = self.with_state(&signer.access_key, |state| state.behavior.clone());
                let software = self.with_state(&signer.access_key, |state| state.software);
                let power = self.with_state(&signer.access_key, |state| state.power.clone());
                let asked = operation.json["Filters"][0]["Values"][0].as_str();
                let target = operation.get("Target").or(asked).unwrap_or_default();
                let answer = self.sessions.perform(operation, signer, &behavior)?;
                let answer = software.in_information(answer).to_string();
                Ok(if power.has_agent(target) {
                    answer
                } else {
                    answer.replace("Online", "ConnectionLost")
                })
            }
            (Protocol::Sts, "GetCallerIdentity") => Ok(sts::caller_identity(signer, request_id)),
            (Protocol::Sts, "AssumeRole") => sts::assume_role(operation, signer, request_id),
            (Protocol::Sts, sts::WEB_IDENTITY) => sts::web_identity(operation, signer, request_id),
            (Protocol::Rest, _) => token_services::perform(operation, signer),
            (Protocol::Ec2, action) => {
                let network = self.with_state(&signer.access_key, |state| state.network.clone());
                let answer = network::perform(operation, &network, request_id);
                answer.unwrap_or_else(|| Err(AwsError::unknown_action(Protocol::Ec2, action)))
            }
            (protocol, action) => Err(AwsError::unknown_action(protocol, action)),
        }
    }
}

fn error_answer(operation: &Operation, error: &AwsError) -> (Response, Option<String>) {
    let request_id = request_id();
    let answer = Response {
        status: error.status,
        content_type: operation.protocol.content_type(),
        body: error.body(operation.protocol, &request_id).into_bytes(),
        request_id,
        date: SystemTime::now(),
    };
    (answer, Some(error.code.clone()))
}

fn request_id() -> String {
    let (high, low) = (fastrand::u64(..), fastrand::u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        high >> 16 & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
