//! Session Manager: the service, the gateway, and the agent of each instance.
//!
//! It follows the sources of the agent and checks everything it receives
//! ([`SessionRecord::complaints`]). A caller's [`SessionBehavior`] injects faults.

mod agent;
mod behavior;
mod document;
mod frame;
mod gateway;
mod hostile;
mod link;
mod session;
mod signature;

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle};

use super::aws_error::AwsError;
use super::calls::caller_key;
use super::instances::{self, ACCOUNT, AgentStatus, Instance, State};
use super::request::{Operation, Signer};
pub(crate) use agent::PROMPT;
pub(crate) use behavior::{Break, PAUSE, Pause, Release, START, SessionBehavior};
pub(crate) use document::{DATABASE, Document};
pub(crate) use hostile::Hostile;
use session::Session;
pub(crate) use session::{Ended, SessionRecord};

/// The ID of a hybrid-activated machine. Its agent is the one of [`instances::WEB1`].
pub(crate) const MANAGED_NODE: &str = "mi-0face000000000001";

/// Runs until the process ends.
pub(crate) struct SessionManager {
    runtime: Handle,
    gateway: SocketAddr,
    sessions: Sessions,
}

/// All sessions, past and present.
pub(crate) type Sessions = Arc<Mutex<HashMap<String, Arc<Session>>>>;

impl SessionManager {
    pub(crate) fn open() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let sessions = Sessions::default();
        let this = Self {
            runtime: runtime.handle().clone(),
            gateway: listener.local_addr()?,
            sessions: Arc::clone(&sessions),
        };
        thread::Builder::new()
            .name("lab sessions".to_owned())
            .spawn(move || runtime.block_on(gateway::listen(listener, sessions)))?;
        Ok(this)
    }

    /// The sessions of a caller, oldest first.
    pub(crate) fn records(&self, access_key: &str) -> Vec<SessionRecord> {
        let sessions = self.sessions.lock().expect("the sessions");
        let mut records: Vec<SessionRecord> = sessions
            .values()
            .map(|session| session.record().clone())
            .filter(|record| caller_key(&record.access_key) == access_key)
            .collect();
        records.sort_by_key(|record| record.started);
        records
    }

    pub(crate) fn perform(
        &self,
        operation: &Operation,
        signer: &Signer,
        behavior: &SessionBehavior,
    ) -> Result<Value, AwsError> {
        match operation.action.as_str() {
            "StartSession" => self.start(operation, signer, behavior),
            "ResumeSession" => {
                let session = self.find(operation)?;
                let mut record = session.record();
                if record.ended.is_some() {
                    // So the API answers for a session that cannot be resumed.
                    return Ok(json!({ "SessionId": record.id }));
                }
                record.resumes += 1;
                record.access_key.clone_from(&signer.access_key);
                record.renew();
                Ok(self.answer(&record, behavior))
            }
            "TerminateSession" => {
                let session = self.find(operation)?;
                session.terminate();
                Ok(json!({ "SessionId": session.record().id }))
            }
            "DescribeInstanceInformation" => Ok(describe(operation)),
            action => Err(AwsError::new(400, "UnknownOperationException", action)),
        }
    }

    fn start(
        &self,
        operation: &Operation,
        signer: &Signer,
        behavior: &SessionBehavior,
    ) -> Result<Value, AwsError> {
        let target = operation.get("Target").unwrap_or_default();
        let Some(instance) = connected(target) else {
            let message = format!("{target} is not connected.");
            return Err(AwsError::new(400, "TargetNotConnected", message));
        };
        let document = Document::of(operation, signer, behavior)?;
        let session = Session::start(&self.runtime, signer, instance, document, behavior.clone());
        let answer = self.answer(&session.record(), behavior);
        let id = session.record().id.clone();
        self.sessions
            .lock()
            .expect("the sessions")
            .insert(id, session);
        Ok(answer)
    }

    fn find(&self, operation: &Operation) -> Result<Arc<Session>, AwsError> {
        let id = operation.get("SessionId").unwrap_or_default();
        let sessions = self.sessions.lock().expect("the sessions");
        sessions.get(id).cloned().ok_or_else(|| {
            let message = format!("The session {id} does not exist.");
            AwsError::new(400, "DoesNotExistException", message)
        })
    }

    fn answer(&self, record: &SessionRecord, behavior: &SessionBehavior) -> Value {
        let (id, cell) = (&record.id, &record.cell);
        let gateway = format!("ws://{}", self.gateway);
        let base = behavior.stream.unwrap_or(&gateway);
        let path = format!("v1/data-channel/{id}?role=publish_subscribe&cell-number={cell}");
        json!({
            "SessionId": id,
            "TokenValue": record.token,
            "StreamUrl": format!("{base}/{path}"),
        })
    }
}

/// The instance of `target`, if its agent is connected.
fn connected(target: &str) -> Option<&'static Instance> {
    let id = if target == MANAGED_NODE {
        instances::WEB1
    } else {
        target
    };
    instances::find(id).filter(|it| it.agent == AgentStatus::Online && it.state == State::Running)
}

/// Answers `DescribeInstanceInformation`.
fn describe(operation: &Operation) -> Value {
    let asked = operation.json["Filters"][0]["Values"].as_array();
    let asked = asked.into_iter().flatten().filter_map(Value::as_str);
    let known: Vec<Value> = asked
        .filter_map(|id| {
            let status = match instances::find(id)?.agent {
                AgentStatus::Unregistered => return None,
                AgentStatus::ConnectionLost => "ConnectionLost",
                AgentStatus::Online => "Online",
            };
            Some(json!({ "InstanceId": id, "PingStatus": status, "AgentVersion": "3.3.987.0" }))
        })
        .collect();
    json!({ "InstanceInformationList": known })
}

/// The ARN of a target.
pub(crate) fn arn(target: &str, region: &str) -> String {
    if target.starts_with("mi-") {
        format!("arn:aws:ssm:{region}:{ACCOUNT}:managed-instance/{target}")
    } else {
        super::fault::arn(target, region)
    }
}
