//! The agent of one session, as its sources have it.

mod defects;
mod destination;
mod incoming;
mod stream;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use self::defects::Defects;
use self::destination::Destination;
pub(crate) use self::destination::PROMPT;
use self::stream::{Inbound, Outbound};
use super::frame;
use super::session::{Ended, Session};
use crate::lab::instances::Instance;

/// Between two messages, from an agent that paces itself.
const PACE: Duration = Duration::from_millis(1);

/// How often the front of the queue is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// How long the last acknowledgements are waited for.
const LAST: Duration = Duration::from_secs(2);

/// What the gateway or the service tell it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Pause,
    Start,
    Terminate,
}

pub(super) struct Agent {
    session: Arc<Session>,
    address: IpAddr,
    port: Option<u16>,
    down: mpsc::Sender<Vec<u8>>,
    /// Frames for the gateway that it has not taken yet.
    queue: VecDeque<Vec<u8>>,
    outbound: Outbound,
    inbound: Inbound,
    is_complete: bool,
    is_paused: bool,
    dialling: Option<JoinHandle<std::io::Result<Destination>>>,
    far: Option<Destination>,
    defects: Defects,
    /// Until when it sleeps.
    rests: Option<Instant>,
    /// That it is over, how, and until when the last acknowledgements are waited for.
    ends: Option<(Ended, Instant)>,
}

impl Agent {
    pub(super) fn new(
        session: Arc<Session>,
        instance: &Instance,
        port: Option<u16>,
        down: mpsc::Sender<Vec<u8>>,
    ) -> Self {
        let address = instance.in_vpc().or(instance.public).or(instance.ipv6);
        let address = address.unwrap_or("127.0.0.1").parse();
        Self {
            session,
            address: address.expect("an address"),
            port,
            down,
            queue: VecDeque::new(),
            outbound: Outbound::default(),
            inbound: Inbound::default(),
            is_complete: false,
            is_paused: false,
            dialling: None,
            far: None,
            defects: Defects::default(),
            rests: None,
            ends: None,
        }
    }

    pub(super) async fn live(
        mut self,
        mut up: mpsc::UnboundedReceiver<Vec<u8>>,
        mut orders: mpsc::UnboundedReceiver<Order>,
    ) {
        if self.shakes_hands() {
            self.ask();
        } else {
            self.is_complete = true;
            self.dial();
        }
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut buffer = [0; 1024];
        let down = self.down.clone();
        while !self.is_over() {
            let reads = self.may_read();
            let paces = self.session.behavior.paced;
            tokio::select! {
                biased;
                Some(order) = orders.recv() => self.obey(order),
                Some(frame) = up.recv(), if self.defects.listens() => self.receive(&frame).await,
                permit = down.reserve(), if !self.queue.is_empty() => {
                    let Ok(permit) = permit else { break };
                    permit.send(self.queue.pop_front().expect("a frame"));
                }
                dialled = some(&mut self.dialling) => self.dialled(dialled.expect("no panic")),
                _ = looks.tick() => {
                    self.look();
                    self.notice();
                }
                () = sleep_until(self.rests.unwrap_or_else(Instant::now)), if self.rests.is_some()
                    => self.rests = None,
                read = read(&mut self.far, &mut buffer), if reads => match read {
                    Ok(bytes) if bytes > 0 => {
                        self.send(frame::OUTPUT, &buffer[..bytes]);
                        self.rests = paces.then(|| Instant::now() + PACE);
                    }
                    _ => self.end(Ended::Closed, ""),
                },
            }
        }
        while let Some(frame) = self.queue.pop_front() {
            let _ = self.down.send(frame).await;
        }
        if let Some((how, _)) = self.ends {
            self.session.end(how, "");
        }
    }

    /// It does so for a port; for a shell only where it is to be encrypted, or where there is
    /// something to say.
    fn shakes_hands(&self) -> bool {
        let behavior = &self.session.behavior;
        self.port.is_some() || behavior.wants_encryption || !behavior.message.is_empty()
    }

    /// Connects to the port, or starts the shell.
    fn dial(&mut self) {
        let (address, slow) = (self.address, self.session.behavior.slow_dial);
        self.dialling = Some(match self.port {
            Some(port) => tokio::spawn(Destination::port(address, port, slow)),
            None if self.session.behavior.no_such_user => {
                let reason = "\n----------ERROR-------\nUnable to start shell: failed to start pty \
                    since RunAs user nobody-there does not exist\n";
                return self.end(Ended::Failed, reason);
            }
            None => tokio::spawn(Destination::shell(slow)),
        });
    }

    fn ask(&mut self) {
        let session = match self.port {
            Some(port) => json!({ "SessionType": "Port",
                "Properties": { "portNumber": port.to_string() } }),
            None => json!({ "SessionType": "Standard_Stream", "Properties": {} }),
        };
        let mut actions = vec![json!({ "ActionType": "SessionType", "ActionParameters": session })];
        if self.session.behavior.wants_encryption {
            let parameters = json!({ "KMSKeyId": "arn:aws:kms:us-east-1:123456789012:key/k" });
            let action = json!({ "ActionType": "KMSEncryption", "ActionParameters": parameters });
            actions.insert(0, action);
        }
        let release = self.session.behavior.release.version();
        let request = json!({ "AgentVersion": release, "RequestedClientActions": actions });
        self.send(frame::HANDSHAKE_REQUEST, request.to_string().as_bytes());
    }

    fn is_over(&self) -> bool {
        self.ends.is_some_and(|(how, until)| {
            let waits = how == Ended::Closed && !self.outbound.is_empty();
            !waits || Instant::now() >= until
        })
    }

    fn may_read(&self) -> bool {
        self.ends.is_none()
            && !self.is_paused
            && self.rests.is_none()
            && self.queue.len() < 16
            && self.outbound.has_room()
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Pause => self.is_paused = true,
            Order::Start => self.is_paused = false,
            Order::Terminate => self.end(Ended::Api, "Session terminated."),
        }
    }

    fn send(&mut self, payload_type: u32, payload: &[u8]) {
        let frame = self.outbound.push(payload_type, payload);
        self.queue.push_back(frame);
    }

    fn look(&mut self) {
        if !self.is_paused
            && let Some(frame) = self.outbound.overdue()
        {
            self.queue.push_back(frame);
        }
    }

    fn dialled(&mut self, dialled: std::io::Result<Destination>) {
        if let Ok(far) = dialled {
            self.far = Some(far);
        } else {
            self.crash();
        }
        self.dialling = None;
    }

    fn end(&mut self, how: Ended, reason: &str) {
        if self.ends.is_none() {
            self.ends = Some((how, Instant::now() + LAST));
            if how != Ended::Closed {
                self.session.end(how, reason);
            }
        }
    }
}

async fn some<T>(task: &mut Option<JoinHandle<T>>) -> Result<T, tokio::task::JoinError> {
    match task {
        Some(task) => task.await,
        None => std::future::pending().await,
    }
}

async fn read(far: &mut Option<Destination>, buffer: &mut [u8]) -> std::io::Result<usize> {
    match far {
        Some(far) => far.read(buffer).await,
        None => std::future::pending().await,
    }
}
