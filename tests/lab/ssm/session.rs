//! A session: what is known about it, and the strings that lead to its agent.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use super::agent::{Agent, Order};
use super::behavior::SessionBehavior;
use crate::lab::instances::Instance;
use crate::lab::request::Signer;

/// Why a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// What the agent was connected to has closed.
    Closed,
    /// The agent could not do what was wanted.
    Failed,
    /// The client has said so in the stream.
    Flag,
    /// Somebody has called TerminateSession.
    Api,
}

/// What the service knows of a session.
#[derive(Clone, Debug)]
pub(crate) struct SessionRecord {
    pub(crate) id: String,
    pub(crate) access_key: String,
    pub(crate) region: String,
    pub(crate) target: &'static str,
    pub(crate) port: Option<u16>,
    pub(crate) started: Instant,
    pub(crate) token: String,
    /// The part of the URL that is new with every resume: base64, as it is.
    pub(crate) cell: String,
    pub(crate) resumes: u32,
    pub(crate) websockets: u32,
    pub(crate) refused_upgrades: u32,
    pub(crate) breaks: u32,
    /// The ID of the client, which is to be one in a session's life.
    pub(crate) client: Option<String>,
    pub(crate) ended: Option<Ended>,
    /// What the gateway says in the end.
    pub(crate) reason: String,
    /// Messages that came twice, and messages that came before the port was open.
    pub(crate) repeated: u32,
    pub(crate) early_birds: u32,
    /// The number after the highest that the client has used.
    pub(crate) after: i64,
    /// Everything that the client does not do as it should.
    pub(crate) complaints: Vec<String>,
    pub(crate) sizes: Vec<String>,
}

/// A session with its agent.
pub(crate) struct Session {
    record: Mutex<SessionRecord>,
    pub(super) behavior: SessionBehavior,
    pub(super) up: mpsc::UnboundedSender<Vec<u8>>,
    /// Whichever websocket is the session's holds it.
    pub(super) down: tokio::sync::Mutex<mpsc::Receiver<Vec<u8>>>,
    orders: mpsc::UnboundedSender<Order>,
    /// Counts the websockets: an old one gives way to a new one.
    pub(super) current: watch::Sender<u32>,
}

impl Session {
    pub(super) fn start(
        runtime: &Handle,
        signer: &Signer,
        instance: &'static Instance,
        port: Option<u16>,
        behavior: SessionBehavior,
    ) -> Arc<Self> {
        let (up, from_client) = mpsc::unbounded_channel();
        let (to_client, down) = mpsc::channel(64);
        let (orders, ordered) = mpsc::unbounded_channel();
        let mut record = SessionRecord {
            id: format!("lab-{:016x}", fastrand::u64(..)),
            access_key: signer.access_key.clone(),
            region: signer.region.clone(),
            target: instance.id,
            port,
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
            orders,
            current: watch::Sender::new(0),
        });
        let agent = Agent::new(Arc::clone(&session), instance, port, to_client);
        runtime.spawn(agent.live(from_client, ordered));
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

    pub(super) fn order(&self, order: Order) {
        // An agent that is gone needs none.
        let _ = self.orders.send(order);
    }

    pub(super) fn terminate(&self) {
        self.order(Order::Terminate);
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
    /// The client has sent a message with this number: the next, or any of those before, again.
    pub(super) fn number(&mut self, sequence: i64) {
        if sequence < 0 || sequence > self.after {
            let complaint = format!("number {sequence} where {} comes next", self.after);
            self.complaints.push(complaint);
        }
        self.after = self.after.max(sequence + 1);
    }

    /// A new token and a new URL, which holds what a URL in a signature has to stumble over.
    pub(super) fn renew(&mut self) {
        self.token = format!("token/{:032x}+==", fastrand::u128(..));
        self.cell = format!("AAE+/{:016x}+/w==", fastrand::u64(..));
    }
}
