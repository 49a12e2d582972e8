//! Relays frames between a websocket and the agent of its session.

use serde_json::json;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};
use tokio_websockets::{Message, WebSocketStream};

use super::{next, send};
use crate::lab::ssm::agent::Command;
use crate::lab::ssm::behavior::{Break, PAUSE, START};
use crate::lab::ssm::frame;
use crate::lab::ssm::link::Link;
use crate::lab::ssm::session::{Ended, Session};

pub(super) struct Relay<'a> {
    pub(super) socket: WebSocketStream<TcpStream>,
    session: &'a Session,
    up: Link,
    down: Link,
    opened: Instant,
    bytes: u64,
    bytes_up: u64,
    pause: Option<Instant>,
    was_paused: bool,
    /// What the client sent during the pause.
    kept: Vec<Vec<u8>>,
    is_last: bool,
}

impl<'a> Relay<'a> {
    pub(super) fn new(socket: WebSocketStream<TcpStream>, session: &'a Session) -> Self {
        Self {
            socket,
            session,
            up: Link::up(&session.behavior),
            down: Link::down(&session.behavior),
            opened: Instant::now(),
            bytes: 0,
            bytes_up: 0,
            pause: None,
            was_paused: false,
            kept: Vec::new(),
            is_last: false,
        }
    }

    /// Sends the first message of [`crate::lab::SessionBehavior`], if any.
    pub(super) async fn send_first(&mut self) {
        if let Some(kind) = self.session.behavior.first {
            self.say(kind).await;
        }
    }

    async fn say(&mut self, kind: &str) {
        let frame = frame::of_gateway(kind, b"{}");
        let _ = send(&mut self.socket, [Message::binary(frame)]).await;
    }

    /// Relays frames until the websocket ends. `None` if the client has ended it; otherwise whether
    /// to close it with code 1000, or drop it.
    pub(super) async fn run(&mut self) -> Option<bool> {
        let session = self.session;
        let mut newer = session.current.subscribe();
        let mut agent = session.down.lock().await;
        // What was in flight when the last websocket broke is lost.
        if session.record().websockets > 1 {
            while agent.try_recv().is_ok() {}
        }
        session.command(Command::Start);
        newer.mark_unchanged();
        let age = self.age();
        loop {
            let due = [self.up.due(), self.down.due(), self.pause, age];
            let due = due.into_iter().flatten().min();
            tokio::select! {
                _ = newer.changed() => return Some(true),
                message = next(&mut self.socket), if self.up.has_room() => {
                    let message = message?.ok()?;
                    if message.is_close() {
                        return None;
                    }
                    self.take(message).await;
                }
                frame = agent.recv(), if self.down.has_room() && !self.is_last => match frame {
                    Some(frame) => {
                        self.bytes += frame.len() as u64 - 120;
                        self.down.push(frame);
                    }
                    None => self.is_last = true,
                },
                () = sleep_until(due.unwrap_or(self.opened)), if due.is_some() => {}
            }
            self.deliver().await?;
            if self.is_last && self.down.due().is_none() {
                return self.close().await;
            }
            if let Some(with_code) = self.breaks(age) {
                return Some(with_code);
            }
        }
    }

    async fn take(&mut self, message: Message) {
        if !message.is_binary() {
            return;
        }
        let frame = message.into_payload().to_vec();
        if frame[4..].starts_with(b"input_stream_data") {
            self.bytes_up += frame.len() as u64 - 120;
            let sequence = frame[48..56].try_into().expect("8 bytes");
            self.session.record().number(i64::from_be_bytes(sequence));
        }
        self.bytes += frame.len() as u64 - 120;
        if let Some(pause) = self.session.behavior.pause
            && self.bytes_up > pause.after
            && !self.was_paused
        {
            self.was_paused = true;
            self.pause = Some(Instant::now() + pause.lasts);
            self.say(PAUSE).await;
        }
        if self.pause.is_none() {
            self.up.push(frame);
        } else if self
            .session
            .behavior
            .pause
            .is_some_and(|pause| !pause.loses)
        {
            self.kept.push(frame);
        }
    }

    /// Delivers the frames that are due.
    async fn deliver(&mut self) -> Option<()> {
        match self.pause {
            Some(until) if Instant::now() >= until => {
                self.pause = None;
                for frame in self.kept.drain(..) {
                    self.up.push(frame);
                }
                self.say(START).await;
            }
            _ => {}
        }
        while let Some(frame) = self.up.pop() {
            let _ = self.session.up.send(frame);
        }
        let mut frames = Vec::new();
        while let Some(frame) = self.down.pop() {
            frames.push(Message::binary(frame));
        }
        if frames.is_empty() {
            return Some(());
        }
        send(&mut self.socket, frames).await.ok()
    }

    /// Sends `channel_closed`.
    async fn close(&mut self) -> Option<bool> {
        let (id, reason) = {
            let record = self.session.record();
            (record.id.clone(), record.reason.clone())
        };
        let body = json!({ "MessageType": "channel_closed", "MessageId": "m",
            "DestinationId": "d", "SessionId": id, "SchemaVersion": 1,
            "CreatedDate": "2026-01-01T00:00:00Z", "Output": reason });
        let frame = frame::of_gateway("channel_closed", body.to_string().as_bytes());
        let _ = send(&mut self.socket, [Message::binary(frame)]).await;
        Some(true)
    }

    fn age(&self) -> Option<Instant> {
        match self.session.behavior.breaks {
            Some((Break::Age(age), _, most)) if self.session.record().breaks < most => {
                Some(self.opened + age)
            }
            _ => None,
        }
    }

    /// Whether the websocket is due to break, and how.
    fn breaks(&self, age: Option<Instant>) -> Option<bool> {
        let (when, with_code, most) = self.session.behavior.breaks?;
        let due = match when {
            Break::Bytes(bytes) => self.bytes >= bytes,
            Break::Age(_) => age.is_some_and(|at| Instant::now() >= at),
        };
        let mut record = self.session.record();
        if !due || record.breaks >= most || record.ended == Some(Ended::Failed) {
            return None;
        }
        record.breaks += 1;
        Some(with_code)
    }
}
