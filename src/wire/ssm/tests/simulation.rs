//! A simulation of both ends, the network between them, and time.

use std::time::Duration;

use super::agent::Agent;
use crate::wire::Time;
use crate::wire::channel::{DataChannel, Event, Frame};
use crate::wire::ssm::channel::{Purpose, SessionEnd, SsmChannel};
use crate::wire::ssm::message::{Message, MessageType};

/// The faults of the network, as probabilities, and the behavior of both ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Network {
    pub(super) loss: f64,
    pub(super) doubling: f64,
    pub(super) damage: f64,
    pub(super) delay: Duration,
    /// The delay varies by up to this much, so that frames overtake each other.
    pub(super) jitter: Duration,
    /// How often the websocket breaks, on average; and how long it takes to resume.
    pub(super) breaks: Option<Duration>,
    pub(super) gone: Duration,
    /// A message of ours, and how many of its first copies are lost.
    pub(super) lost_copies: Option<(i64, u32)>,
    /// Whether the agent is older than 3.2.1041.0.
    pub(super) is_old: bool,
    /// How long the agent needs to connect to the port.
    pub(super) connect_after: Duration,
    /// How many bytes of output are read in each millisecond; all, if none is given.
    pub(super) reader: Option<usize>,
}

pub(super) struct Simulation {
    pub(super) now: Time,
    pub(super) channel: SsmChannel,
    pub(super) agent: Agent,
    pub(super) events: Vec<Event<SessionEnd>>,
    pub(super) got: Vec<u8>,
    /// Input that the channel has not taken yet.
    pub(super) input: Vec<u8>,
    network: Network,
    random: fastrand::Rng,
    up: Vec<(Time, Vec<u8>)>,
    down: Vec<(Time, Vec<u8>)>,
    is_connected: bool,
    changes: Option<Time>,
    pub(super) opened: Vec<String>,
    read_at: Time,
}

impl Simulation {
    pub(super) fn new(network: Network, mut random: fastrand::Rng, up: &[u8], down: &[u8]) -> Self {
        let now = Duration::from_secs(1_700_000_000);
        let mut sim = Self {
            now,
            channel: SsmChannel::new(Purpose::Port, random.u64(..), now),
            agent: Agent::new(random.u64(..), &network, down, now),
            events: Vec::new(),
            got: Vec::new(),
            input: up.to_vec(),
            network,
            random,
            up: Vec::new(),
            down: Vec::new(),
            is_connected: false,
            changes: None,
            opened: Vec::new(),
            read_at: now,
        };
        sim.connect();
        sim
    }

    pub(super) fn connect(&mut self) {
        self.is_connected = true;
        self.channel.connected("token", self.now);
        let breaks = self.network.breaks;
        self.changes = breaks.map(|mean| self.now + mean.mul_f64(self.random.f64() * 2.0));
    }

    pub(super) fn disconnect(&mut self) {
        self.is_connected = false;
        self.channel.disconnected();
        self.changes = Some(self.now + self.network.gone);
        // What is in flight is lost with it.
        self.up.clear();
        self.down.clear();
    }

    /// Lets time pass until `done`; panics if there is nothing left to do.
    pub(super) fn run(&mut self, patience: Duration, done: impl Fn(&Self) -> bool) {
        let until = self.now + patience;
        self.settle();
        while !done(self) {
            let Some(next) = self.next_time().filter(|next| *next <= until) else {
                panic!(
                    "nothing moves: {} bytes down, {} up, {} not taken; {:?}",
                    self.got.len(),
                    self.agent.got.len(),
                    self.input.len(),
                    self.channel.timeout().map(|at| at.saturating_sub(self.now))
                );
            };
            self.now = next.max(self.now + Duration::from_micros(1));
            self.settle();
        }
    }

