//! A multiplexed session: the frames of smux, version 1, implemented independently of `src`. The agent
//! connects when the client opens a connection, and goes on when that is closed.

use super::Agent;
use crate::lab::ssm::frame;

const HEADER: usize = 8;
const OPEN: u8 = 0;
const CLOSE: u8 = 1;
const DATA: u8 = 2;
const NOTHING: u8 = 3;

/// The flag that the agent could not connect.
const NOT_CONNECTED: u32 = 3;

/// The agent's end of the multiplexed connection.
#[derive(Default)]
pub(super) struct Multiplexed {
    /// Bytes of the client, beginning with a frame.
    unread: Vec<u8>,
    connection: u32,
    /// What came before the port was open.
    early: Vec<u8>,
    /// Whether the client has closed it before the port was open.
    is_closed: bool,
}

impl Agent {
    /// Takes bytes of the client.
    pub(super) async fn multiplexed(&mut self, bytes: &[u8]) {
        self.mux.unread.extend(bytes);
        while let Some((command, connection, data)) = self.next_frame() {
            if command != OPEN && command != NOTHING && connection != self.mux.connection {
                self.session.complain(format!("connection {connection}"));
            }
            match command {
                OPEN => {
                    self.mux.connection = connection;
                    self.dial();
                }
                DATA => match &mut self.destination {
                    Some(destination) => {
                        if destination.write(&data).await.is_err() {
                            self.close_multiplexed();
                        }
                    }
                    None => self.mux.early.extend(data),
                },
                CLOSE if self.dialing.is_some() => self.mux.is_closed = true,
                CLOSE => self.close_multiplexed(),
                NOTHING => {}
                other => self.session.complain(format!("a frame of type {other}")),
            }
        }
    }

    fn next_frame(&mut self) -> Option<(u8, u32, Vec<u8>)> {
        let [version, command, b0, b1, c0, c1, c2, c3] =
            *self.mux.unread.first_chunk::<HEADER>()?;
        if version != 1 {
            self.session.complain(format!("smux, version {version}"));
        }
        let length = usize::from(u16::from_le_bytes([b0, b1]));
        if self.mux.unread.len() < HEADER + length {
            return None;
        }
        let data = self
            .mux
            .unread
            .drain(..HEADER + length)
            .skip(HEADER)
            .collect();
        Some((command, u32::from_le_bytes([c0, c1, c2, c3]), data))
    }

    /// The port is open.
    pub(super) async fn multiplexed_open(&mut self) {
        let early = std::mem::take(&mut self.mux.early);
        if let Some(destination) = &mut self.destination {
            let _ = destination.write(&early).await;
        }
        if self.mux.is_closed {
            self.close_multiplexed();
        }
    }

    /// It could not connect: a flag says that, without a reason.
    pub(super) fn multiplexed_refused(&mut self) {
        self.send(frame::FLAG, &NOT_CONNECTED.to_be_bytes());
        self.send_frame(CLOSE, &[]);
    }

    pub(super) fn send_multiplexed(&mut self, data: &[u8]) {
        self.send_frame(DATA, data);
    }

    pub(super) fn close_multiplexed(&mut self) {
        if self.destination.take().is_some() {
            self.send_frame(CLOSE, &[]);
        }
    }

    /// Sends a frame, in messages of the usual size.
    fn send_frame(&mut self, command: u8, data: &[u8]) {
        let length = u16::try_from(data.len()).expect("a short frame");
        let mut frame = vec![1, command];
        frame.extend(length.to_le_bytes());
        frame.extend(self.mux.connection.to_le_bytes());
        frame.extend(data);
        for part in frame.chunks(1024) {
            self.send(frame::OUTPUT, part);
        }
    }
}
