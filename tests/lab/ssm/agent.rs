//! The agent of one session, after the sources of amazon-ssm-agent.

mod defects;
mod destination;
mod handshake;
mod incoming;
mod multiplexed;
mod stream;

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use self::defects::Defects;
use self::destination::Destination;
pub(crate) use self::destination::PROMPT;
use self::multiplexed::Multiplexed;
use self::stream::{Inbound, Outbound};
use super::document::Document;
use super::frame;
use super::session::{Ended, Session};
use crate::lab::instances::Instance;

/// The pause after each message of an agent that is `paced`.
const PACE: Duration = Duration::from_millis(1);

/// How often the agent looks for a message to send again.
const RESEND_CHECK: Duration = Duration::from_millis(100);

/// How long the agent waits for the last acknowledgements.
const LAST_ACKNOWLEDGEMENTS: Duration = Duration::from_secs(2);

/// Commands from the gateway or the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Pause,
    Start,
    Terminate,
}

pub(super) struct Agent {
    session: Arc<Session>,
    address: IpAddr,
    document: Document,
    mux: Multiplexed,
    down: mpsc::Sender<Vec<u8>>,
    /// Frames for the gateway.
    queue: VecDeque<Vec<u8>>,
    outbound: Outbound,
    inbound: Inbound,
    is_complete: bool,
    is_paused: bool,
    dialing: Option<JoinHandle<std::io::Result<Destination>>>,
    destination: Option<Destination>,
    defects: Defects,
    sleeps_until: Option<Instant>,
    /// How the session ended, and until when the agent waits for the last acknowledgements.
    ends: Option<(Ended, Instant)>,
}

impl Agent {
    pub(super) fn new(
        session: Arc<Session>,
        instance: &Instance,
        document: Document,
        down: mpsc::Sender<Vec<u8>>,
    ) -> Self {
        let address = instance.in_vpc().or(instance.public).or(instance.ipv6);
        let address = address.unwrap_or("127.0.0.1").parse();
        Self {
            session,
            address: address.expect("an address"),
            document,
            mux: Multiplexed::default(),
            down,
            queue: VecDeque::new(),
            outbound: Outbound::default(),
            inbound: Inbound::default(),
            is_complete: false,
            is_paused: false,
            dialing: None,
            destination: None,
            defects: Defects::default(),
            sleeps_until: None,
            ends: None,
        }
    }

    pub(super) async fn live(
        mut self,
        mut up: mpsc::UnboundedReceiver<Vec<u8>>,
        mut commands: mpsc::UnboundedReceiver<Command>,
    ) {
        if self.has_handshake() {
            self.request_handshake();
        } else {
            self.is_complete = true;
            self.dial();
        }
        let mut ticks = interval(RESEND_CHECK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut buffer = [0; 1024];
        let down = self.down.clone();
        while !self.is_over() {
            let reads = self.may_read();
            let paced = self.session.behavior.paced;
            tokio::select! {
                biased;
                Some(command) = commands.recv() => self.execute(command),
                Some(frame) = up.recv(), if self.defects.listens() => self.receive(&frame).await,
                permit = down.reserve(), if !self.queue.is_empty() => {
                    let Ok(permit) = permit else { break };
                    permit.send(self.queue.pop_front().expect("a frame"));
                }
                dialed = some(&mut self.dialing) => self.dialed(dialed.expect("no panic")).await,
                _ = ticks.tick() => {
                    self.resend();
                    self.notice_crash();
                }
                () = sleep_until(self.sleeps_until.unwrap_or_else(Instant::now)), if self.sleeps_until.is_some()
                    => self.sleeps_until = None,
                read = read(&mut self.destination, &mut buffer), if reads => match read {
                    Ok(bytes) if bytes > 0 => {
                        self.send_output(&buffer[..bytes]);
                        self.sleeps_until = paced.then(|| Instant::now() + PACE);
                    }
                    _ if self.document.is_multiplexed() => self.close_multiplexed(),
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

    /// Connects to the port, or starts the shell.
    fn dial(&mut self) {
        let slow = self.session.behavior.slow_dial;
        let address = self.document.address(self.address);
        self.dialing = Some(match self.document.port() {
            Some(port) => tokio::spawn(Destination::port(address, port, slow)),
            None if self.session.behavior.no_such_user => {
                let reason = "\n----------ERROR-------\nUnable to start shell: failed to start pty \
                    since RunAs user nobody-there does not exist\n";
                return self.end(Ended::Failed, reason);
            }
            None => tokio::spawn(Destination::shell(slow)),
        });
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
            && self.sleeps_until.is_none()
            && self.queue.len() < 16
            && self.outbound.has_room()
    }

    fn execute(&mut self, command: Command) {
        match command {
            Command::Pause => self.is_paused = true,
            Command::Start => self.is_paused = false,
            Command::Terminate => self.end(Ended::Api, "Session terminated."),
        }
    }

    fn send_output(&mut self, bytes: &[u8]) {
        if self.document.is_multiplexed() {
            self.send_multiplexed(bytes);
        } else {
            self.send(frame::OUTPUT, bytes);
        }
    }

    fn send(&mut self, payload_type: u32, payload: &[u8]) {
        let frame = self.outbound.push(payload_type, payload);
        self.queue.push_back(frame);
    }

    fn resend(&mut self) {
        if !self.is_paused
            && let Some(frame) = self.outbound.overdue()
        {
            self.queue.push_back(frame);
        }
    }

    async fn dialed(&mut self, dialed: std::io::Result<Destination>) {
        self.dialing = None;
        match dialed {
            Ok(destination) => {
                self.destination = Some(destination);
                self.multiplexed_open().await;
            }
            Err(_) if self.document.is_multiplexed() => self.multiplexed_refused(),
            Err(_) => self.crash(),
        }
    }

    fn end(&mut self, how: Ended, reason: &str) {
        if self.ends.is_none() {
            self.ends = Some((how, Instant::now() + LAST_ACKNOWLEDGEMENTS));
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

async fn read(destination: &mut Option<Destination>, buffer: &mut [u8]) -> std::io::Result<usize> {
    match destination {
        Some(destination) => destination.read(buffer).await,
        None => std::future::pending().await,
    }
}