    fn next_time(&self) -> Option<Time> {
        let holds = self.network.reader.is_some() && !self.channel.output().is_empty();
        let down = self.down.iter().filter(|_| self.channel.takes_frames());
        [self.channel.timeout(), self.agent.timeout(), self.changes]
            .into_iter()
            .flatten()
            .chain(down.chain(&self.up).map(|(at, _)| *at))
            .chain(holds.then_some(self.read_at))
            .min()
    }

    /// Does all that is due now.
    fn settle(&mut self) {
        let now = self.now;
        if self.changes.is_some_and(|at| now >= at) {
            self.changes = None;
            if self.is_connected {
                self.disconnect();
            } else {
                self.connect();
            }
        }
        for frame in due(&mut self.up, now) {
            self.agent.frame(&frame, now);
        }
        self.agent.tick(now);
        self.deliver_down();
        self.down.sort_by_key(|(at, _)| *at);
        while self.channel.takes_frames() && self.down.first().is_some_and(|(at, _)| *at <= now) {
            let (_, frame) = self.down.remove(0);
            self.channel.frame(&frame, now);
            self.read();
        }
        self.channel.tick(now);
        let room = self.channel.input_room(now).min(self.input.len());
        let taken: Vec<u8> = self.input.drain(..room).collect();
        self.channel.input(&taken, now);
        self.deliver_up();
        self.read();
        while let Some(event) = self.channel.event() {
            self.events.push(event);
        }
    }

    fn deliver_up(&mut self) {
        while let Some(frame) = self.channel.transmit(self.now) {
            match frame {
                Frame::Text(text) => self.opened.push(text),
                Frame::Binary(frame) if self.is_lost_copy(&frame) => {}
                Frame::Binary(frame) => {
                    let arrivals = arrivals(&self.network, &mut self.random, self.now);
                    self.up.extend(arrivals.map(|at| (at, frame.clone())));
                }
                Frame::Ping => self.channel.heard(self.now),
            }
        }
    }

    fn is_lost_copy(&mut self, frame: &[u8]) -> bool {
        let message = Message::decode(frame).expect("a message of ours");
        match &mut self.network.lost_copies {
            Some((sequence, copies)) if message.kind == MessageType::Input => {
                let is_hit = message.sequence == *sequence && *copies > 0;
                *copies -= u32::from(is_hit);
                is_hit
            }
            _ => false,
        }
    }

    fn deliver_down(&mut self) {
        while let Some(mut frame) = self.agent.out.pop_front() {
            if !self.is_connected {
                continue;
            }
            if self.random.f64() < self.network.damage {
                let at = self.random.usize(120..frame.len());
                frame[at] ^= 1 << self.random.u8(..8);
            }
            let arrivals = arrivals(&self.network, &mut self.random, self.now);
            self.down.extend(arrivals.map(|at| (at, frame.clone())));
        }
    }

    fn read(&mut self) {
        if self.network.reader.is_some() && self.now < self.read_at {
            return;
        }
        self.read_at = self.now + Duration::from_millis(1);
        let mut room = self.network.reader.unwrap_or(usize::MAX);
        while room > 0 && !self.channel.output().is_empty() {
            let output = self.channel.output();
            let size = output.len().min(room);
            self.got.extend(&output[..size]);
            self.channel.wrote(size);
            room -= size;
        }
    }
}

fn due(queue: &mut Vec<(Time, Vec<u8>)>, now: Time) -> Vec<Vec<u8>> {
    queue.sort_by_key(|(at, _)| *at);
    let count = queue.partition_point(|(at, _)| *at <= now);
    queue.drain(..count).map(|(_, frame)| frame).collect()
}

/// When the copies of a frame arrive; none if it is lost.
fn arrivals(
    network: &Network,
    random: &mut fastrand::Rng,
    now: Time,
) -> impl Iterator<Item = Time> {
    let copies = if random.f64() < network.loss {
        0
    } else {
        1 + usize::from(random.f64() < network.doubling)
    };
    let delays: Vec<Duration> = (0..copies)
        .map(|_| network.delay + network.jitter.mul_f64(random.f64()))
        .collect();
    delays.into_iter().map(move |delay| now + delay)
}
