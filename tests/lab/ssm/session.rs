//! A session: its record, and the channels to its agent.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use super::agent::{Agent, Command};
use super::behavior::SessionBehavior;
use super::document::Document;
use crate::lab::instances::Instance;
use crate::lab::request::Signer;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The destination closed the connection.
    Closed,
    /// The agent failed.
    Failed,
    /// By a flag of the client in the stream.
    Flag,
    /// By `TerminateSession`.
    Api,
}

#[derive(Clone, Debug)]
pub(crate) struct SessionRecord {
    pub(crate) id: String,
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) target: &'static str,
    pub(crate) document: Document,
    pub(crate) started: Instant,
    pub(crate) token: String,
    /// The part of the URL that changes with every resume: base64, not percent-encoded.
    pub(crate) cell: String,
    pub(crate) resumes: u32,
    pub(crate) websockets: u32,
    pub(crate) refused_upgrades: u32,
    pub(crate) breaks: u32,
    /// The client ID, which must not change during a session.
    pub(crate) client: Option<String>,
    pub(crate) ended: Option<Ended>,
    /// The reason in `channel_closed`.
    pub(crate) reason: String,
    /// How many messages came twice, and how many before the port was open.
    pub(crate) repeated: u32,
    pub(crate) early_birds: u32,
    /// One more than the highest sequence number of the client.
    pub(crate) after: i64,
    /// What the client did wrong.
    pub(crate) complaints: Vec<String>,
    pub(crate) sizes: Vec<String>,
}

pub(crate) struct Session {
    record: Mutex<SessionRecord>,
    pub(super) behavior: SessionBehavior,
    pub(super) up: mpsc::UnboundedSender<Vec<u8>>,
    /// The current websocket holds the lock.
    pub(super) down: tokio::sync::Mutex<mpsc::Receiver<Vec<u8>>>,
    commands: mpsc::UnboundedSender<Command>,
    /// The number of the current websocket: a new one replaces the old.
    pub(super) current: watch::Sender<u32>,
}

impl Session {
    pub(super) fn start(
        runtime: &Handle,
        signer: &Signer,
        instance: &'static Instance,
        document: Document,
        behavior: SessionBehavior,
    ) -> Arc<Self> {
        let (up, from_client) = mpsc::unbounded_channel();
        let (to_client, down) = mpsc::channel(64);
        let (commands, receiver) = mpsc::unbounded_channel();
        let mut record = SessionRecord {
            id: format!("lab-{:016x}", fastrand::u64(..)),
            access_key: signer.access_key.clone(),
            region: signer.region.clone(),
            target: instance.id,
            document: document.clone(),
            started: Instant::now(),
            token: String::new(),
            cell: String::new(),
            resumes: 0,
            websockets: 0,
            refused_upgrades: 0,
            breaks: 0,
            client: None,
            ended: None,
            reason: String::new(),
            repeated: 0,
            early_birds: 0,
            after: 0,
            complaints: Vec::new(),
            sizes: Vec::new(),
        };
        record.renew();
        let session = Arc::new(Self {
            record: Mutex::new(record),
            behavior,
            up,
            down: tokio::sync::Mutex::new(down),
            commands,
            current: watch::Sender::new(0),
        });
        let agent = Agent::new(Arc::clone(&session), instance, document, to_client);
        runtime.spawn(agent.live(from_client, receiver));
        session
    }

    pub(crate) fn record(&self) -> MutexGuard<'_, SessionRecord> {
        self.record.lock().expect("a record")
    }

    pub(super) fn complain(&self, what: impl Into<String>) {
        let mut record = self.record();
        if record.complaints.len() < 20 {
            record.complaints.push(what.into());
        }
    }

    pub(super) fn command(&self, command: Command) {
        // The agent may have ended.
        let _ = self.commands.send(command);
    }

    pub(super) fn terminate(&self) {
        self.command(Command::Terminate);
    }

    pub(super) fn end(&self, how: Ended, reason: &str) {
        let mut record = self.record();
        if record.ended.is_none() {
            record.ended = Some(how);
            reason.clone_into(&mut record.reason);
        }
    }
}

impl SessionRecord {
    /// Checks the sequence number of a client's message: the next one, or an earlier one again.
    pub(super) fn number(&mut self, sequence: i64) {
        if sequence < 0 || sequence > self.after {
            let complaint = format!("number {sequence} where {} comes next", self.after);
            self.complaints.push(complaint);
        }
        self.after = self.after.max(sequence + 1);
    }

    /// Makes a new token and URL, with characters that are hard to sign correctly.
    pub(super) fn renew(&mut self) {
        self.token = format!("token/{:032x}+==", fastrand::u128(..));
        self.cell = format!("AAE+/{:016x}+/w==", fastrand::u64(..));
    }
}
